"""Numbers in the forms that lists count in: Chinese, Arabic, Roman, letters, circles. Knows numbers only."""

from __future__ import annotations

_CHINESE = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def counted(number: int, kind: str) -> str:
    """`number` in the format that OOXML calls `kind` (ECMA-376 part 1, 17.18.59); unknown kinds count in figures."""
    if kind in ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
                "japaneseCounting", "ideographDigital"):  # fmt: skip
        return chinese(number, _CHINESE, "十百")
    if kind in ("chineseLegalSimplified", "ideographLegalTraditional"):
        return chinese(number, _FORMAL, "拾佰")
    if kind in ("upperRoman", "lowerRoman"):
        roman = _roman(number)
        return roman.upper() if kind == "upperRoman" else roman
    if kind in ("upperLetter", "lowerLetter") and 1 <= number <= 26:
        return chr((64 if kind == "upperLetter" else 96) + number)
    if kind.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    return str(number)


def chinese(number: int, digits: str, powers: str) -> str:
    """`number` as counted, 1 to 999: 10 is 十, 12 十二, 105 一百零五; others in figures."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, tens, units = number // 100, number // 10 % 10, number % 10
    out = digits[hundreds] + powers[1] if hundreds else ""
    if tens:
        out += (digits[tens] if tens > 1 or hundreds else "") + powers[0]
    elif hundreds and units:
        out += digits[0]
    return out + (digits[units] if units else "")


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    out = ""
    for value, letters in _ROMAN:
        out += letters * (number // value)
        number %= value
    return out
