"""Chosen spans → one Answer with its citations, or a refusal. Knows fixed phrases and documents' words, no models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.fold import fold
from index.records import Document, Passage
from qa.answer import Answer, AnswerItem, Citation, cite
from qa.each import asks_most, direction
from qa.failings import asks_failings, failings
from qa.figures import SHARES, figure, first_of, ordered
from qa.finish import Choice, finished, plain, quote_of
from qa.gather import aims, ending_alike, series
from qa.near import Miss
from qa.question import Query, asks_aims, asks_reason
from qa.typed import as_counted, count_told, yes_or_no
from qa.wording import items, whole_last

NOT_ANSWERED = "报告中没有答案"
RELATED = 3
LONGEST_QUOTE = 200  # characters of a sentence that is quoted from full stop to full stop; nine in ten with semicolons


def refusal(
    query: Query,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    confidence: float,
    missed: Miss | None = None,
) -> Answer:
    """The answer that says the reports do not answer, with up to three passages worth a look, and what was `missed`."""
    related = tuple(
        cite(n + 1, documents[passage.document], passage.start, passage.end)
        for n, passage in enumerate(passages[:RELATED])
    )
    message = f"{NOT_ANSWERED}。{missed.words}" if missed else NOT_ANSWERED
    instead = missed.instead if missed else ""
    return Answer(query.question, query.resolved, True, "", confidence, (), (), related, message, 0.0, "", instead)


def answer(
    query: Query, choices: Sequence[Choice], documents: Mapping[str, Document], missing: Sequence[str] = ()
) -> Answer:
    """The answer made of the chosen spans in their order: one, or one for each part of the question.

    Its message names the `missing` parts, those without an answer.
    """
    found, citations = _items(choices, documents, True)
    message = f"没有答案的问题：{'；'.join(missing)}" if missing else ""
    lead = ""
    if len(choices) == 1 and not missing:
        choice = choices[0]
        if choice.part.kind == "list":
            message = count_told(choice.part.asked, len(found))
        elif choice.part.kind == "yes_no":
            document = documents[choice.document]
            clause = quote_of(document, citations[0].marks[0])
            lead = yes_or_no(choice.part.asked, document.text[slice(*clause)], found[0].text)
    return replace(_answered(query, found, citations, message), lead=lead)


def comparison(
    query: Query, choices: Sequence[Choice], groups: Sequence[Sequence[str]], documents: Mapping[str, Document]
) -> Answer:
    """The answer of several reports: one item a choice, an enumeration whole, in the order that the question asks for.

    Its message names what is first, where the question asks for that and the values tell it, and the `groups` of
    documents without an answer.
    """
    found, citations = _items(choices, documents, False)
    words = fold(query.resolved)
    names = labels([name for group in groups for name in group], documents)
    sentences = []
    way = direction(words)
    if way:
        values = [(item, figure(item.text)) for item in found]
        found = [item for item, _ in ordered(values, way)]
        if asks_most(words):
            sentences.append(first_of([(names[item.document], item.text, value) for item, value in values], way))
    there = {item.document for item in found}
    missing = [names[group[0]] for group in groups if not there.intersection(group)]
    if missing:
        sentences.append(f"没有答案的报告：{'、'.join(missing)}")
    return _answered(query, found, citations, "。".join(sentences))


def alike(options: Sequence[Sequence[Choice]], documents: Mapping[str, Document]) -> list[Choice]:
    """Of each report's `options`, best first, the one to give: where most tell a share, a share, and no share else.

    A report that has only the other kind does not answer. Words without a figure stay, and so does everything where
    fewer than three reports or less than two thirds of them are of one kind.
    """
    firsts = [_tells_share(own[0], documents) for own in options if own]
    known = [share for share in firsts if share is not None]
    shares = sum(known)
    if len(known) < 3 or 3 * max(shares, len(known) - shares) < 2 * len(known):
        return [own[0] for own in options if own]
    wanted = (None, 2 * shares > len(known))
    return [own for several in options for own in [c for c in several if _tells_share(c, documents) in wanted][:1]]


def _tells_share(choice: Choice, documents: Mapping[str, Document]) -> bool | None:
    """Whether a number is told as a share or a rate; None where no number is asked or told."""
    start, end = finished(documents[choice.document], choice)
    value = figure(documents[choice.document].text[start:end]) if choice.part.kind == "number" else None
    return value.unit in SHARES if value else None


def period_name(period: str) -> str:
    """`2022 result` as 2022年实际, `2023 plan` as 2023年目标."""
    years, _, tense = period.partition(" ")
    return f"{years.replace('-', '至')}年{'目标' if tense == 'plan' else '实际'}"


def labels(names: Sequence[str], documents: Mapping[str, Document]) -> dict[str, str]:
    """How each of the documents is called beside the others: its place, with the year where the place stands twice."""
    places = [documents[name].place for name in names]
    called = {}
    for name in names:
        document = documents[name]
        place = document.place or document.title or name
        called[name] = f"{place}（{document.year}年）" if document.year and places.count(document.place) > 1 else place
    return called


def _items(
    choices: Sequence[Choice], documents: Mapping[str, Document], split: bool
) -> tuple[list[AnswerItem], list[Citation]]:
    """The items and citations of the choices, enumerations `split` into items.

    Words within those of an earlier part are not told again; a number is.
    """
    citations: list[Citation] = []
    found: list[AnswerItem] = []
    places: list[tuple[str, int, int]] = []
    for choice in choices:
        document = documents[choice.document]
        span = finished(document, choice)
        inside = any(choice.document == name and low <= span[0] and span[1] <= high for name, low, high in places)
        if split and inside and choice.part.kind != "number":
            continue
        places.append((choice.document, *span))
        gathered = _gathered(document, choice, span) if split else []
        if split and choice.part.kind == "list" and not gathered:
            text = plain(document, span)
            told = [(span, item) for item in as_counted(text, whole_last(text, items(text, *span)), choice.part.asked)]
        else:
            told = [(own, own) for own in gathered or [span]]
        for cited, (start, end) in told:
            n = _cited(citations, document, cited).n
            item = AnswerItem(document.text[start:end], document.id, n, choice.confidence, choice.part.label)
            if item not in found:
                found.append(item)
    return found, citations


def _gathered(document: Document, choice: Choice, span: tuple[int, int]) -> list[tuple[int, int]]:
    """The items of a list, the aims, failings or reasons, told one by one; `span` is one of them or announces them."""
    if asks_aims(choice.part.asked):
        return aims(document, span)
    if asks_failings(choice.part.asked):
        told = failings(document)
        return list(told.items) if told and told.start <= span[0] and span[1] <= told.end else []
    if choice.part.kind == "list":
        return series(document, span) or _clauses(document, choice, span)
    if choice.part.kind == "why_how" and asks_reason(choice.part.asked):
        return series(document, (choice.start, choice.end), reasons=True)
    return []


def _clauses(document: Document, choice: Choice, span: tuple[int, int]) -> list[tuple[int, int]]:
    """The clauses that end alike around `span` where they are as many as are asked for, and the items of it are not."""
    text = plain(document, span)
    if not count_told(choice.part.asked, len(items(text, *span))):
        return []
    told = ending_alike(text, span, quote_of(document, span))
    return told if told and not count_told(choice.part.asked, len(told)) else []


def _answered(query: Query, found: Sequence[AnswerItem], citations: Sequence[Citation], message: str) -> Answer:
    words = "；".join(item.text for item in found)
    sure = min(item.confidence for item in found)
    return Answer(query.question, query.resolved, False, words, sure, tuple(found), tuple(citations), (), message, 0.0)


def _cited(citations: list[Citation], document: Document, span: tuple[int, int]) -> Citation:
    """The citation of the span's sentence: one that stands already, marked once more, or a new one."""
    start, end = quote_of(document, span, LONGEST_QUOTE)
    for at, old in enumerate(citations):
        if (old.document, old.start, old.end) == (document.id, start, end):
            citations[at] = replace(old, marks=tuple(sorted({*old.marks, span})))
            return citations[at]
    citations.append(cite(len(citations) + 1, document, start, end, (span,)))
    return citations[-1]
