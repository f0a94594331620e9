"""Folds the variants of a character into one: width, case, script. Knows characters and opencc, no documents.

The only importer of opencc.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import opencc


def fold(text: str) -> str:
    """`text` with each character folded by itself: NFKC, lower case, Simplified; for matching, never for showing.

    A form that would take more than one character is not taken, so `fold(text)[i]` stands for `text[i]` and the
    lengths are equal. Folding twice gives the same as folding once.
    """
    return text.translate(_FOLDED)


def simplify(text: str) -> str:
    """`text` in Simplified characters, word by word where the word decides; its length may differ.

    Takes the Taiwan standard as the source, a superset in practice: of the schemes at hand only this one tells the
    suffix 著 (着) from the 著 of 著名, which Simplified texts converted by a web site need.
    """
    return str(_converter("tw2s").convert(text))


def traditional(text: str) -> str:
    """`text` in Traditional characters, word by word where the word decides; its length may differ."""
    return str(_converter("s2t").convert(text))


def simplified_only(characters: Iterable[str]) -> frozenset[str]:
    """Those of the single `characters` that conversion into Traditional replaces, so that its texts hold none."""
    lines = "\n".join(characters)
    pairs = zip(lines.split("\n"), _converter("s2t").convert(lines).split("\n"), strict=True)
    return frozenset(simple for simple, other in pairs if simple != other)


@lru_cache(maxsize=4)
def _converter(scheme: str) -> opencc.OpenCC:
    return opencc.OpenCC(scheme)


class _Folded(dict[int, str]):
    """The folding table; a character is worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # Twice: a few characters reach their last form in two steps (薴, 苧, 苎).
        for form in (_compatible, str.lower, _simplified) * 2:
            candidate = form(character)
            character = candidate if len(candidate) == 1 else character
        self[code] = character
        return character


def _compatible(character: str) -> str:
    return unicodedata.normalize("NFKC", character)


def _simplified(character: str) -> str:
    if "\ud800" <= character <= "\udfff":  # half of a surrogate pair, which opencc cannot take
        return character
    return str(_converter("t2s").convert(character))


_FOLDED = _Folded()
