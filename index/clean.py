"""Makes the raw text of a file fit to read: line ends, a scraper's notes, damage, script. Knows no file and no report.

Every change is an edit, so each position of the clean text leads back to the raw text, and from there to the bytes.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from index import gbk
from index.fold import simplify
from index.ngrams import Ngrams
from index.records import Spot
from index.repair import NOTE, UNKNOWN, Repair, repairs
from index.textmap import Edit, TextMap, apply

_CONTROL = re.compile(r"\r\n?|[\ufeff\x00-\x08\x0b\x0e-\x1f\x7f]")
_HAN = re.compile(r"[\u3400-\u9fff]")
# What may be out of step: from a question mark to a character that is surely in step.
_SUSPECT = re.compile(r"\?[!(:;?]?[^\n,.%0-9]*")
_TONES = frozenset("àáèéìíòóùúāēěīńňōūǎǐǒǔǖǘǚǜ")

# A scraper's notes stand behind (nearly) every occurrence of its characters, and come back; a writer's do not. One
# note in so many Han characters at least, so many repeated ones at least, on so large a share of the occurrences.
_DENSITY, _REPEATED, _FAITHFUL = 50, 10, 0.9


@dataclass(frozen=True)
class CleanText:
    """`text` as it is searched and shown, `map` from its positions to the raw text's, `spots` where raw was damaged.

    A spot's span is one of `text`; its `raw` is the damaged stretch as it came. Where `repaired` is empty, `■` stands
    in the span for what could not be told.
    """

    text: str
    map: TextMap
    spots: tuple[Spot, ...]


def clean(raw: str) -> CleanText:
    """`raw` with line ends as `\\n`, without BOM and control characters (tab and form feed stay).

    A text that bears the notes of a scraper (`汉(hàn)` behind every occurrence of some characters) was Simplified
    before: its damage is repaired or marked, the notes dropped, the script set back. Any other text keeps its script,
    its question marks and its parentheses.
    """
    text, to_raw = apply(raw, [Edit(m.start(), m.end(), "\n" if "\r" in m[0] else "") for m in _CONTROL.finditer(raw)])
    readings = _readings(text)
    if not readings:
        return CleanText(text, to_raw, ())
    found = _repairs(text, readings)
    mended = [Edit(repair.start, repair.end, repair.text) for repair in found]
    restored, to_text = apply(text, mended + _note_edits(text, readings, found))
    simple, to_restored = apply(restored, _script_edits(restored))
    to_damaged = to_restored.compose(to_text)
    return CleanText(simple, to_damaged.compose(to_raw), tuple(_spots(simple, to_damaged, text, found)))


def byte_span(data: bytes, encoding: str, start: int, end: int) -> tuple[int, int]:
    """The bytes of `data` that the characters `start` to `end` of its text in `encoding` were decoded from.

    A byte order mark that the codec swallows belongs to the first character. LookupError for an unknown encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    ends = [0] * (end + 1)
    count = 0
    for at in range(len(data)):
        for _ in decoder.decode(data[at : at + 1], final=at + 1 == len(data)):
            count += 1
            if count <= end:
                ends[count] = at + 1
        if count >= end:
            break
    return ends[start], ends[end]


def _readings(text: str) -> dict[str, str]:
    """The reading noted behind each character that bears one; empty where the notes are not a scraper's."""
    notes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for note in NOTE.finditer(text):
        if note.start() and _HAN.match(text, note.start() - 1):
            notes[text[note.start() - 1]][note[1]] += 1
    counts = Counter(text)
    readings = {}
    faithful = 0
    for character, found in notes.items():
        reading, times = found.most_common(1)[0]
        if times >= _FAITHFUL * counts[character]:
            readings[character] = reading
            faithful += times
    repeated = faithful - len(readings)
    toned = sum(1 for reading in readings.values() if _TONES & set(reading))
    every = sum(found.total() for found in notes.values())
    signed = repeated >= _REPEATED and faithful >= _FAITHFUL * every and toned >= _FAITHFUL * len(readings)
    return readings if signed and faithful * _DENSITY >= len(_HAN.findall(text)) else {}


def _repairs(text: str, readings: Mapping[str, str]) -> list[Repair]:
    """The damaged stretches, read twice: the second time with what the first reading restored."""
    found = list(repairs(text, readings, Ngrams(_sound(text))))
    mended = [Edit(repair.start, repair.end, repair.text.replace(UNKNOWN, "?")) for repair in found]
    return list(repairs(text, readings, Ngrams(_sound(apply(text, mended)[0]))))


def _sound(text: str) -> list[str]:
    return [NOTE.sub("", piece) for piece in _SUSPECT.split(text)]


def _note_edits(text: str, readings: Mapping[str, str], found: list[Repair]) -> list[Edit]:
    """The scraper's notes outside the damaged stretches, to be dropped."""
    starts = [repair.start for repair in found]
    edits = []
    for note in NOTE.finditer(text):
        before = bisect_right(starts, note.start()) - 1
        inside = before >= 0 and note.start() < found[before].end
        if not inside and note[1] in (
            readings.get(text[note.start() - 1 : note.start()]),
            _straddling(text, note.start(), readings),
        ):
            edits.append(Edit(note.start(), note.end(), ""))
    return edits


def _straddling(text: str, at: int, readings: Mapping[str, str]) -> str | None:
    """The reading of the character whose code is the last byte before an ASCII letter at `at - 1`, and that letter."""
    if at < 2 or not "@" <= text[at - 1] <= "~":
        return None
    before = gbk.code(text[at - 2])
    # A mark may have been narrowed after the note was put there.
    return readings.get(gbk.character(before & 0xFF if before >= 0x80 else before + 0x80, ord(text[at - 1])))


def _script_edits(text: str) -> list[Edit]:
    simple = simplify(text)
    if len(simple) == len(text):
        pairs = enumerate(zip(text, simple, strict=True))
        return [Edit(at, at + 1, new) for at, (old, new) in pairs if old != new]
    codes = SequenceMatcher(None, text, simple, autojunk=False).get_opcodes()
    return [Edit(start, end, simple[low:high]) for tag, start, end, low, high in codes if tag != "equal"]


def _spots(clean_text: str, to_damaged: TextMap, damaged: str, found: list[Repair]) -> list[Spot]:
    """The damaged stretches as spans of the clean text."""
    spots = []
    segments = [segment for segment in to_damaged.segments if segment[1] > segment[0]]
    ends = [segment[3] for segment in segments]
    for repair in found:
        start = _position(segments, ends, repair.start)
        end = _position(segments, ends, repair.end)
        text = clean_text[start:end]
        spots.append(Spot(start, end, damaged[repair.start : repair.end], "" if UNKNOWN in text else text))
    return spots


def _position(segments: list[tuple[int, int, int, int]], ends: list[int], source: int) -> int:
    """Where the text made from what stands at or behind `source` begins."""
    number = bisect_right(ends, source)
    if number == len(segments):
        return segments[-1][1] if segments else 0
    start, end, source_start, source_end = segments[number]
    straight = end - start == source_end - source_start
    return start + (max(source - source_start, 0) if straight else 0)
