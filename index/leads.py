"""Sentences that head paragraphs inside a section: numbered ones (一是), short ones, parallel ones. Knows no periods.

One such sentence is style, several are a pattern; so they are told over the whole stretch between two headings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.lines import ARTICLE, ITEM, LEAD, Heading, Line, title_of

LONG = 60  # characters from which a line is a paragraph
_DIGITS = "一二三四五六七八九"
_ORDINAL = re.compile(rf"([{_DIGITS}]|[{_DIGITS}]?十[{_DIGITS}]?)[是要](?![求点素])")
_NARRATIVE = re.compile(
    rf"各位|同时|我们|——|――|--|过去|今年|去年|一年|五年|这[一五几]|对此|此外|与此|当前|首先|其次|总之|[{_DIGITS}十]{{1,2}}[是要]"
    rf"|第[{_DIGITS}十]|同志们|[女先]|总体|回顾|展望|主要是|\(|《|[“\"][{_DIGITS}十]+五"
)
# What no heading says: that something is something, needs something, depends on something.
_STATEMENT = re.compile(r"(?<![求就的])是|需要|^(?:只有|只要|如果|由于|随着|根据|按照)")
_MORAL = re.compile(r"。(?:我们[要必]|必须)")  # a saying, and what is to be drawn from it
_SHORT, _WIDE, _PARALLEL, _NUMBERED = 16, 28, 34, 40  # characters of a heading sentence of each kind
_OWN_LINE = 60
_SEVERAL, _MANY = 3, 5


def narrative(words: str) -> bool:
    """Whether folded `words` begin as a sentence of the speech does, not as a heading."""
    return bool(_NARRATIVE.match(words))


def ordinal(words: str) -> int:
    """The number in front of folded `words` of the form 一是, 二要; 0 where there is none."""
    match = _ORDINAL.match(words)
    if match is None:
        return 0
    tens, ten, units = match[1].rpartition("十") if "十" in match[1] else ("", "", match[1])
    value = _DIGITS.index(units) + 1 if units else 0
    return value + 10 * (_DIGITS.index(tens) + 1 if tens else 1) if ten else value


def leads(text: str, lines: Sequence[Line], stretch: Sequence[int]) -> list[Heading]:
    """The headings among the lines `stretch`, which follow each other under one heading; in order."""
    series = _series(lines, stretch)
    found = [_heading(text, lines, at, ITEM, length) for at, length in series.items()]
    cuts = [-1, *(number for number, at in enumerate(stretch) if at in series), len(stretch)]
    for a, b in pairwise(cuts):
        part = stretch[a + 1 : b]
        found += [_heading(text, lines, at, LEAD, length) for at, length in _sentences(lines, part).items()]
    return sorted(found, key=lambda heading: heading.line)


def ends(found: Sequence[Heading], stops: Sequence[int]) -> list[Heading]:
    """Headings without words that end the last of several alike: where the others have one paragraph, it has no more.

    `found` are the headings in order; `stops` the lines that end all headings by themselves, and the number of lines.
    """
    closed: list[Heading] = []
    row: list[Heading] = []
    for heading in sorted([*found, *(Heading(at, -1, "", False) for at in stops)], key=lambda h: h.line):
        if row and heading.rank != row[-1].rank:
            steps = {b.line - a.line for a, b in pairwise(row)}
            alike = len(row) >= (_SEVERAL if row[-1].rank > ARTICLE else _MANY) and len(steps) == 1
            if alike and row[-1].line + max(steps) < heading.line and row[-1].rank >= ARTICLE:
                closed.append(Heading(row[-1].line + max(steps), row[-1].rank, "", False))
            row = []
        row.append(heading)
    return closed


def _heading(text: str, lines: Sequence[Line], at: int, rank: int, length: int) -> Heading:
    return Heading(at, rank, title_of(text, lines[at], length), length + 1 < len(lines[at].text))


def _series(lines: Sequence[Line], stretch: Sequence[int]) -> dict[int, int]:
    """Lines that count 一是, 二是 and on, each a paragraph under a sentence, with the sentences' lengths."""
    found: dict[int, int] = {}
    for at in stretch:
        number = ordinal(lines[at].text)
        length = _sentence(lines[at], _NUMBERED)
        if number == len(found) + 1 and length and len(lines[at].text) >= LONG:
            found[at] = length
    return found if len(found) > 1 else {}


def _sentences(lines: Sequence[Line], stretch: Sequence[int]) -> dict[int, int]:
    """Lines that open with a heading sentence, or are one, with the sentences' lengths."""
    short = {at: length for at in stretch if (length := _lead(lines[at], _SHORT))}
    wide = {at: length for at in stretch if at not in short and (length := _lead(lines[at], _WIDE))}
    if len(short) > 1:
        # Longer ones are of the kind between short ones, and where nearly every paragraph opens with one.
        paragraphs = sum(1 for at in stretch if len(lines[at].text) >= LONG)
        nearly_all = 4 * (len(short) + len(wide)) >= 3 * paragraphs
        return short | {at: size for at, size in wide.items() if nearly_all or min(short) < at < max(short)}
    return dict(_parallel(lines, stretch)) or dict(_alternating(lines, stretch))


def _parallel(lines: Sequence[Line], stretch: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Three or more paragraphs in a row whose first sentences begin alike."""
    run: list[tuple[int, int]] = []
    for at in [*stretch, -1]:
        length = _lead(lines[at], _PARALLEL) if at >= 0 else 0
        if run and not (length and lines[at].text[0] == lines[run[-1][0]].text[0]):
            yield from run if len(run) >= _SEVERAL else ()
            run = []
        if length:
            run.append((at, length))


def _alternating(lines: Sequence[Line], stretch: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Three or more sentences on lines of their own that begin alike, each above a paragraph."""
    alone = [
        at
        for at, follower in pairwise(stretch)
        if len(lines[at].text) < _OWN_LINE and lines[at].text.endswith("。") and len(lines[follower].text) >= LONG
        and lines[at].text.index("。") == len(lines[at].text) - 1
    ]  # fmt: skip
    alike = Counter(lines[at].text[:2] for at in alone)
    yield from ((at, len(lines[at].text) - 1) for at in alone if alike[lines[at].text[:2]] >= _SEVERAL)


def _lead(line: Line, longest: int) -> int:
    """The length of the sentence that heads the paragraph `line`; 0 where it has none."""
    length = _sentence(line, longest)
    words = line.text[:length]
    plain = not any(c.isdigit() for c in words) and words.count(",") < 2
    speech = narrative(words) or _STATEMENT.search(words) or _MORAL.match(line.text, length)
    return length if len(line.text) >= LONG and plain and not speech else 0


def _sentence(line: Line, longest: int) -> int:
    """The length of the first sentence where it is one of 4 to `longest` characters without inner marks, else 0."""
    stop = line.text.find("。")
    return stop if 4 <= stop <= longest and not any(c in ":;!?" for c in line.text[:stop]) else 0
