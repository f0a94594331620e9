"""Chosen spans → one Answer with its citations, or a refusal. Knows fixed phrases and documents' words, no models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.fold import fold
from index.records import Document, Passage
from index.split import sentences
from qa.answer import Answer, AnswerItem, Citation, cite
from qa.each import asks_most, direction
from qa.figures import SHARES, figure, first_of, ordered, with_fall
from qa.gather import aims, series
from qa.near import Miss
from qa.question import Query, asks_aims, asks_reason
from qa.respectively import aligned, each_value
from qa.typed import as_counted, count_told, unit_fit, yes_or_no
from qa.values import both_ends, came_from, growth_beside, named_beside, one_figure, reached
from qa.wording import (
    REST,
    bare,
    items,
    of_its_kind,
    of_kind,
    trimmed,
    whole_clauses,
    whole_enumeration,
    whole_figure,
    whole_last,
)
from qa.words import whole_words

NOT_ANSWERED = "报告中没有答案"
RELATED = 3
LONGEST_QUOTE = 200  # characters of a sentence that is quoted from full stop to full stop; nine in ten with semicolons
SEMICOLONS = "；;"
WHOLE = {"why_how": 60, "yes_no": 24}  # characters of a sentence that is given whole; of a longer one, whole clauses


@dataclass(frozen=True, slots=True)
class Choice:
    """The span that answers one part of a question; the kind of that part, its folded wording, and how sure it is.

    `words` is the wording with what it leans on, `measured` that which tells what kind of value is wanted; `label` is
    what tells the span from another one for the same part.
    """

    document: str
    start: int
    end: int
    kind: str
    asked: str
    confidence: float
    words: str
    measured: str
    label: str = ""


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
        if choice.kind == "list":
            message = count_told(choice.asked, len(found))
        elif choice.kind == "yes_no":
            document = documents[choice.document]
            clause = quote_of(document, citations[0].marks[0])
            lead = yes_or_no(choice.asked, document.text[slice(*clause)], found[0].text)
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
    value = figure(documents[choice.document].text[start:end]) if choice.kind == "number" else None
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
    citations: list[Citation] = []
    found: list[AnswerItem] = []
    for choice in choices:
        document = documents[choice.document]
        span = finished(document, choice)
        gathered = _gathered(document, choice, span) if split else []
        if split and choice.kind == "list" and not gathered:
            several = whole_last(document.text, items(document.text, *span))
            told = [(span, item) for item in as_counted(document.text, several, choice.asked)]
        else:
            told = [(own, own) for own in gathered or [span]]
        for cited, (start, end) in told:
            n = _cited(citations, document, cited).n
            item = AnswerItem(document.text[start:end], document.id, n, choice.confidence, choice.label)
            if item not in found:
                found.append(item)
    return found, citations


def _gathered(document: Document, choice: Choice, span: tuple[int, int]) -> list[tuple[int, int]]:
    """The items of a list, the aims or the reasons, told one by one; `span` is one of them or announces them."""
    if asks_aims(choice.asked):
        return aims(document, span)
    if choice.kind == "list":
        return series(document, span)
    if choice.kind == "why_how" and asks_reason(choice.asked):
        return series(document, (choice.start, choice.end), reasons=True)
    return []


def _answered(query: Query, found: Sequence[AnswerItem], citations: Sequence[Citation], message: str) -> Answer:
    words = "；".join(item.text for item in found)
    sure = min(item.confidence for item in found)
    return Answer(query.question, query.resolved, False, words, sure, tuple(found), tuple(citations), (), message, 0.0)


def quote_of(document: Document, span: tuple[int, int], longest: int = 0) -> tuple[int, int]:
    """What `span` stands in, from one full stop or semicolon to the next, as one span that stays within its section.

    Up to the full stops on both sides where that is at most `longest` characters.
    """
    section = document.section_at(span[0])
    low = max(section.start, document.text.rfind("\n", 0, span[0]) + 1)
    high = document.text.find("\n", span[1])
    high = min(section.end, high if high >= 0 else section.end)
    told = list(sentences(document.text, low, max(high, span[1])))
    touched = [at for at, (a, b) in enumerate(told) if a < span[1] and b > span[0]]
    if not touched:
        return span
    first, last = touched[0], touched[-1]
    whole, end = first, last
    while whole > 0 and document.text[told[whole - 1][1] - 1] in SEMICOLONS:
        whole -= 1
    while end + 1 < len(told) and document.text[told[end][1] - 1] in SEMICOLONS:
        end += 1
    if told[end][1] - told[whole][0] <= longest:
        first, last = whole, end
    return min(told[first][0], span[0]), max(told[last][1], span[1])


def finished(document: Document, choice: Choice) -> tuple[int, int]:
    """The chosen span with whole figures, the value that goes with the name asked for, and whole enumerations."""
    span = (choice.start, choice.end)
    if choice.kind != "meaning":
        span = whole_words(document.text, span, quote_of(document, span))
    span = trimmed(document.text, *span)
    if choice.kind in ("meaning", "list"):
        span = bare(document.text, *span)
    if choice.kind == "list":
        span = _as_many(document.text, _enumeration(document.text, *span), choice.asked)
    if choice.kind == "number":
        return _number(document, choice, span)
    if choice.kind == "other":
        span = of_kind(document.text, items(document.text, *span), choice.asked) or span
        span = of_its_kind(document.text, span, choice.asked)
    if choice.kind in WHOLE:
        return whole_clauses(document.text, span, quote_of(document, span), WHOLE[choice.kind])
    return whole_figure(document.text, *span)


def _number(document: Document, choice: Choice, span: tuple[int, int]) -> tuple[int, int]:
    """The number, or the numbers, of `span`'s sentence that the choice is asked for."""
    sentence = quote_of(document, span)
    every = each_value(document.text, span, sentence, choice.asked)
    if every != span:
        return every
    span = aligned(document.text, span, sentence, choice.asked, choice.words)
    if choice.measured != choice.asked:
        span = named_beside(document.text, span, sentence, choice.asked)
    step = both_ends(document.text, span, sentence, choice.asked)
    if step != span:
        return step
    span = came_from(document.text, span, sentence, choice.asked)
    span = reached(document.text, span, sentence, choice.asked)
    first = one_figure(document.text, *span, choice.asked)
    span = first if unit_fit(choice.measured, document.text[slice(*first)]) > 0 else span
    span = growth_beside(document.text, span, sentence, choice.asked)
    return with_fall(document.text, whole_figure(document.text, *span), choice.asked)


def _enumeration(text: str, start: int, end: int) -> tuple[int, int]:
    return bare(text, *trimmed(text, *whole_enumeration(text, start, end)))


def _as_many(text: str, span: tuple[int, int], asked: str) -> tuple[int, int]:
    """`span` widened to the whole enumeration where it then has as many items as folded `asked` says, and had not."""
    further = text.find("、", span[1], span[1] + REST)
    if further < 0 or not count_told(asked, len(items(text, *span))):
        return span
    wider = _enumeration(text, span[0], further)
    return span if count_told(asked, len(items(text, *wider))) else wider


def _cited(citations: list[Citation], document: Document, span: tuple[int, int]) -> Citation:
    """The citation of the span's sentence: one that stands already, marked once more, or a new one."""
    start, end = quote_of(document, span, LONGEST_QUOTE)
    for at, old in enumerate(citations):
        if (old.document, old.start, old.end) == (document.id, start, end):
            citations[at] = replace(old, marks=tuple(sorted({*old.marks, span})))
            return citations[at]
    citations.append(cite(len(citations) + 1, document, start, end, (span,)))
    return citations[-1]
