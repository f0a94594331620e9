"""The two-byte codes of GBK and what their bytes can stand beside. Knows the standard library's codec, no text."""

from __future__ import annotations

from functools import lru_cache


def code(character: str) -> int:
    """The code of a character, its first byte high; an ASCII character's own; 0 where GBK has none."""
    return _codes().get(character, 0) if character >= "\x80" else ord(character)


def character(first: int, second: int) -> str:
    """The character of two bytes, "" where there is none."""
    return _characters().get(first << 8 | second, "")


@lru_cache(maxsize=256)
def seconds(first: int) -> tuple[int, ...]:
    """The bytes that make a character behind `first`."""
    return tuple(known & 0xFF for known in _characters() if known >> 8 == first)


@lru_cache(maxsize=256)
def firsts(second: int) -> tuple[int, ...]:
    """The bytes that make a character before `second`."""
    return tuple(known >> 8 for known in _characters() if known & 0xFF == second)


@lru_cache(maxsize=256)
def voids(first: int) -> frozenset[int]:
    """The bytes that could begin a character themselves and make none behind `first`."""
    return frozenset(range(0x81, 0xFF)) - frozenset(seconds(first)) if first > 0x80 else frozenset()


def all_characters() -> tuple[str, ...]:
    """Every character of two bytes, in the order of the codes."""
    return tuple(_characters().values())


@lru_cache(maxsize=1)
def _characters() -> dict[int, str]:
    codes = (first << 8 | second for first in range(0x81, 0xFF) for second in range(0x40, 0xFF))
    decoded = ((known, known.to_bytes(2, "big").decode("gbk", "ignore")) for known in codes)
    return {known: text for known, text in decoded if len(text) == 1 and text >= "\x80"}


@lru_cache(maxsize=1)
def _codes() -> dict[str, int]:
    return {text: known for known, text in _characters().items()}
