"""What a report's own glossary says of a term: the entry that a question asks for, and the words that define it.

Knows documents' glossaries and strings; ranks nothing.
"""

from __future__ import annotations

import re

from index.fold import fold
from index.records import Document, GlossaryEntry
from index.split import clauses, sentences
from qa.respectively import longest_run

WHOLE = 50  # characters of a definition that is given whole
ENUMERATION = 3  # marks of enumeration from which on it is given whole up to LONGEST: its items are the answer
LONGEST = 130
NAMED = 3  # letters that name a term
BESIDE = 4  # letters beside a term that may say something of it
_CIRCUMSTANCE = re.compile(r"以|在|依托|通过|为|围绕|按照|根据|针对|坚持|聚焦|充分|利用")
_QUOTES = re.compile(r"[\s“”\"‘’《》「」『』]")
_QUOTED = re.compile(r"[“\"‘「『《](.{2,20}?)[”\"’」』》]")
_TELLS = "(?:是指|指的是|即|指|代表)"
_MARKS = re.compile(r"[\W_]")
_LEAD = re.compile(r"[\s：:,，”\"’》]*(?:是指|指的是|系指|即|指|是)?[\s：:,，]*")


def asked_entry(document: Document, asked: str) -> GlossaryEntry | None:
    """The entry whose term, the longest, the folded question names, or which explains it; None where there is none."""
    words = _QUOTES.sub("", asked)
    quoted = [_QUOTES.sub("", term) for term in _QUOTED.findall(asked)]
    found: list[tuple[int, int, GlossaryEntry]] = []
    for entry in document.glossary:
        term = _QUOTES.sub("", fold(entry.term))
        if len(term) >= 2 and term in words:
            found.append((len(term), -entry.start, entry))
        else:
            own = [fold(part) for part in re.findall(r"“([^“”]{3,20})”", entry.term)]
            named = [part for part in quoted if part in term] + [part for part in own if part in words]
            found += [(len(part), -entry.start, entry) for part in named]
    if not found:
        # A part of a term is explained within another's entry: “4+3+X”现代产业体系：“4”是指…，“X”是指…
        for term in re.findall(r"“([^“”]{1,20})”", asked):
            told = re.compile(rf"“{re.escape(term)}”{_TELLS}", re.IGNORECASE)
            found += [
                (len(term), -entry.start, entry)
                for entry in document.glossary
                if told.search(document.text, entry.start, entry.end)
            ]
    return max(found, key=lambda f: f[:2])[2] if found else None


def defines(document: Document, asked: str, span: tuple[int, int]) -> bool:
    """Whether the words at `span` may tell what the term is that folded `asked` asks for.

    Not those that lie in another's entry, nor the term itself with hardly a word beside it: 弘扬“四下基层”.
    """
    return not _of_another_term(document, asked, span[0]) and not _only_named(asked, fold(document.text[slice(*span)]))


def _of_another_term(document: Document, asked: str, position: int) -> bool:
    """Whether `position` lies in the entry of another term than those that folded `asked` quotes."""
    entry = next((e for e in document.glossary if e.start <= position < e.end), None)
    if entry is None or asked_entry(document, asked) == entry:
        return False
    told = _QUOTES.sub("", fold(document.text[entry.start : entry.end]))
    quoted = [_QUOTES.sub("", term) for term in _QUOTED.findall(asked)]
    return bool(quoted) and not any(term in told for term in quoted)


def _only_named(asked: str, told: str) -> bool:
    letters = _MARKS.sub("", told)
    term = longest_run(letters, asked)
    return term >= NAMED and len(letters) - term < BESIDE


def definition(document: Document, entry: GlossaryEntry, asked: str) -> tuple[int, int]:
    """The span that defines what is asked: the sentence behind the term, or the core of a long one.

    An entry may explain several terms one after the other; the sentence is then that of the term in `asked`. A Chinese
    definition ends with what the term is, so that a long one loses clauses from its front.
    """
    text = document.text
    start = _behind_term(text, entry, asked)
    lead = _LEAD.match(text, start, entry.end)
    start = lead.end() if lead else start
    spans = sentences(text, start, entry.end)
    if not spans:
        return entry.start, entry.end
    low, high = spans[0]
    pieces = clauses(text, low, high)
    if high - low <= WHOLE or (high - low <= LONGEST and any(_enumerates(text, *p, high - low) for p in pieces)):
        return low, high
    starts = [begin for begin, _ in pieces]
    while len(starts) > 1 and high - starts[0] > WHOLE and _CIRCUMSTANCE.match(text, starts[0]):
        starts.pop(0)
    core = next((begin for begin in starts if high - begin <= WHOLE), starts[-1])
    return core, min(high, core + LONGEST)


def _enumerates(text: str, start: int, end: int, whole: int) -> bool:
    """Whether a clause is an enumeration, and more than half of the definition."""
    return text.count("、", start, end) >= ENUMERATION and 2 * (end - start) > whole


def _behind_term(text: str, entry: GlossaryEntry, asked: str) -> int:
    """Where the words begin that explain the one of the entry's terms that folded `asked` names."""
    own = [term for term in re.findall(r"“([^“”]{1,20})”", text[entry.start : entry.end]) if f"“{fold(term)}”" in asked]
    for term in own if _QUOTES.sub("", fold(entry.term)) not in _QUOTES.sub("", asked) else ():
        told = re.compile(rf"“?{re.escape(term)}”?[^。；;，,：:]{{0,6}}?{_TELLS}")
        for match in told.finditer(text, entry.start, entry.end):
            return match.end()
    at = text.find(entry.term, entry.start, entry.end)
    return at + len(entry.term) if at >= 0 else entry.start
