"""What a question asks of each of several things, as one part for each: A和B各多少? as A多少? and B多少?

Knows Chinese wording only; the parts are put together from the words of the question.
"""

from __future__ import annotations

import re
from dataclasses import replace

from index.fold import fold
from qa.moved import FIVE_YEARS, LEANS_ON, WHEN
from qa.places import PROVINCES
from qa.question import ASKING, Query, part_of
from qa.respectively import EACH_ASKED, JOINED

_TIME = (
    rf"(?:{WHEN}[底末内]?|{FIVE_YEARS}"
    r"|(?:过去|近|这|未来)?[五5]年(?:来|间|里|累计)?|现在|目前)"
)
_PLACE = rf"(?:(?:{'|'.join(sorted(PROVINCES))})[省市]?|[\u4e00-\u9fff]{{2,3}}[县旗])"
_LEAD = re.compile(rf"{_PLACE}?在?到?{_TIME}的?")
_TRAIL = re.compile(rf"{_TIME}新?$")
# What tells one thing from another of which the last name alone says what they are: 城镇和农村居民收入.
_KIND = re.compile(r"城[镇市]|[农乡]村|(?:国家|省|市|县|区)级|国[际家]|男|女")
# What stands before the first thing's name and goes with all of them.
_BEFORE_NAME = re.compile(rf"{_PLACE}?(?:{_TIME})?的?(?:新[增建]|建成|完成)?(?=\w\w)")
_MOST = 4  # things; of a longer enumeration the whole is asked


def apart(query: Query) -> Query | None:
    """`query` with a part for each of the things that its only part asks something of; None where that is one thing.

    A time and what stands before or behind the things go with each: 去年桥下空间和背街小巷各整治了多少? asks
    去年桥下空间整治了多少? and 去年背街小巷整治了多少?
    """
    if len(query.parts) != 1:
        return None
    before, arrow, words = query.parts[0].words.rpartition(LEANS_ON)
    pieces = _pieces(words)
    if not pieces:
        return None
    first = pieces[0][0].rstrip("?。! ") + LEANS_ON
    parts = [
        part_of(before + arrow + (first if leaning else ""), piece, _as_written(label, query.question))
        for piece, leaning, label in pieces
    ]
    return replace(query, parts=tuple(parts))


def _as_written(label: str, question: str) -> str:
    """The folded `label` as `question` has it: GDP for gdp."""
    at = fold(question).find(label)
    return question[at : at + len(label)] if at >= 0 else label


def _pieces(words: str) -> list[tuple[str, bool, str]]:
    """What folded `words` ask of each thing, whether that is understood only behind the first one, the thing's name."""
    each = EACH_ASKED.search(words)
    if not each or not ASKING.search(words, each.end()):
        return []
    clauses = re.split("[,:]", words[: each.start()])
    at = max((n for n, clause in enumerate(clauses) if JOINED.search(clause)), default=-1)
    names = [name for name in JOINED.split(clauses[at]) if name] if at >= 0 else []
    if not 2 <= len(names) <= _MOST:
        return []
    names, front, back = _shared(names)
    subject = "".join(f"{clause}," for clause in clauses[:at])
    rest = back + "".join(clauses[at + 1 :]) + words[each.end() :]
    dated = [bool(_LEAD.match(name)) for name in names]
    before = None if any(dated[1:]) else _BEFORE_NAME.match(names[0])
    labels = [names[0][before.end() :] if before else front + names[0], *names[1:]]
    return [
        (f"{subject}{'' if own else front}{name}{rest}", own and not subject and n > 0, label)
        for n, (name, own, label) in enumerate(zip(names, dated, labels, strict=True))
    ]


def _shared(names: list[str]) -> tuple[list[str], str, str]:
    """The names without what goes with all of them, and that: what stands before the first and behind the last one."""
    first, last = names[0], names[-1]
    inner = [name for name in names if "的" in name]
    lead = _LEAD.match(first)
    front = lead[0] if lead and lead.end() < len(first) else ""
    if inner == [first] and first.index("的") + 1 < len(first):
        front = first[: first.rindex("的") + 1]
    trail = _TRAIL.search(last)
    back = trail[0] if trail and trail.start() else ""
    kind = _KIND.match(last)
    if inner == [last] and last.index("的") and not _LEAD.match(last):
        back = last[last.index("的") :]
    elif kind and all(_KIND.fullmatch(name) for name in names[:-1]):
        back = last[kind.end() :]
    return [first[len(front) :], *names[1:-1], last[: len(last) - len(back)]], front, back
