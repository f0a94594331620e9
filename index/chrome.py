"""What a web page puts around and into a report is found and named as edits that drop it. Knows no report's facts.

Only sure signs count: whole lines that are buttons, sources or link lists, near the ends of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.headings import ADDRESS, CONTENTS, numbered
from index.lines import Line, lines_of
from index.textmap import Edit

_HEAD_LINES, _TAIL_LINES = 45, 40
_BUTTON = re.compile(
    r"(?:下载|打印|全屏|收藏|加大|还原|减小|[大中小]|[【】|>×]|[【\[]?(?:字号|字体)[:：]?|分享[:：]?|分享到[:：]?.{0,4}|首页|打印本页|关闭窗口"
    r"|扫一扫.{0,12}|(?:您的|当前)位置[:：]?|(?:阅读|浏览|点击)(?:量|次数|数)?[:：]?\d*次?|[【\[]?(?:打印|关闭|返回|纠错|我要纠错|打印正文|返回顶部)[】\]]?"
    r"|微信|微博|qq空间|复制链接|语音播报|无障碍|[《》「」>\s]*点击.{0,12}(?:专题|查看|下载)[《》「」<\s]*)+"
)
_SOURCE = re.compile(r"(?:信息|文章|稿件)?来源 ?[:：].{0,20}|\((?:信息|文章|稿件)?来源 ?[:：].{0,20}\)")
_LABEL = re.compile(
    r"(?:(?:信息|文章|稿件)?来源|(?:发[布表]|更新)?(?:时间|日期)|作者|(?:责任)?编辑|责编|审核|校对|发布机构|索引号|文号|主题词)"
    r" ?[:：]$"
)
_TIME = re.compile(
    r"(?:(?:发[布表]|更新)?(?:时间|日期) ?[:：] ?)?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"(?: ?\d{1,2}[::时]\d{2}(?:[::分]\d{0,2}秒?)?)?"
)
_EDITOR = re.compile(r"(?:责任编辑|责编|编辑|审核|校对|作者|初审|终审|复审) ?[:：] ?[\u4e00-\u9fff ]{0,16}")
_PICTURE = re.compile(
    r".{0,120}(?:记者|通讯员|摄影) ?[:/]? ?[\u4e00-\u9fff· ]{2,12}摄?(?:影报道)?|.{2,120}[\u4e00-\u9fff ]摄"
)
_SPEAKING = re.compile(r"[^0-9,。:]{2,24}作(?:政府)?工作报告。?")
_HEAD_FURNITURE = (_BUTTON, _SOURCE, _LABEL)
_RELATED = re.compile(
    r"(?:相关|延伸|推荐|更多|热门)(?:报道|链接|文档|附件|阅读|新闻|稿件|信息|解读|推荐|专题|文章)[::>》 ]*$"
    r"|[上下]一[篇条][:：].*"
)
_SITE = re.compile(r"(?:icp备|网站标识码|公网安备|版权所有|copyright|©|主办单位:.{0,20}承办)")
_LICENCE = re.compile(r"本(?:作品|文|页面).{0,24}(?:中华人民共和国的|公有领域|著作权|版权|cc|知识共享|许可)")
_LICENCE_END = re.compile(r"公有领域|公有領域|public domain|cc by|知识共享|许可协议")
_NOTE = re.compile(r"[\uff3b\[\u3014【](?:注 ?)?\d{1,3}[\uff3d\]\u3015】]")
_FOLIO = re.compile(r"[-—]? ?(?:\d{1,4}|[ivxl]{1,7}) ?[-—]?")
_NEVER_FIRST = ",。;:、)》”’」』]%"
_UNDONE = re.compile(r"(?:[了把被将和]|(?<!目)的|(?<!参)与|(?<![涉普])及)$")
_EMPTY_LINES = re.compile(r"(?<=\n\n)\n+")
_OPENING = re.compile(r"各位|同志们")


def chrome_edits(text: str) -> list[Edit]:
    """The edits that free `text` of page furniture, in order and without overlap.

    Dropped: button and date bars, lists of related links, editors, licence and site footers, contents, page headers
    and numbers, footnote marks, spare empty lines. Joined: lines that were broken in mid-sentence.
    """
    lines = lines_of(text)
    dropped = _head(lines) | _tail(lines) | _contents(lines) | _page_furniture(text, lines)
    edits = [Edit(line.start, line.end, "") for at, line in enumerate(lines) if at in dropped]
    edits += [Edit(m.start(), m.end(), "") for m in _EMPTY_LINES.finditer(text)]
    kept = [line for at, line in enumerate(lines) if at not in dropped]
    edits += _notes(text, kept)
    taken = [(e.start, e.end) for e in edits]
    edits += [e for e in _breaks(text, kept) if not any(a < e.end and e.start < b for a, b in taken)]
    return sorted(edits, key=lambda e: (e.start, e.end))


def _head(lines: Sequence[Line]) -> set[int]:
    """Furniture above the address to the audience; a report without one has none that is sure past line 45."""
    end = next((at for at, line in enumerate(lines[:_HEAD_LINES]) if _OPENING.match(line.text)), 0)
    dropped: set[int] = set()
    crumbs: set[str] = set()
    for at, line in enumerate(lines[:end]):
        words = line.text
        before = lines[at - 1].text if at else ""
        labelled = bool(_LABEL.fullmatch(before))
        timed = _TIME.fullmatch(words) and (labelled or any(mark in words for mark in ":-时"))
        if timed or (labelled and len(words) <= 20) or any(p.fullmatch(words) for p in _HEAD_FURNITURE):
            dropped.add(at)
        elif before == ">" or (words in crumbs and "报告" not in words):
            crumbs.add(words)
            dropped.add(at)
        elif _is_caption(words, lines[:at]) or (
            len(words) >= 8 and any(words == later.text for later in lines[at + 1 : end])
        ):
            dropped.add(at)
    return dropped


def _is_caption(words: str, above: Sequence[Line]) -> bool:
    """Whether `words` only tell what a picture shows; where they name the speaker, a line above has to name him too."""
    if not (_PICTURE.fullmatch(words) or _SPEAKING.fullmatch(words)):
        return False
    told = ("".join(line.text.split())[-2:] for line in above if len(line.text) <= 60)
    return "作" not in words or any(name in words.split("作")[0] for name in told)


def _tail(lines: Sequence[Line]) -> set[int]:
    size = len(lines)
    start = size
    for at in range(max(size - _TAIL_LINES, 0), size):
        rest = lines[at:]
        if _RELATED.fullmatch(lines[at].text) and all(len(line.text) < 120 for line in rest):
            start = at
            break
        if _LICENCE.match(lines[at].text) and any(_LICENCE_END.search(line.text) for line in rest):
            start = at
            break
    dropped = set(range(start, size))
    for at in range(start - 1, max(start - 12, 0), -1):
        words, before = lines[at].text, lines[at - 1].text
        furniture = (
            _BUTTON.fullmatch(words)
            or _SOURCE.fullmatch(words)
            or _EDITOR.fullmatch(words)
            or _LABEL.fullmatch(words)
            or (_LABEL.fullmatch(before) and len(words) <= 12)
            or (_SITE.search(words) and len(words) < 100)
        )
        if not furniture:
            break
        dropped.add(at)
    return dropped


def _contents(lines: Sequence[Line]) -> set[int]:
    """A table of contents: lines with dot leaders, and the wrapped beginnings of such lines between them."""
    leaders = [at for at, line in enumerate(lines) if CONTENTS.search(line.text)]
    if len(leaders) < 5:
        return set()
    dropped = set(leaders)
    for a, b in pairwise(leaders):
        if b - a <= 3:
            dropped.update(range(a, b))
    return dropped


def _page_furniture(text: str, lines: Sequence[Line]) -> set[int]:
    """Of a text with page breaks: figures alone above a break, and all but the first of lines that open many pages."""
    breaks = ["\f" in text[a.last : b.first] for a, b in pairwise(lines)]
    numbers = {at for at, broken in enumerate(breaks) if broken and _FOLIO.fullmatch(lines[at].text)}
    opening = {at + step for at, broken in enumerate(breaks) if broken for step in (1, 2) if at + step < len(lines)}
    often = Counter(lines[at].text for at in opening)
    seen: set[str] = set()
    headers = set()
    for at in sorted(opening):
        if often[lines[at].text] >= 4 and lines[at].text in seen:
            headers.add(at)
        seen.add(lines[at].text)
    return numbers | headers


def _notes(text: str, kept: Sequence[Line]) -> Iterator[Edit]:
    """Footnote marks inside sentences. Between two figures a mark keeps them apart and stays."""
    for line in kept:
        for mark in _NOTE.finditer(text, line.first, line.last):
            before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
            if mark.start() == line.first or (before.isalnum() and before.isascii() and after.isdigit()):
                continue
            yield Edit(mark.start(), mark.end(), "")


def _breaks(text: str, kept: Sequence[Line]) -> Iterator[Edit]:
    """Line breaks inside a sentence: no line begins with the mark the next one does, or ends where ours does."""
    spaced = sum(1 for a, b in pairwise(kept) if "\n" in text[a.end : b.first]) * 2 > len(kept)
    width = _page_width(kept)
    quoted, inside = 0, False
    for at, (line, follower) in enumerate(pairwise(kept)):
        after = kept[at + 2].text if at + 2 < len(kept) else "-"
        quoted = max(quoted, 0) + line.text.count("“") - line.text.count("”")
        loose = quoted > 0 or (len(follower.text) <= 6 and after[0] in _NEVER_FIRST)
        prose = spaced and (inside or (len(line.text) > 7 and "," in line.text))
        gap = text[line.last : follower.first]
        inside = gap.count("\n") == 1 and "\f" not in gap and _broken(line.text, follower.text, loose, prose, width)
        if inside:
            yield Edit(line.last, follower.first, "")
        else:
            quoted = 0


def _broken(line: str, follower: str, loose: bool, prose: bool, width: int) -> bool:
    """Whether `follower` goes on with the sentence of `line`.

    `loose`: a quotation is open, or the line after `follower` goes on with it; `prose`: the line is part of a paragraph
    in a text whose paragraphs are parted by empty lines; `width` is that of a printed line, or 0.
    """
    opens, ends = follower[0], line[-1]
    words = _ideograph(ends) and _ideograph(opens)
    if ADDRESS.match(follower):
        return False
    if opens in _NEVER_FIRST or ends in "(《“‘「『、[" or (ends == "," and len(line) > 4) or line.endswith("——"):
        return True
    if loose and min(len(line), len(follower)) <= 12 and ends not in "。!?":
        return True
    if width and len(line) >= width * 0.85 and ends not in "。;:!?" and not numbered(follower):
        return True
    return words and (
        len(follower) == 1 or prose or bool(len(line) > 7 and _UNDONE.search(line) and not numbered(line))
    )


def _page_width(kept: Sequence[Line]) -> int:
    """The length of a full line where the text keeps the lines of a printed page, else 0."""
    lengths = sorted(len(line.text) for line in kept)
    width = lengths[len(lengths) * 9 // 10] if len(lengths) > 40 else 0
    full = sum(1 for length in lengths if width * 0.85 <= length <= width * 1.15)
    return width if 20 <= width <= 60 and full > len(lengths) * 0.3 else 0


def _ideograph(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
