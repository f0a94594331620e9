"""Title, year, date, place and speaker of a report, from its own opening words and headings. Knows no file dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.fold import fold
from index.lines import Heading, Line
from index.periods import RESULT, heading_periods, heading_sense

_HEAD_LINES = 45
_HEAD_CHARS = 1200
_SIGNED_LINES = 8  # at the end of a notice, where its office and date stand
_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "O": "0"}
_DATE = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日")
_CN_DATE = re.compile(
    r"([一二三四五六七八九〇○零O]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_ROC_DATE = re.compile(r"(?<![\d.])(1[0-4]\d|[89]\d)[.年] ?(\d{1,2})[.月] ?(\d{1,2})日?(?![\d.])")
_UNIT = re.compile(
    r"[\u4e00-\u9fff]{2,}?(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|新区|矿区|省|市|州|盟|区|县|旗"
    r"|街道|[镇乡](?![市县区]))|[\u4e00-\u9fff]县"
)
_MEETING = re.compile(
    r"在([\u4e00-\u9fff]{2,24}?)(?:第[\d一二三四五六七八九十]{1,4}|[\d一二三四五六七八九十]{1,3})届人(?:民代表大会|大)"
)
_TITLE = re.compile(r"(?:工作|施政)报告")
_TITLE_PLACE = re.compile(r"(?:^|年|》|《)([\u4e00-\u9fff]{2,12}?)(?:人民)?(?:政府|市长|县长|省长|区长|\d{4}年)")
_TITLE_YEAR = re.compile(rf"\d{{2,4}} ?年|[{''.join(_DIGITS)}]{{4}}年")
# A chairman speaks to the congress for a government; a paper that only mentions a report does not open so.
_REPORTS = re.compile(
    r"代表[^。]{0,16}(?:政府|国务院|政务院|公署)[^。]{0,24}?(?:[作做]工作报告|[作做]政府工作报告|报告(?:[^。]{0,14}工作|工作))"
)
_OFFICE = re.compile(
    r"(?:代理?)?(?:省长|市长|县长|区长|州长|盟长|旗长|镇长|乡长|主席|总理|专员)(?!团|会)[ :]*"
    r"(?!在)((?:[\u4e00-\u9fff·] ?){2,12}?)(?=$|同志|作|向|在(?!$)|代表|[\u4e00-\u9fff]{2,4}(?:市|县|区)议会|[,。:(])"
)
_NAME_FIRST = re.compile(r"日([\u4e00-\u9fff·]{2,8}?)代?(?:省长|市长|县长|区长|州长|旗长|主席|总理)在")
_NAME = re.compile(r"[\u4e00-\u9fff] ?[\u4e00-\u9fff](?: ?[\u4e00-\u9fff])?$")
_SALUTATION = re.compile(r"(?:各位|同志们|主席|议长)")
_ON_BEHALF = re.compile(r"代表([\u4e00-\u9fff]{2,12}?)人民政府")
# A name that begins where a word surely begins: 未被市 of 未被市政府 is none; nor is one that goes on as a word, 市场.
_NAMED = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[在对對向于於到和与與及由]))"
    r"(?:[\u4e00-\u9fff]{2}[市县縣](?![场場民值价價面容集长長])|(?:[\u4e00-\u9fff]{2}|黑龙江|黑龍江)省(?![级級内內外直际際长長]))"
)
_NO_NAME = re.compile(
    r".[被本我全各在由过過经經含强強上外跨直省为為於大]$|[各跨我省城直]|本(?!溪)|全(?![椒州南])|(?:大都|大城|新都|超大|特大|首都)$"
)
_NAMED_FIRST = re.compile(r"(?:\d{4}年)?([\u4e00-\u9fff]{2}[省市县縣])(?![场場民值价價面容集])")
_CONGRESS = re.compile(r"第([一二三四五六七八九十]{1,3})届全国人民代表大会第一次会议以来的五年")


@dataclass(frozen=True, slots=True)
class Facts:
    """As the fields of the same names in `Document`: 0 and "" where the text does not tell."""

    title: str
    year: int
    date: str
    place: str
    speaker: str


def facts(text: str, lines: Sequence[Line], found: Sequence[Heading], stem: str, marked: str = "") -> Facts:
    """What the opening lines, the headings and, last, the words of the whole report tell; `stem` only the place.

    `marked` is the title that the file marks as one. A report's title is given the place and the year that it lacks,
    since nearly all of them are called alike; a text that only says that it is a government's report is titled so.
    """
    head = _head(lines)
    title = _title(text, head) or (marked if _TITLE.search(fold(marked)) else "")
    date = _date(head)
    if title or date or any(_SALUTATION.match(line.text) for line in lines[:_HEAD_LINES]):
        year = _year(fold(title), date, lines, found)
    else:
        year = _year_of_headings(found) or _year_of_notice(lines)
    place = _place(text, head, fold(title), stem)
    title = title or ("政府工作报告" if place and _REPORTS.search(fold(text[:_HEAD_CHARS])) else "")
    return Facts(_distinct(title, year, place) or marked or stem, year, date, place, _speaker(text, head))


def _distinct(title: str, year: int, place: str) -> str:
    """The title of a report with the place and the year that it does not name; any other title as it is."""
    words = fold(title)
    if "报告" not in words:
        return title
    when = f"{year}年" if year and not _TITLE_YEAR.search(words) else ""
    if not place or fold(place)[:2] in words:
        named = len(place) if place and words.startswith(fold(place)) else 0
        return title[:named] + when + title[named:]
    return place + when + title


def _head(lines: Sequence[Line]) -> list[Line]:
    """The lines before the address to the audience, at most `_HEAD_LINES`."""
    head: list[Line] = []
    for line in lines[:_HEAD_LINES]:
        if (_SALUTATION.match(line.text) and len(line.text) < 30) or line.start > _HEAD_CHARS:
            break
        head.append(line)
    return head


def _title(text: str, head: Sequence[Line]) -> str:
    titles = []
    for at, line in enumerate(head):
        squeezed = "".join(line.text.split())
        if (
            _TITLE.search(squeezed)
            and len(squeezed) <= 40
            and not re.search(r"会议|[。,;]|作(?:政府)?工作报告", squeezed)
        ):
            own = "".join(text[line.first : line.last].split())
            before = "".join(text[head[at - 1].first : head[at - 1].last].split()) if at else ""
            if len(squeezed) <= 8 and len(before) <= 10 and _last_unit(fold(before)) == fold(before):
                own = before + own  # a title set in two lines, the place above
            titles.append(own.strip("《》"))
    return max(titles, key=len, default="")


def _date(head: Sequence[Line]) -> str:
    """The day of the session: of several dates, the one whose line names a meeting or opens with a dash."""
    dated: list[tuple[int, str]] = []
    for at, line in enumerate(head):
        near = " ".join(other.text for other in head[max(at - 1, 0) : at + 2])
        for pattern in (_DATE, _CN_DATE, _ROC_DATE):
            for match in pattern.finditer(line.text):
                iso = _iso(match, pattern)
                if not iso:
                    continue
                weight = 2 * bool(re.search(r"会议", line.text)) + bool(re.search(r"会议|议会|大会|定期会", near))
                weight += bool(re.match(r"[-—―–]", line.text))
                dated.append((-weight, iso))
    best = min(dated, default=(0, ""), key=lambda d: d[0])
    return best[1] if best[0] < 0 else ""


def _iso(match: re.Match[str], pattern: re.Pattern[str]) -> str:
    if pattern is _CN_DATE:
        year = int("".join(_DIGITS[c] for c in match[1]))
        month, day = _small(match[2]), _small(match[3])
    else:
        year, month, day = (int(g) for g in match.groups())
        year += 1911 if pattern is _ROC_DATE else 0
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 and 1900 < year < 2100 else ""


def _small(numeral: str) -> int:
    """A Chinese numeral below a hundred."""
    tens, ten, units = numeral.rpartition("十")
    value = int(_DIGITS[units]) if units else 0
    return value + (10 * (int(_DIGITS[tens]) if tens else 1) if ten else 0)


def _year(title: str, date: str, lines: Sequence[Line], found: Sequence[Heading]) -> int:
    if date:
        return int(date[:4])
    named = re.search(r"(\d{4})年", title)
    if named:
        return int(named[1])
    return _year_of_headings(found) or _year_of_congress(lines) or _year_of_words(lines)


def _year_of_notice(lines: Sequence[Line]) -> int:
    """The year of a paper that is no report: the one its first line names, else that of the date at its end."""
    named = re.search(r"(?<!\d)((?:19|20)\d{2})年", lines[0].text) if lines else None
    if named:
        return int(named[1])
    signed = [m for line in lines[-_SIGNED_LINES:] if len(line.text) < 40 for m in _DATE.finditer(line.text)]
    return int(signed[-1][1]) if signed and _iso(signed[-1], _DATE) else 0


def _year_of_headings(found: Sequence[Heading]) -> int:
    for heading in found:
        title = fold(heading.title)
        sense = heading_sense(title)
        for match in re.finditer(r"(\d{4})年|(1[0-4]\d|[89]\d) ?年度", title):
            year = int(match[1]) if match[1] else int(match[2]) + 1911
            if sense:
                return year + (sense == RESULT)
        if sense == RESULT:
            # The probe year lies far enough behind every plan that the whole of it counts as past.
            ends = [p.split()[0][-4:] for p in heading_periods(title, 2999) if "-" in p and not p.startswith("29")]
            if ends:
                return int(max(ends)) + 1
    return 0


def _year_of_congress(lines: Sequence[Line]) -> int:
    """Congresses have sat for five years each since the fifth, of 1978; the next one's first report looks back."""
    for line in lines:
        match = _CONGRESS.search(line.text)
        if match and _small(match[1]) >= 5:
            return 1978 + 5 * (_small(match[1]) - 4)
    return 0


def _year_of_words(lines: Sequence[Line]) -> int:
    """The last year named often: the year under way where it is expected or budgeted, else the one behind."""
    counts: Counter[int] = Counter()
    expected: Counter[int] = Counter()
    for line in lines:
        for match in re.finditer(r"(\d{4}|[一二三四五六七八九〇○零]{4})年(.{0,4})", line.text):
            year = int("".join(_DIGITS.get(c, c) for c in match[1]))
            if 1900 < year < 2100:
                counts[year] += 1
                expected[year] += bool(re.match(r"的?(?:预[计計算]|[计計]划|[计計]劃)", match[2]))
    often = [year for year, count in counts.items() if count >= 3]
    if not often:
        return 0
    return max(often) + (expected[max(often)] == 0)


def _place(text: str, head: Sequence[Line], title: str, stem: str) -> str:
    joined = "".join(line.text for line in head)
    own = "".join(text[line.first : line.last] for line in head)
    meeting = _MEETING.search(joined)
    if meeting:
        place = own[meeting.start(1) : meeting.end(1)]
        return _last_unit(place) or place
    opening = fold(text[: 2 * _HEAD_CHARS])
    national = re.search(r"届全国人民代表大会第.{1,4}次会议上", joined)
    if national or re.search(r"代表(?:国务院|中央人民政府|政务院)|国务院总理", opening):
        return "全国"
    return (
        _unit_in(_TITLE_PLACE.search(title))
        or _unit_in(_ON_BEHALF.search(opening))
        or _named_first(head)
        or _most_named(text)
        or _last_unit(stem)
    )


def _unit_in(match: re.Match[str] | None) -> str:
    return _last_unit(match[1]) if match else ""


def _last_unit(name: str) -> str:
    units = _UNIT.findall(name)
    return units[-1] if units else ""


def _named_first(head: Sequence[Line]) -> str:
    """The place that the title of a notice begins with."""
    match = _NAMED_FIRST.match(head[0].text) if head and "。" not in head[0].text else None
    return match[1] if match and not _NO_NAME.match(match[1][:-1]) else ""


def _most_named(text: str) -> str:
    counts = Counter(name for name in _NAMED.findall(text) if not _NO_NAME.match(name[:-1]))
    common = [name for name, n in counts.most_common() if n > 1]
    return common[0] if common else ""


def _speaker(text: str, head: Sequence[Line]) -> str:
    for at, line in enumerate(head):
        if "报告" in line.text and "作" not in line.text and "会议" not in line.text:
            continue
        own = text[line.first : line.last]
        if re.search(r"(?:长|主席|总理)$", line.text) and at + 1 < len(head):
            own += text[head[at + 1].first : head[at + 1].last]
        match = _NAME_FIRST.search(fold(own)) or _OFFICE.search(fold(own))
        if match:
            return "".join(own[match.start(1) : match.end(1)].split())
    if head and _NAME.match(head[-1].text) and len(head) > 1:
        return "".join(text[head[-1].first : head[-1].last].split())
    return ""
