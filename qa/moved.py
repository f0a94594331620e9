"""A question put to another time or another place: 那今年呢? or 江苏呢? after the question before it.

Knows Chinese and English wording only.
"""

from __future__ import annotations

import re

from index.fold import fold
from qa.english import is_english
from qa.places import PROVINCES

LEANS_ON = " → "  # between an earlier question and the one that leans on it
WHEN = r"(?:(?:19|20)\d\d年?|今年|去年|上年|明年|前年)"
FIVE_YEARS = "“?十[二三四五]五”?(?:时期|期间|末)?"
_TIME = re.compile(f"{WHEN}|{FIVE_YEARS}")
_ONLY_TIME = re.compile(
    rf"(?:那么?|还有)?(?P<time>{_TIME.pattern})的?(?P<tense>目标|计划|打算|实际|结果)?"
    r"(?:又?是多少|(?:又|都|各)?(?P<done>完成|达到|实现|做到)得?了?(?:多少|怎么样|如何)|怎么样|呢)*"
)
_WHEN_ENGLISH = re.compile(r"\s*\b(?:(?:in|for|during|by) )?(?:(?:19|20)\d\d|(?:this|last|next) year)\b", re.IGNORECASE)
_ONLY_TIME_ENGLISH = re.compile(
    r"(?:and|but)?,? ?(?:(?:what|how) about )?(?:in|for|during)? ?(?P<time>(?:19|20)\d\d|(?:this|last|next) year)"
)
_TENSED_ENGLISH = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|aims?|expect(?:s|ed)?|intends?|wants?|hopes?|going) to ", re.IGNORECASE
)
_PRESENT = {"was": "is", "were": "are", "did": "does"}
_PAST_ENGLISH = re.compile(rf"\b(?:{'|'.join(_PRESENT)})\b", re.IGNORECASE)
_PROVINCE = rf"(?:{'|'.join(sorted(PROVINCES))})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)?"
_ONLY_PLACE = re.compile(
    rf"(?:那么?|还有|和)?(?P<place>{_PROVINCE}|[\u4e00-\u9fff]{{2,4}}[省市县旗])(?:的|那边)?(?:呢|怎么样|是多少)+"
)
_PLACE = re.compile(rf"(?P<place>{_PROVINCE}|(?:^|(?<=[^\u4e00-\u9fff]))[\u4e00-\u9fff]{{2,3}}[省市县旗])")
_TENSE_WORDS = {"目标": "计划", "计划": "计划", "打算": "计划", "实际": "实际", "结果": "实际"}
_TENSED = re.compile(r"实际|计划|打算|准备|预计|力争|(?<=[成到现增造立])了")
_AIMED = re.compile(rf"的?目标|{_TENSED.pattern}")


def moved_in_time(words: str, before: str) -> str:
    """The question `before` put to another time, where folded `words` ask for nothing but that; else "".

    那今年呢? after 2022年建成多少家? gives 今年建成多少家?; what told of the other time's tense is left out.
    """
    told = _ONLY_TIME.fullmatch(words.rstrip("?。! "))
    if not told:
        return _moved_in_english(words, before)
    time, tense = told["time"], _TENSE_WORDS.get(told["tense"] or (told["done"] and "实际") or "", "")
    bare = (_TENSED if tense != "实际" else _AIMED).sub("", before.strip())
    moved, there = _TIME.subn(lambda _: time + tense, bare, count=1)
    return moved if there else time + tense + bare


def _moved_in_english(words: str, before: str) -> str:
    """And in 2022? after How many jobs does it plan to create in 2023? gives How many jobs does it create in 2022?"""
    told = _ONLY_TIME_ENGLISH.fullmatch(words.rstrip("?.! "))
    bare = before.strip().rstrip("?？.")
    if not told or not is_english(fold(bare)):
        return ""
    time = told["time"] if told["time"].endswith("year") else f"in {told['time']}"
    bare = _PAST_ENGLISH.sub(lambda m: _PRESENT[m[0].lower()], _TENSED_ENGLISH.sub("", bare))
    rest = _WHEN_ENGLISH.sub("", bare).strip()
    return f"{rest} {time}?"


def moved_in_place(words: str, before: str) -> str:
    """The question `before` put to another place, where folded `words` ask for nothing but that; else "".

    江苏呢? after 浙江今年要增长多少? gives 江苏今年要增长多少?
    """
    told = _ONLY_PLACE.fullmatch(words.rstrip("?。! "))
    if not told:
        return ""
    last = before.strip().split(LEANS_ON)[-1]
    earlier = _PLACE.search(last)
    return last.replace(earlier["place"], told["place"], 1) if earlier else told["place"] + last
