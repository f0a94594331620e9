"""Reports marked by hand against what the outline finds in them: boundaries of sections, and periods of sentences.

`python tests/marked.py` prints the figures of every report, `-v` each difference. A file `NAME.marks` holds a
line for each part of `NAME.txt.gz` (the text of a real report as its reader gives it): level, period, opening words.

- level 1 to 4: a heading, its words as written; `-`: a part without one begins (problems, closing, an address that ends
  the headings above it, a turn to another time); `?`: a part may be seen to begin here or not;
  `s`: no part, but this one sentence speaks of another time than its part.
- period: as `Section.period`, empty for none; what may be said instead follows after `|`.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.document import assemble
from index.read import RawText
from index.records import Document, Section

FOLDER = Path(__file__).parent / "data" / "marked"
NAMES = sorted(path.stem for path in FOLDER.glob("*.marks"))
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”」』）)]*")


@dataclass(frozen=True)
class Mark:
    """One line of a marks file, and the place in the text where its part begins."""

    level: str
    periods: tuple[str, ...]
    words: str
    at: int


@dataclass(frozen=True)
class Measured:
    """Of one report: boundaries found, missed and made up; headings with the right words and level; sentences."""

    found: int
    missed: tuple[str, ...]
    spare: tuple[str, ...]
    titled: int
    headings: int
    told: int
    sentences: int
    wrong: tuple[str, ...]

    @property
    def f1(self) -> float:
        return 2 * self.found / max(2 * self.found + len(self.missed) + len(self.spare), 1)


def load(name: str) -> Document:
    """The report of that name, cleaned and outlined."""
    text = gzip.decompress((FOLDER / f"{name}.txt.gz").read_bytes()).decode("utf-8")
    return assemble(RawText(text, "utf-8", "text", ""), Path("x.txt"))


def marks(name: str, text: str) -> list[Mark]:
    """The marks of a report, in the order of its text. ValueError where words are not in it."""
    found: list[Mark] = []
    at = 0
    for row in (FOLDER / f"{name}.marks").read_text(encoding="utf-8").splitlines():
        level, periods, words = row.split("\t")
        place = _place(text, words, at, level != "s")
        found.append(Mark(level, tuple(periods.split("|")), words, place))
        at = place + 1
    return found


def _place(text: str, words: str, start: int, opens: bool) -> int:
    """Where `words` next open a line (or, not `opens`, a sentence); a stroke in them stands for the line's end."""
    body = r"\s*\n\s*".join(re.escape(part) for part in words.split("/"))
    match = re.compile(rf"(?m)^[^\S\n]*({body})" if opens else f"({body})").search(text, start)
    if match is None:
        raise ValueError(f"not in the text after {start}: {words}")
    return match.start(1)


def measure(document: Document, marked: list[Mark]) -> Measured:
    """How `document`'s sections agree with the marks."""
    text = document.text
    wanted = {m.at: m for m in marked if m.level not in ("s", "?")}
    allowed = {m.at for m in marked if m.level == "?"}
    own = {_first(text, s): s for s in document.sections if s.start}
    heads = [m for m in wanted.values() if m.level.isdigit()]
    titled = [m for m in heads if m.at in own and _said(own[m.at]) == (int(m.level), "".join(m.words.split()))]
    sentences = list(_told(document, marked))
    wrong = tuple(f"{s.period or 'none'} for {'|'.join(p)}: {words}" for s, p, words in sentences if s.period not in p)
    return Measured(
        found=len(wanted.keys() & own.keys()),
        missed=tuple(wanted[at].words for at in sorted(wanted.keys() - own.keys())),
        spare=tuple(text[at : at + 30].split("\n")[0] for at in sorted(own.keys() - wanted.keys() - allowed)),
        titled=len(titled),
        headings=len(heads),
        told=len(sentences) - len(wrong),
        sentences=len(sentences),
        wrong=wrong,
    )


def _first(text: str, section: Section) -> int:
    return section.start + len(text[section.start : section.end]) - len(text[section.start : section.end].lstrip())


def _said(section: Section) -> tuple[int, str]:
    return len(section.path), "".join(section.path[-1].split()) if section.path else ""


def _told(document: Document, marked: list[Mark]) -> Iterator[tuple[Section, tuple[str, ...], str]]:
    """Each sentence with the section that holds it and the periods that are right for it."""
    alone = {m.at: m.periods for m in marked if m.level == "s"}
    parts = [m for m in marked if m.level != "s"]
    number = -1
    for match in _SENTENCE.finditer(document.text):
        words = match[0].strip()
        if len(words) < 2:
            continue
        at = match.start() + len(match[0]) - len(match[0].lstrip())
        while number + 1 < len(parts) and parts[number + 1].at <= at:
            number += 1
        periods = alone.get(at) or (parts[number].periods if number >= 0 else ("",))
        yield document.section_at(at), periods, words


def main() -> None:
    total = [0] * 7
    for name in NAMES:
        document = load(name)
        m = measure(document, marks(name, document.text))
        row = [m.found, len(m.missed), len(m.spare), m.titled, m.headings, m.told, m.sentences]
        total = [a + b for a, b in zip(total, row, strict=True)]
        print(f"{name}: F1 {m.f1:.3f}, titles {m.titled}/{m.headings}, periods {m.told / m.sentences:.4f} {row}")
        if "-v" in sys.argv:
            for what, lines in (("missed", m.missed), ("spare", m.spare), ("wrong", m.wrong)):
                for line in lines:
                    print(f"  {what}: {line[:90]}")
    found, missed, spare, titled, heads, told, sentences = total
    f1 = 2 * found / (2 * found + missed + spare)
    print(f"all: F1 {f1:.4f}, titles {titled}/{heads}, periods {told / sentences:.4f}")


if __name__ == "__main__":
    main()
