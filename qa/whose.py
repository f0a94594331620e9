"""Whose value it is: a report names a measure, then tells its value, and names the next.

Knows strings only: neither documents nor what was read in them.
"""

from __future__ import annotations

import re

from index.split import clauses

MOST, HALF = 2 / 3, 1 / 2  # shares of a name by which a clause tells it, too; of the second with its beginning
_NAME = 4  # characters that name a measure well enough to tell it from another
_SENTENCE_MARKS = "。！？!?\n"
_PACE = re.compile("(?:[与和同跟][^，,；;。、与和同]{2,12}?)(?:基本|大体|大致|保持|总体)*(?:同步|持平)")
_GROWTH = re.compile("目标|预期|增长|增速|增幅|涨|提高")
_NO_SUBJECT = re.compile("同比|分别|其中|比上年|较上年|增长|增速|增幅|提高|下降|达到?|完成|实现|力争|突破|超过?|居.*")
_LETTERS = re.compile(r"[\u4e00-\u9fffa-z&]+[\d.]*")


def of_other_name(words: str, text: str, start: int, end: int) -> bool:
    """Whether the value `text[start:end]` is told of something else than what folded `words` ask for.

    That is the longest part which they share with the sentence; who speaks of a measure names it, then tells its value.
    In 生产总值增长6%,居民收入与经济增长同步,投资增长12% neither share is that of 居民收入: one stands before its name,
    the other behind a name of its own while 居民收入 has a value in its clause.
    """
    low, sentence = _sentence(text, start, end)
    name = _shared(words, sentence)
    if len(name) < _NAME:
        return False
    begins, ends = _clause(sentence, start - low, end - low)
    clause, at = sentence[begins:ends], sentence.find(name)
    share = len(_shared(name, clause)) / len(name)
    if share > MOST or (share > HALF and name[:2] in clause):
        return False
    if at >= ends:
        return True
    own = sentence[at : _clause(sentence, at, at + len(name))[1]]
    subject = _NO_SUBJECT.sub("", re.split(r"\d", clause, maxsplit=1)[0])
    return at < begins and bool(_PACE.search(own)) and len(subject) > 1


def asks_growth(asked: str) -> bool:
    """Whether folded `asked` asks by how much something grows, or what it is to reach."""
    return bool(_GROWTH.search(asked))


def pace_told(words: str, text: str) -> tuple[int, int] | None:
    """Where `text` tells that what folded `words` ask for keeps pace with another, 与经济增长基本同步; or None."""
    for found in _PACE.finditer(text):
        low, sentence = _sentence(text, *found.span())
        begins, _ = _clause(sentence, found.start() - low, found.end() - low)
        name = _shared(words, sentence)
        if len(name) >= _NAME and name in sentence[begins : found.start() - low]:
            return found.span()
    return None


def _sentence(text: str, start: int, end: int) -> tuple[int, str]:
    """Where the sentence around `text[start:end]` begins, and it."""
    low = max(text.rfind(mark, 0, start) for mark in _SENTENCE_MARKS) + 1
    high = min((at for mark in _SENTENCE_MARKS if (at := text.find(mark, end)) >= 0), default=len(text))
    return low, text[low:high]


def _clause(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The span of the clauses that `sentence[start:end]` touches."""
    touched = [(a, b) for a, b in clauses(sentence, 0, len(sentence)) if a < end and start < b]
    return (touched[0][0], touched[-1][1]) if touched else (start, end)


def _shared(words: str, sentence: str) -> str:
    """The longest run of letters that stands in both, the first of those."""
    best = ""
    for run in _LETTERS.findall(words):
        for at in range(len(run)):
            while at + len(best) < len(run) and run[at : at + len(best) + 1] in sentence:
                best = run[at : at + len(best) + 1]
    return best
