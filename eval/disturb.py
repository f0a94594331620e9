"""Disturbed copies of a question: script, width, a typo, another year. Pure; knows no assistant.

Each gives the copy, or None where the question has nothing to disturb. The same question gives the same copy.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Callable

from eval.questions import Question
from index.fold import traditional

# Common slips of Chinese typing, by sound (pinyin input) or by shape (recognition of scans), in general use; each pair
# works both ways.
_SLIPS = (
    "的得 在再 做作 像象 以已 账帐 度渡 园圆 幅副 气汽 份分 练炼 记纪 决绝 形型 状壮 功工 划化 场厂 建健 设社 增曾 "
    "长常 城成 企起 业叶 产铲 值直 资姿 项向 标表 率律 完玩 县现 市是 民名 路露 桥侨 医衣 院元 学雪 校效 新心 农浓 "
    "里理 几机 哪那 今金 元圆 经径 济挤 目木 收手 入如 住祝 房防 务物 政正 府腑 区驱 达答 第弟 计记 总综 年念 镇振 "
    "未末 己已 人入 土士 日曰 千干 免兔 货贷 治冶 候侯 折拆 历厉 全金 港巷 海诲 河何 户尸 大太 万方 科料"
)
SLIPS: dict[str, str] = {}
for _pair in _SLIPS.split():
    SLIPS.setdefault(_pair[0], _pair[1])
    SLIPS.setdefault(_pair[1], _pair[0])

_FULL_WIDTH = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s*年)")


def to_traditional(question: Question) -> Question | None:
    """Question and history in Traditional characters, word by word (OpenCC's s2t)."""
    return _changed(question, traditional)


def full_width(question: Question) -> Question | None:
    """Question and history with full-width digits."""
    return _changed(question, lambda text: text.translate(_FULL_WIDTH))


def one_typo(question: Question) -> Question | None:
    """One character of the question replaced by one that sounds or looks alike, where depends on the id alone."""
    places = [i for i, character in enumerate(question.question) if character in SLIPS]
    if not places:
        return None
    draw = int.from_bytes(hashlib.sha256(question.id.encode("utf-8", "backslashreplace")).digest()[:8], "big")
    at = places[draw % len(places)]
    text = question.question
    return dataclasses.replace(question, question=text[:at] + SLIPS[text[at]] + text[at + 1 :])


def year_swapped(question: Question) -> Question | None:
    """The year before the one that an answerable question names, when it names exactly one.

    The copy has no gold: it is right to refuse, or to give another answer, never to give the same.
    """
    folded = unicodedata.normalize("NFKC", question.question)
    if not question.answerable or len(set(_YEAR.findall(folded))) != 1:
        return None
    text = _YEAR.sub(lambda match: str(int(match[1]) - 1), folded)
    return dataclasses.replace(
        question, question=text, answers=(), answers_all=(), answers_by_doc=(), evidence=(), wrong=()
    )


KINDS: dict[str, Callable[[Question], Question | None]] = {
    "traditional": to_traditional,
    "full_width": full_width,
    "typo": one_typo,
    "year": year_swapped,
}


def _changed(question: Question, change: Callable[[str], str]) -> Question | None:
    earlier = tuple(map(change, question.history))
    copy = dataclasses.replace(question, question=change(question.question), history=earlier)
    return None if copy == question else copy
