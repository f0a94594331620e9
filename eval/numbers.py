"""Quantities in words: value and unit, however they are written. Only importer of cn2an; knows strings only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import cn2an  # type: ignore[import-untyped]

_SCALES = {"十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8}
# Units of measure and the common counters of reports; a unit that is not here is compared as no unit, on both sides.
_SAME = {
    "元": ("元", "元人民币", "人民币"),
    "美元": ("美元",),
    "%": ("%",),
    "个百分点": ("个百分点", "百分点"),
    "公里": ("公里", "千米", "km"),
    "平方公里": ("平方公里", "平方千米", "km2"),
    "米": ("米",),
    "平方米": ("平方米", "平米", "m2"),
    "立方米": ("立方米", "m3"),
    "吨": ("吨", "t"),
    "标准煤": ("吨标准煤", "吨标煤"),
    "千克": ("千克", "公斤", "kg"),
    "千瓦": ("千瓦", "kw"),
    "千瓦时": ("千瓦时", "千瓦小时", "度", "kwh"),
    "亩": ("亩",),
    "公顷": ("公顷",),
    "斤": ("斤",),
    "人": ("人", "名", "位"),
    "微克/立方米": ("微克/立方米", "微克每立方米", "μg/m3"),
    "倍": ("倍",),
    "分钟": ("分钟",),
    "小时": ("小时",),
}
_COUNTERS = (
    *("人次", "户次", "家次", "册次", "标箱", "毫米", "厘米", "海里", "兆瓦"),
    *"箱户家个项件所条座辆台套张头只羽株棵艘架列班间栋幢处片块批种类门场次期届级层村镇乡县市岁年月日天周秒分里号篇本册部床",
    *"颗枚对支队组点宗单例起份笔尾匹口顿克升",
)
_UNITS = sorted(
    [(spelling, unit) for unit, spellings in _SAME.items() for spelling in spellings] + [(c, c) for c in _COUNTERS],
    key=lambda pair: -len(pair[0]),
)
_DIGITS = "零〇一二两三四五六七八九十百千"
_NUMBER = re.compile(
    rf"(?P<share>百分之)?(?P<number>-?\d[\d,]*(?:\.\d+)?|[{_DIGITS}]+(?:点[零〇一二三四五六七八九]+)?)"
    rf"(?P<scale>[余多几]?[十百千]?[万萬]?[亿億]?)"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in the unit itself (万 and 亿 multiplied out) and the unit's one spelling, "" when it has none."""

    value: Decimal
    unit: str


def quantities(text: str) -> list[Quantity]:
    """The quantities of `text` in their order: 332.63亿元, 百分之五 (5 %), 0.35个百分点 (not a %), 三百二十户."""
    folded = unicodedata.normalize("NFKC", text).lower()
    out = []
    for match in _NUMBER.finditer(folded):
        value = _value(match["number"])
        if value is None:
            continue
        value = value.scaleb(sum(_SCALES.get(character, 0) for character in match["scale"]))
        unit = "%" if match["share"] else _unit(folded[match.end() :])
        if unit or match["number"][0] not in _DIGITS:  # 一 in 一批 or 统一 counts nothing
            out.append(Quantity(value.normalize(), unit))
    return out


def same_quantity(answer: str, golds: Iterable[str]) -> float:
    """Number accuracy: 1.0 when all quantities of one gold stand in `answer` with equal value and unit, else 0.0.

    Exact match after unit normalisation, as in numeric QA (Dua et al. 2019, DROP); a rounded value is not equal.
    """
    found = set(quantities(answer))
    return float(any(want <= found for gold in golds if (want := set(quantities(gold)))))


def _value(number: str) -> Decimal | None:
    try:
        if number[0] in _DIGITS:
            return Decimal(str(cn2an.cn2an(number.replace("\u3007", "零"), "smart")))
        return Decimal(number.replace(",", ""))
    except (ValueError, InvalidOperation):
        return None


def _unit(rest: str) -> str:
    plain = rest.lstrip(" 余多")
    return next((unit for spelling, unit in _UNITS if plain.startswith(spelling)), "")
