"""A conversation to take away: Markdown and DOCX, every answer with its sources as footnotes.

Knows the turns and the formats' markup; the words are the reader's and the reports', escaped and never rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from index.records import Document
from qa.answer import Answer, Citation
from qa.chat.docx import Note, Paragraph, Run, docx
from qa.chat.past import Exchange
from qa.export import markdown
from qa.messages import CHINESE, Messages
from qa.reading import name_of
from qa.render import by_document, confidence_label, source_line


def conversation_markdown(
    turns: Sequence[Exchange], documents: Mapping[str, Document], say: Messages = CHINESE, at: datetime | None = None
) -> str:
    """The conversation as Markdown with footnotes, numbered through; `at` is the time of the export, now by default."""
    out, notes = [f"# {say('export_title')}", _intro(turns, say, at)], list[str]()
    for turn in turns:
        out.append(f"## {markdown(turn.question)}")
        for words, bold, cited in _lines(turn.answer, documents, say):
            marks = ""
            for citation in cited:
                notes.append(f"[^{len(notes) + 1}]: {markdown(_source(citation, documents, say))}")
                marks += f"[^{len(notes)}]"
            text = markdown(words)
            out.append(f"{f'**{text}**' if bold else text}{marks}")
    return "\n\n".join([*out, *notes]) + "\n"


def conversation_docx(
    turns: Sequence[Exchange], documents: Mapping[str, Document], say: Messages = CHINESE, at: datetime | None = None
) -> bytes:
    """The conversation as a Word file with real footnotes."""
    made = [Paragraph((Run(say("export_title")),), "Title"), Paragraph((Run(_intro(turns, say, at)),), "Quiet")]
    for turn in turns:
        made.append(Paragraph((Run(turn.question),), "Heading1"))
        for words, bold, cited in _lines(turn.answer, documents, say):
            notes = tuple(Note(_source(citation, documents, say)) for citation in cited)
            made.append(Paragraph((Run(words, bold), *notes), "Normal" if bold else "Quiet"))
    return docx(made, say("export_title"))


def _intro(turns: Sequence[Exchange], say: Messages, at: datetime | None) -> str:
    return say("export_note", n=len(turns), date=(at or datetime.now(UTC)).strftime("%Y-%m-%d"))


def _lines(
    answer: Answer, documents: Mapping[str, Document], say: Messages
) -> list[tuple[str, bool, tuple[Citation, ...]]]:
    """The lines of an answer: its words, whether they are the answer itself, and what they cite."""
    lines: list[tuple[str, bool, tuple[Citation, ...]]] = []
    if answer.resolved_question not in ("", answer.question):
        lines.append((say("understood", question=answer.resolved_question), False, ()))
    if answer.refused:
        lines.append((say("refusal"), True, ()))
        told = answer.message.strip().removeprefix(CHINESE("refusal")).lstrip("。")
        return [*lines, (told, False, ())] if told else lines
    if answer.lead:
        lines.append((f"{answer.lead}。", True, ()))
    citations = {citation.n: citation for citation in answer.citations}
    for item in answer.answers:
        document = documents.get(item.document)
        named = name_of(document) if document else item.document
        parts = (named if by_document(answer) else "", item.label, item.text)
        cited = citations.get(item.citation)
        lines.append(("：".join(part for part in parts if part), True, (cited,) if cited else ()))
    if answer.message:
        lines.append((answer.message, False, ()))
    return [*lines, (f"{confidence_label(answer.confidence, say)} ({answer.confidence:.2f})", False, ())]


def _source(citation: Citation, documents: Mapping[str, Document], say: Messages) -> str:
    """One line: the report, the section, the period, the place, the quote."""
    document = documents.get(citation.document)
    page = document.page_at(citation.start) if document else 0
    return source_line(citation, name_of(document) if document else citation.title, page, say)
