"""Where the gold evidence stands in the documents, by position. Knows documents and strings, no passages' borders.

Positions make relevance robust: however the text is cut into passages, a passage is relevant by what it covers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.matching import MARKS, norm, overlap
from index.records import Document, Section

COVERED = 0.6  # share of the shorter of passage and evidence that must be common


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch `[start, end)` of a document's text in which an evidence string stands."""

    document: str
    start: int
    end: int


class Atlas:
    """Finds evidence in documents, up to marks and width, so that cleaning a text does not lose the gold.

    Holds one folded copy of each document that was asked about, with the position of each folded character.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.documents = documents
        self._folded: dict[str, tuple[str, list[int]]] = {}
        self._found: dict[tuple[str, tuple[str, ...]], tuple[Place, ...]] = {}

    def find(self, evidence: str, among: Sequence[str] = ()) -> tuple[Place, ...]:
        """Every occurrence of `evidence` in the documents `among` (empty: all), in the documents' order."""
        key = (evidence, tuple(among))
        if key not in self._found:
            names = [name for name in (among or self.documents) if name in self.documents]
            self._found[key] = tuple(place for name in names for place in self._in(name, norm(evidence)))
        return self._found[key]

    def section(self, place: Place) -> Section:
        """The section in which `place` begins."""
        return self.documents[place.document].section_at(place.start)

    def covers(self, document: str, start: int, end: int, evidence: str, among: Sequence[str] = ()) -> bool:
        """Whether the passage `[start, end)` holds `evidence`, or lies in it.

        True when the two share at least 60 % of the shorter one's characters: by position where the evidence was
        found, else by the longest common run of the two texts (evidence quoted from another copy of the text).
        """
        places = self.find(evidence, among)
        if places:
            return any(self._share(document, start, end, place) >= COVERED for place in places)
        if document not in self.documents:
            return False
        return overlap(self.documents[document].text[start:end], evidence) >= COVERED

    def _share(self, document: str, start: int, end: int, place: Place) -> float:
        if document != place.document:
            return 0.0
        common = min(end, place.end) - max(start, place.start)
        return common / min(end - start, place.end - place.start) if common > 0 else 0.0

    def _in(self, name: str, needle: str) -> Iterable[Place]:
        if name not in self._folded:
            self._folded[name] = _fold(self.documents[name].text)
        text, positions = self._folded[name]
        at = text.find(needle) if needle else -1
        while at >= 0:
            yield Place(name, positions[at], positions[at + len(needle) - 1] + 1)
            at = text.find(needle, at + 1)


def _fold(text: str) -> tuple[str, list[int]]:
    """`text` as `norm` folds it, and for each folded character its position in `text`."""
    out: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(text):
        folded = MARKS.sub("", unicodedata.normalize("NFKC", character).lower())
        out.append(folded)
        positions.extend([position] * len(folded))
    return "".join(out), positions
