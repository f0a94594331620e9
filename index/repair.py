"""Restores what byte-blind replacing on GBK text broke. Knows GBK and the two slips, no file formats and no documents.

Some web sites ran two replacements over Traditional text in GBK byte by byte: the code of a polyphonic character got
its reading in parentheses behind it, the code of a full-width mark became the ASCII mark. Where such a code is the
second half of one character and the first of the next, the page shows `?` and reads on one byte out of step:

    (a)  P X reading .. ->  P ? "reading)" ..  X is lost; the readings of the text tell it from P and the reading
    (b)  X A3 p+80 ..   ->  ? p ..             only X is lost; p is the ASCII mark
    (c)  X, then ASCII  ->  ?, then ASCII      X was read out of step and met an ASCII character: in step again
    (d)  two bytes that, out of step, are no character, are shown as nothing; so is a lone byte 80

Nearly all bytes are still there; the search below undoes the slips and fills the gaps as the language makes likely.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from itertools import takewhile
from math import exp

from index import gbk
from index.fold import simplified_only
from index.ngrams import Ngrams

UNKNOWN = "■"
_SYLLABLE = r"([a-zàáèéìíòóùúāēěīńňōūǎǐǒǔǖǘǚǜü]{1,6})\)"
NOTE = re.compile(r"\(" + _SYLLABLE)
_LOST_NOTE = re.compile(r"\(?" + _SYLLABLE)
_MARKS = frozenset("!%(),-./:;?")

# The share of the likelihood that the texts of an answer must hold together; what they differ in is not restored.
_SURE = 0.75
# Nats: guesses further behind the best are dropped; the price of what should not be (a glyph that conversion into
# Traditional never gives, a character without its reading); the price of bytes put in where nothing is shown.
_FAR, _ODD, _GAP = 16.0, 7.0, 1.0
# How many guesses live on at a place, how many that end alike, how many fillings of a gap; how far to be out of step.
_WIDTH, _ALIKE, _FILLINGS, _LONGEST = 160, 4, 8, 80


@dataclass(frozen=True, slots=True)
class Repair:
    """`text` is to stand for the damaged `source[start:end]`; `■` in it is what could not be told with confidence."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Guess:
    """A way to read the stretch so far: its text, the last two characters, the first byte of one begun (or 0)."""

    score: float
    text: str
    last: str
    begun: int
    filled: bool = False


@dataclass(frozen=True, slots=True)
class _Sign:
    """One character as displayed, with the note behind it; `lost` is the reading behind a `?`.

    `shown` is what a reader should see of it in step: without the note where it is the character's own.
    """

    start: int
    end: int
    text: str
    shown: str
    code: int
    note: str
    lost: str


def repairs(text: str, readings: Mapping[str, str], model: Ngrams) -> Iterator[Repair]:
    """The damaged stretches of `text` that are likelier damage than genuine question marks, in order.

    `readings` holds the reading noted behind each character of `text` that bears one.
    """
    search = _Search(readings, model)
    start = 0
    for line in text.split("\n"):
        signs = _signs(line, readings) if "?" in line else []
        for first, last, restored in search.stretches(signs):
            yield Repair(start + signs[first].start, start + signs[last - 1].end, restored)
        start += len(line) + 1


class _Search:
    """A beam search over the bytes that stood in the gaps, line by line."""

    def __init__(self, readings: Mapping[str, str], model: Ngrams) -> None:
        self._readings, self._model = readings, model
        self._codes: defaultdict[str, list[int]] = defaultdict(list)
        for character, reading in readings.items():
            self._codes[reading].append(gbk.code(character))
        self._ends: dict[int, list[tuple[str, frozenset[int]]]] = {}
        self._fillings: dict[tuple[str, int, int | str], list[tuple[float, str, int]]] = {}

    def stretches(self, signs: list[_Sign]) -> Iterator[tuple[int, int, str]]:
        """The damaged stretches of a line, as numbers of signs, with the restored text of each."""
        at = 0
        while at < len(signs):
            end = at + 1
            if signs[at].text == "?":
                end, guesses = self._read(signs, at)
                restored = _agreed(guesses) if guesses else UNKNOWN
                last = end
                while last > at + 1 and restored.endswith(signs[last - 1].shown):  # in step already
                    restored, last = restored.removesuffix(signs[last - 1].shown), last - 1
                if restored != "?" or last > at + 1:
                    yield at, last, restored
            at = end

    def _read(self, signs: list[_Sign], at: int) -> tuple[int, list[_Guess]]:
        """Where the stretch that begins at `at` ends, and the ways to read it, best first; none where all failed."""
        last = "".join(sign.text for sign in signs[max(at - 2, 0) : at]) or "\n"
        waiting: defaultdict[int, list[_Guess]] = defaultdict(list, {at: [_Guess(0.0, "", last, 0)]})
        here = at
        while here < len(signs) and here - at < _LONGEST:
            guesses = _best(waiting.pop(here, []))
            in_step = guesses and not waiting and not any(guess.begun for guess in guesses)
            if here > at and in_step and signs[here].text != "?":
                return here, self._foreseen(guesses, signs[here : here + 2])
            for guess in guesses:
                for to, following in self._steps(signs, here, guess):
                    waiting[to].append(following)
            if not waiting:
                return at + 1, []
            here += 1
        whole = [guess for guess in waiting.pop(here, []) if not guess.begun]
        return (here, self._foreseen(_best(whole), signs[here : here + 2])) if whole else (at + 1, [])

    def _foreseen(self, guesses: list[_Guess], ahead: list[_Sign]) -> list[_Guess]:
        """`guesses`, scored with the characters that follow the stretch."""
        scored = []
        for guess in guesses:
            after = guess
            for text in [sign.text for sign in ahead] or ["\n"]:
                after = self._then(after, text)
            scored.append(_Guess(after.score, guess.text, guess.last, 0))
        return sorted(scored, key=lambda guess: -guess.score)

    def _steps(self, signs: list[_Sign], here: int, guess: _Guess) -> Iterator[tuple[int, _Guess]]:
        sign = signs[here]
        if guess.begun and not guess.filled and sign.code:
            for filled in self._with_vanished(guess, sign):
                yield from self._steps(signs, here, filled)
        if sign.text == "?":
            yield from self._slips(signs, here, guess)
        elif not guess.begun:
            following = self._then(guess, sign.text)
            yield here + 1, _Guess(following.score, guess.text + sign.shown, following.last, 0)
        elif sign.code >= 0x80:
            for following in self._complete(guess, sign.code >> 8, sign.code & 0xFF):
                yield here + 1, following
                if sign.note:
                    yield from ((here + 1, lone) for lone in self._complete(following, 0x80, 0, sign.note))
        else:
            # Out of step, an ASCII character is a second byte, or a full-width one that the site narrowed.
            yield from ((here + 1, wide) for wide in self._complete(guess, 0xA3, sign.code + 0x80))
            yield from ((here + 1, narrow) for narrow in self._complete(guess, sign.code, 0, sign.note))

    def _slips(self, signs: list[_Sign], here: int, guess: _Guess) -> Iterator[tuple[int, _Guess]]:
        sign = signs[here]
        mark = signs[here + 1].text if here + 1 < len(signs) else ""
        if sign.lost:
            for byte in self._noted(guess.begun or gbk.code(guess.last[-1]) & 0xFF, sign.lost):
                if guess.begun:
                    yield from ((here + 1, done) for done in self._complete(guess, byte, 0, sign.lost))
                else:
                    yield here + 1, _Guess(guess.score, guess.text, guess.last, byte)
        elif guess.begun:
            for byte in gbk.seconds(guess.begun):
                yield from ((here + 1, done) for done in self._complete(guess, byte, 0))
        else:
            yield here + 1, self._then(guess, "?")
            for byte in gbk.firsts(0xA3) if mark in _MARKS else ():
                begun = _Guess(guess.score, guess.text, guess.last, byte)
                yield from ((here + 2, done) for done in self._complete(begun, 0xA3, ord(mark) + 0x80))

    def _noted(self, before: int, reading: str) -> list[int]:
        """The bytes that, behind `before`, make a character read so; all that make one where none is known."""
        known = [code & 0xFF for code in self._codes[reading] if code >> 8 == before]
        return known or [byte for byte in gbk.seconds(before) if gbk.character(before, byte) not in self._readings]

    def _complete(self, guess: _Guess, byte: int, begun: int, note: str = "") -> Iterator[_Guess]:
        """`guess` with the character begun completed by `byte`, if there is such a one, and `begun` behind it."""
        # What is full-width ASCII as a whole was narrowed, and is no second half of anything.
        character = gbk.character(guess.begun, byte) if guess.begun != 0xA3 else ""
        if character:
            following = self._then(guess, character)
            # A character that has a reading bears it wherever its two bytes stayed together.
            odd = self._readings.get(character, note) != note
            yield _Guess(following.score - (_ODD if odd else 0.0), following.text, following.last, begun)

    def _then(self, guess: _Guess, character: str) -> _Guess:
        score = guess.score + self._model.log(guess.last, character) - (_ODD if character in _never() else 0.0)
        return _Guess(score, guess.text + character, (guess.last + character)[-2:], 0)

    def _with_vanished(self, guess: _Guess, sign: _Sign) -> Iterator[_Guess]:
        """`guess` with bytes put in before `sign` that show as nothing: two between characters, or a lone 80."""
        key = (guess.last[-1:], guess.begun, sign.lost or sign.code >> 8 or sign.code)
        if key not in self._fillings:
            self._fillings[key] = nlargest(_FILLINGS, self._all_fillings(guess, sign))
        for _, character, begun in self._fillings[key]:
            after = self._then(guess, character)
            yield _Guess(after.score - _GAP, after.text, after.last, begun, filled=True)

    def _all_fillings(self, guess: _Guess, sign: _Sign) -> Iterator[tuple[float, str, int]]:
        """The likelihood of each filling with the character behind it, the character it ends, the byte it begins."""
        last = guess.last[-1:]
        if guess.begun not in self._ends:
            ends = ((gbk.character(guess.begun, byte), gbk.voids(byte)) for byte in gbk.seconds(guess.begun))
            self._ends[guess.begun] = [end for end in ends if end[1] and self._model.knows(end[0])]
        begun = self._begun_before(sign)
        for character, voids in self._ends[guess.begun] if guess.begun != 0xA3 else []:
            likely = self._model.log(last, character)
            best: dict[int, float] = {}
            for byte, other in begun:
                if byte in voids:
                    best[byte] = max(likely + self._model.log(character, other), best.get(byte, -1e9))
            yield from ((total, character, byte) for byte, total in best.items())
        lone = gbk.character(guess.begun, 0x80)
        if lone and self._model.knows(lone) and lone not in self._readings and not sign.lost:
            yield self._model.log(last, lone) + self._model.log(lone, sign.text), lone, 0

    def _begun_before(self, sign: _Sign) -> list[tuple[int, str]]:
        """The characters whose second byte is the first of `sign`, each behind its first byte."""
        if sign.lost:
            return [(code >> 8, gbk.character(code >> 8, code & 0xFF)) for code in self._codes[sign.lost]]
        second = sign.code >> 8 or sign.code
        pairs = ((first, gbk.character(first, second)) for first in gbk.firsts(second))
        return [(first, character) for first, character in pairs if self._model.knows(character)]


def _signs(line: str, readings: Mapping[str, str]) -> list[_Sign]:
    signs = []
    at = 0
    while at < len(line):
        character = line[at]
        lost = _LOST_NOTE.match(line, at + 1) if character == "?" else None
        note = None if lost else NOTE.match(line, at + 1)
        end = max(match.end() if match else at + 1 for match in (lost, note))
        foreign = note and readings.get(character) != note[1]
        shown = line[at:end] if foreign else character
        code = gbk.code(character)
        signs.append(_Sign(at, end, character, shown, code, note[1] if note else "", lost[1] if lost else ""))
        at = end
    return signs


def _best(guesses: list[_Guess]) -> list[_Guess]:
    """The best `guesses`, in order: none far behind, few that end alike."""
    alike: Counter[tuple[str, int]] = Counter()
    kept: list[_Guess] = []
    for guess in sorted(guesses, key=lambda guess: -guess.score):
        if len(kept) == _WIDTH or (kept and guess.score < kept[0].score - _FAR):
            break
        alike[guess.last, guess.begun] += 1
        if alike[guess.last, guess.begun] <= _ALIKE:
            kept.append(_Guess(guess.score, guess.text, guess.last, guess.begun))
    return kept


def _agreed(guesses: list[_Guess]) -> str:
    """What the likely texts have in common, with `■` for the rest: for each character, or once for unequal lengths."""
    texts = _likely(guesses)
    best = texts[0]
    if all(len(text) == len(best) for text in texts):
        return "".join(column[0] if len(set(column)) == 1 else UNKNOWN for column in zip(*texts, strict=True))
    head = _same(texts)
    tail = _same([text[head:][::-1] for text in texts])
    return best[:head] + UNKNOWN + best[len(best) - tail :]


def _likely(guesses: list[_Guess]) -> list[str]:
    """The texts of the best guesses that together are sure enough."""
    shares = [exp(guess.score - guesses[0].score) for guess in guesses]
    texts: list[str] = []
    reached = 0.0
    for guess, share in zip(guesses, shares, strict=True):
        if reached >= _SURE * sum(shares):
            break
        texts.append(guess.text)
        reached += share
    return texts


def _same(texts: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False)))


@lru_cache(maxsize=1)
def _never() -> frozenset[str]:
    return simplified_only(gbk.all_characters())
