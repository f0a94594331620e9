"""SQuAD 2.0, CMRC 2018 and DRCD files as the contract's rows. Knows their shapes, not what is done with the rows.

The evidence of a row is the sentence around the answer, so that the passage it lies in need not be the file's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from index.errors import UserError

_SENTENCE_END = re.compile(r"[。！？!?\n]|(?<=[a-z])\. ")


def squad_rows(data: Any) -> Iterator[tuple[int, Mapping[str, Any] | ValueError]]:
    """Rows `(number of the question in the file, row)`; a question that is malformed comes as a ValueError.

    UserError when the file has none of the three shapes. Accepted: `{"data": [{"title", "paragraphs": [{"context",
    "qas"}]}]}` (SQuAD 2.0, DRCD, CMRC's SQuAD style) and CMRC's own list of `{"context_text", "qas"}`.
    """
    number = 0
    for title, context, questions in _paragraphs(data):
        for qa in questions:
            number += 1
            try:
                yield number, _row(qa, title, context)
            except ValueError as error:
                yield number, error


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence or sentences of `text` that hold `text[start:end]`, with the closing mark, trimmed."""
    before = [match.end() for match in _SENTENCE_END.finditer(text, 0, start)]
    after = _SENTENCE_END.search(text, max(end - 1, start))
    return text[before[-1] if before else 0 : after.end() if after else len(text)].strip()


def _paragraphs(data: Any) -> Iterator[tuple[str, str, list[Any]]]:
    shape = UserError("JSON of another shape", "SQuAD 2.0, CMRC or DRCD JSON", "See docs of those sets, or use .jsonl.")
    articles = data.get("data") if isinstance(data, dict) else data
    if not isinstance(articles, list):
        raise shape
    for article in articles:
        if not isinstance(article, dict):
            raise shape
        title = str(article.get("title") or "")
        paragraphs = article.get("paragraphs", [article] if "context_text" in article else None)
        if not isinstance(paragraphs, list):
            raise shape
        for paragraph in paragraphs:
            context = paragraph.get("context", paragraph.get("context_text")) if isinstance(paragraph, dict) else None
            if not isinstance(context, str) or not isinstance(paragraph.get("qas"), list):
                raise shape
            yield title, context, paragraph["qas"]


def _row(qa: Any, title: str, context: str) -> dict[str, Any]:
    if not isinstance(qa, dict):
        raise ValueError("a question that is not an object")
    row: dict[str, Any] = {"id": qa.get("id", qa.get("query_id")), "question": qa.get("question", qa.get("query_text"))}
    row |= {"doc": title or "*", "answers": [], "evidence": []}
    if qa.get("is_impossible"):
        return row | {"type": "unanswerable"}
    for answer in qa.get("answers") or []:
        text = answer.get("text") if isinstance(answer, dict) else answer
        if not isinstance(text, str) or not text.strip():
            raise ValueError("an answer without text")
        start = answer.get("answer_start") if isinstance(answer, dict) else None
        if not isinstance(start, int) or context[start : start + len(text)] != text:
            start = context.find(text)  # CMRC's own style has no offsets, and some sets shift them
        if start < 0:
            raise ValueError(f"the answer {text[:20]} does not stand in its paragraph")
        sentence = sentence_around(context, start, start + len(text))
        row["answers"] += [] if text in row["answers"] else [text]
        row["evidence"] += [] if sentence in row["evidence"] else [sentence]
    if not row["answers"]:
        raise ValueError("no answer, and not marked `is_impossible`")
    return row | {"type": "reading"}
