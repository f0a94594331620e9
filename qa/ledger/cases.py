"""A reader's word becomes a row of a question file, or a reason why it cannot. Knows Feedback and Documents.

Every accepted answer and all evidence are words of a document, sliced where a citation or the reader's mark points;
nothing is taken from a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.records import Document
from qa.finish import quote_of
from qa.ledger.records import INCOMPLETE, WRONG, WRONG_PLACE, Feedback, Marked
from qa.question import understand

SHORT = 25
"""Characters of a marked passage that is taken for the answer itself, by the contract's rule of a short answer."""

HOW_WHY = 200
"""Characters of a clause that says how or why, by the contract."""

_TYPES = {"number": "number", "list": "list", "yes_no": "yes_no", "why_how": "how_why", "meaning": "definition"}
_LISTED = re.compile(r"[、；;]")


@dataclass(frozen=True, slots=True)
class Case:
    """What became of one word: the contract's row, or None and the reason."""

    feedback: Feedback
    row: dict[str, Any] | None
    reason: str = ""


class _Unfit(Exception):  # noqa: N818 - the reason that is reported
    pass


def cases(words: Iterable[Feedback], documents: Mapping[str, Document]) -> list[Case]:
    """One case for each word, in their order. Of words that say the same only the first becomes a row.

    Where readers of the same question disagree, none of their words becomes one.
    """
    made = [_case(word, documents) for word in words]
    asked: dict[object, list[Case]] = {}
    for case in made:
        row = case.feedback.row
        asked.setdefault((row.wording, row.history, row.documents), []).append(case)
    settled = {id(case): after for same in asked.values() for case, after in zip(same, _settled(same), strict=True)}
    return [settled[id(case)] for case in made]


def _settled(same: Sequence[Case]) -> list[Case]:
    """The cases of one question, with disagreement and repetition taken out."""
    rows = [case.row for case in same if case.row]
    likes = {(str(c.feedback.row.answer.get("answer")), c.feedback.helpful) for c in same}
    torn = {text for text, helpful in likes if (text, not helpful) in likes}
    if any(_gold(row) != _gold(rows[0]) for row in rows) or torn:
        why = "readers disagree about this question"
        return [Case(case.feedback, None, case.reason or why) for case in same]
    out: list[Case] = []
    first = next((case for case in same if case.row), None)
    for case in same:
        again = case.row is not None and first is not None and case is not first
        told = f"says the same as feedback {first.feedback.number}" if again and first else ""
        out.append(Case(case.feedback, None, told) if again else case)
    return out


def _gold(row: Mapping[str, Any]) -> tuple[object, ...]:
    """What a row holds to be right, without the evidence, which may be any of several sentences."""
    return tuple(str(row.get(name)) for name in ("answers", "answers_all", "answers_by_doc"))


def _case(word: Feedback, documents: Mapping[str, Document]) -> Case:
    try:
        if not word.row.question:
            raise _Unfit("only a digest of the question was kept")
        if word.row.error:
            raise _Unfit("the question was not answered but failed")
        told = _confirmed(word, documents) if word.helpful else _corrected(word, documents)
    except _Unfit as unfit:
        return Case(word, None, str(unfit))
    kind = "followup" if word.row.history and told["type"] != "unanswerable" else told["type"]
    row = {"id": f"fb{word.number}", "doc": told.pop("doc"), "question": word.row.question, **told, "type": kind}
    if word.row.history:
        row["history"] = list(word.row.history)
    return Case(word, row)


def _confirmed(word: Feedback, documents: Mapping[str, Document]) -> dict[str, Any]:
    """The answer as given is right: its items and quotes are the gold, a refusal is the right reply."""
    answer, asked = word.row.answer, word.row.documents
    if word.row.refused:
        if len(asked) > 1:
            raise _Unfit(f"{len(asked)} documents were asked; a row names one, or all")
        return {"doc": asked[0] if asked else "*", "type": "unanswerable", "answers": [], "evidence": []}
    quotes = {c["n"]: _sliced(Marked(c["document"], c["start"], c["end"]), documents) for c in answer["citations"]}
    for citation in answer["citations"]:
        if quotes[citation["n"]] != citation["quote"]:
            raise _Unfit(f"{citation['document']} has changed since it was quoted")
    items = answer["answers"]
    told: dict[str, Any] = {"evidence": list(quotes.values())}
    sources = {item["document"] for item in items}
    if len(sources) > 1:
        by_doc = {name: [item["text"] for item in items if item["document"] == name] for name in sorted(sources)}
        return {"doc": "*", "type": "comparison", "answers_by_doc": by_doc, **told}
    texts = [item["text"] for item in items]
    told["answers_all" if len(texts) > 1 else "answers"] = texts
    return {"doc": _doc(asked, next(iter(sources))), "type": "list" if len(texts) > 1 else _type(word), **told}


def _corrected(word: Feedback, documents: Mapping[str, Document]) -> dict[str, Any]:
    """The answer is not right, and the reader marked what is."""
    if word.marked is None:
        raise _Unfit("no right passage was marked")
    text, start, end = _trimmed(word.marked, documents)
    marked = text[start:end]
    evidence = text[slice(*quote_of(documents[word.marked.document], (start, end)))].strip()
    given = str(word.row.answer.get("answer") or "")
    told: dict[str, Any] = {"doc": _doc(word.row.documents, word.marked.document), "type": _type(word)}
    if word.reason == WRONG_PLACE and given and given in evidence:
        return {**told, "answers": [given], "evidence": [evidence]}
    items = [item.strip() for item in _LISTED.split(marked)]
    if told["type"] == "list" or word.reason == INCOMPLETE:
        if len(items) < 2 or "等" in marked or not all(0 < len(item) <= SHORT for item in items):
            raise _Unfit("the items of the list cannot be told from the marked passage")
        return {**told, "type": "list", "answers_all": items, "evidence": [evidence]}
    if len(marked) > (HOW_WHY if told["type"] == "how_why" else SHORT):
        raise _Unfit(f"the marked passage has {len(marked)} characters; the words that answer were not marked alone")
    if word.reason == WRONG and given and len(given) <= SHORT and given not in marked and marked not in given:
        told["wrong"] = [given]
    return {**told, "answers": [marked], "evidence": [evidence]}


def _sliced(place: Marked, documents: Mapping[str, Document]) -> str:
    if place.document not in documents:
        raise _Unfit(f"the index holds no document {place.document}")
    text = documents[place.document].text
    if not 0 <= place.start < place.end <= len(text):
        raise _Unfit(f"the place {place.start}:{place.end} does not lie in {place.document}")
    return text[place.start : place.end]


def _trimmed(place: Marked, documents: Mapping[str, Document]) -> tuple[str, int, int]:
    """The document's text, and the marked span without the blanks and the full stop that a hand takes along."""
    marked = _sliced(place, documents)
    core = marked.strip().strip("，。；,;").strip()
    if not core:
        raise _Unfit("nothing but blanks and marks was marked")
    start = place.start + marked.index(core)
    return documents[place.document].text, start, start + len(core)


def _doc(asked: Sequence[str], source: str) -> str:
    """The row's `doc`: as it was asked where that can be told in one word, else where the answer stands."""
    return source if len(asked) > 1 else asked[0] if asked else "*"


def _type(word: Feedback) -> str:
    kind = understand(word.row.question, word.row.history).parts[-1].kind
    return _TYPES.get(kind, "other")
