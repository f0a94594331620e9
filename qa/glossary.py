"""What a report's own glossary says of a term: the entry that a question asks for, and the words that define it.

Knows documents' glossaries and strings; ranks nothing.
"""

from __future__ import annotations

import re

from index.fold import fold
from index.records import Document, GlossaryEntry
from index.split import clauses, sentences

LONGEST = 100  # characters of a definition that is given whole
_QUOTES = re.compile(r"[\s“”\"‘’《》「」『』]")
_LEAD = re.compile(r"[\s：:,，”\"’》]*(?:是指|指的是|系指|即|指|是)?[\s：:,，]*")


def asked_entry(document: Document, asked: str) -> GlossaryEntry | None:
    """The entry whose term the folded question names, the longest such; None where there is none."""
    words = _QUOTES.sub("", asked)
    quoted = [_QUOTES.sub("", term) for term in re.findall(r"[“\"‘「『《](.{2,20}?)[”\"’」』》]", asked)]
    found: list[tuple[int, int, GlossaryEntry]] = []
    for entry in document.glossary:
        term = _QUOTES.sub("", fold(entry.term))
        if len(term) >= 2 and term in words:
            found.append((len(term), -entry.start, entry))
        else:
            found += [(len(part), -entry.start, entry) for part in quoted if part in term]
    return max(found, key=lambda f: f[:2])[2] if found else None


def definition(document: Document, entry: GlossaryEntry, asked: str) -> tuple[int, int]:
    """The span that defines what is asked: the sentence behind the term, or as many of its clauses as are short.

    An entry may explain several terms one after the other; the sentence is then that of the term in `asked`.
    """
    text = document.text
    start = _behind_term(text, entry, asked)
    lead = _LEAD.match(text, start, entry.end)
    start = lead.end() if lead else start
    spans = sentences(text, start, entry.end)
    if not spans:
        return entry.start, entry.end
    low, high = spans[0]
    if high - low > LONGEST:
        for _, end in clauses(text, low, high):
            if end - low > LONGEST:
                break
            high = end
        high = min(high, low + LONGEST) if high - low > LONGEST else high
    return low, high


def _behind_term(text: str, entry: GlossaryEntry, asked: str) -> int:
    own = [term for term in re.findall(r"“([^“”]{2,20})”", entry.term) if fold(term) in asked]
    if len(re.findall("“", entry.term)) > 1 and own:
        told = re.compile(rf"“?{re.escape(own[0])}”?[^。；;，,]{{0,6}}?(?:是指|指的是|即|指|[:：])")
        for match in told.finditer(text, entry.start, entry.end):
            return match.end()
    at = text.find(entry.term, entry.start, entry.end)
    return at + len(entry.term) if at >= 0 else entry.start
