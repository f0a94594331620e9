"""Reading examples made by rule: a sentence with one of its phrases asked for, 忽必烈于哪一年改国号为元?

A Chinese question keeps the order of the sentence, its question word stands where the answer stands, so that a cloze
is a question as it is (for English it must be translated: Lewis and others, "Unsupervised question answering by cloze
translation", 2019). Asked for are dates, amounts, titles, names, and words that somebody asked for elsewhere. Knows
paragraphs and examples; neither the network nor the recipe.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.split import sentences
from qa.examples import Example, Shown
from qa.words import NAMES, Word, tagged

Asked = Mapping[str, Sequence[str]]  # an answer → how it was asked for

SHORTEST, LONGEST = 3, 15  # characters of an answer that is asked for again; what is shorter is often another word
SENTENCE = 90  # characters of the longest that is asked about
QUESTION = 60  # and of the longest question
BESIDE = 0.4  # share of questions that take in the clause before, or behind
DROPPED = (0.0, 0.0, 0.1, 0.2)  # shares of the other words that are left out of a question
PLAIN = 0.08  # share of the plain nouns that are asked for

_CLAUSES = re.compile("[，；：]")
_NUMBER = "(?:[0-9][0-9,.]*[百千万亿]*|[一二三四五六七八九十两百千万亿]+)"
_UNIT = (
    "平方公里|公里|公尺|公顷|公斤|千米|毫米|厘米|英里|英尺|海里|米|吨|美元|英镑|欧元|元|岁|度|人|个|位|名|座|次|场|种|"
    "部|本|首|支|条|所|家|项|层|届|任|艘|架|辆|间|篇|集|张|天|小时|分钟|世纪|年|%|％"
)
_DATE = re.compile(r"(?:公元前?|西元前?)?[0-9]{1,4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?|[0-9]{1,2}月[0-9]{1,2}日")
_AMOUNT = re.compile(f"(第)?{_NUMBER}({_UNIT})")
_TITLE = re.compile("《[^《》]{2,20}》")
_QUOTED = re.compile("「([^「」]{2,12})」|“([^“”]{2,12})”")
_QUESTION_WORDS = re.compile("^(?:哪|什么|谁|多少|几|何)")

_PERSON = ("谁", "谁", "哪一个人", "哪一位", "何人", "哪位人物")
_PLACE = ("哪里", "哪里", "什么地方", "哪一个地方", "何处", "何地")
_BY_END = {
    "大学": ("哪一所大学", "哪所大学", "哪一所学校"),
    "公司": ("哪一家公司", "哪家公司", "什么公司"),
    "党": ("哪一个政党", "哪个政党", "什么党"),
    "队": ("哪一支队伍", "哪支球队", "哪一队"),
    "战争": ("哪一场战争", "什么战争"),
    "国": ("哪一个国家", "哪个国家", "哪国"),
    "市": ("哪一座城市", "哪个城市", "哪一个城市"),
    "省": ("哪一个省", "哪个省", "哪一省份"),
    "县": ("哪一个县", "哪个县"),
    "州": ("哪一个州", "哪个州", "哪里"),
    "岛": ("哪一座岛", "哪个岛屿"),
    "河": ("哪一条河", "哪条河流"),
    "江": ("哪一条江", "哪条河流"),
    "山": ("哪一座山", "哪座山"),
    "湖": ("哪一个湖", "哪个湖泊"),
    "朝": ("哪一个朝代", "哪个朝代"),
    "奖": ("什么奖", "哪一个奖项"),
    "语": ("什么语言", "哪一种语言"),
}
_BY_PART = {
    **dict.fromkeys(NAMES, _PERSON),
    "ns": _PLACE,
    "nt": ("哪一个机构", "哪个组织", "什么机构"),
    "nz": ("什么", "何者", "哪一个"),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A span of a paragraph that may be asked for, and the words that ask for it."""

    start: int
    end: int
    asked: tuple[str, ...]


def how_asked(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The answers of rows of a reading set, each with the words that asked for it: 于凤至 → 哪一个人."""
    out: dict[str, list[str]] = {}
    for row in rows:
        answer, question = str(row["answers"][0]["text"]), str(row["question"])
        found = _question_words(question)
        if found and SHORTEST <= len(answer) <= LONGEST:
            out.setdefault(answer, []).append(found)
    return out


def _question_words(question: str) -> str:
    """The question word with its measure word and noun, 哪一座城市; "" where there is none."""
    parts = tagged(question)
    for at, (start, end, _) in enumerate(parts):
        if _QUESTION_WORDS.match(question[start:end]):
            for _, further, part in parts[at + 1 : at + 4]:
                if part not in ("m", "q", "n", "mq"):
                    break
                end = further
            return question[start:end]
    return ""


def phrases(text: str, words: Sequence[Word], known: Asked, rng: random.Random) -> list[Phrase]:
    """What may be asked for in `text`, in order, none within another; what people asked for comes before the rules."""
    out = [*_known(text, words, known), *_figures(text), *_names(text, words, rng)]
    free = [True] * len(text)
    kept = []
    for phrase in out:
        if all(free[phrase.start : phrase.end]):
            kept.append(phrase)
            free[phrase.start : phrase.end] = [False] * (phrase.end - phrase.start)
    return sorted(kept, key=lambda phrase: phrase.start)


def _known(text: str, words: Sequence[Word], known: Asked) -> Iterator[Phrase]:
    ends = [end for _, end, _ in words]
    for at, (start, _, _) in enumerate(words):
        for end in reversed(ends[at : at + 8]):
            if text[start:end] in known:
                yield Phrase(start, end, tuple(known[text[start:end]]))
                break


def _figures(text: str) -> Iterator[Phrase]:
    for found in _DATE.finditer(text):
        whole = found[0].endswith("年")
        yield Phrase(*found.span(), ("哪一年", "哪一年", "何年") if whole else ("何时", "哪一天", "什么时候"))
    for found in _TITLE.finditer(text):
        yield Phrase(*found.span(), ("哪一部作品", "什么作品", "哪一本书", "哪一部"))
    for found in _QUOTED.finditer(text):
        yield Phrase(*found.span(found.lastindex or 0), ("什么", "什么", "何"))
    for found in _AMOUNT.finditer(text):
        unit = found[2]
        if found[1]:
            yield Phrase(*found.span(), (f"第几{unit}",))
        elif unit in "%％":
            yield Phrase(*found.span(), ("多少", "百分之多少", "多少百分比"))
        elif unit != "世纪":
            yield Phrase(*found.span(), (f"多少{unit}", f"几{unit}", "多少"))


def _names(text: str, words: Sequence[Word], rng: random.Random) -> Iterator[Phrase]:
    for start, end, part in words:
        word = text[start:end]
        if len(word) < 2 or "·" in (word[0], word[-1]):
            continue
        by_end = next((asked for ending, asked in _BY_END.items() if word.endswith(ending) and word != ending), None)
        if part in _BY_PART:
            yield Phrase(start, end, by_end if by_end and part not in NAMES else _BY_PART[part])
        elif part == "n" and rng.random() < PLAIN:
            yield Phrase(start, end, by_end or ("什么", "何物", "哪一个"))


def question(text: str, sentence: tuple[int, int], phrase: Phrase, words: Sequence[Word], rng: random.Random) -> str:
    """The sentence's clause around `phrase`, sometimes with the one beside it, words left out, the phrase asked for.

    "" where the answer would stand in the question, or nothing would be told.
    """
    start, end = sentence
    cuts = [start, *(m.end() for m in _CLAUSES.finditer(text, start, end)), end]
    low = max(cut for cut in cuts if cut <= phrase.start)
    high = min(cut for cut in cuts if cut >= phrase.end)
    before, behind = cuts.index(low), cuts.index(high)
    if before > 0 and (high - low < 12 or rng.random() < BESIDE):
        low = cuts[before - 1]
    if behind < len(cuts) - 1 and (high - low < 12 or rng.random() < BESIDE):
        high = cuts[behind + 1]
    share = rng.choice(DROPPED)
    told = [(a, b) for a, b, _ in words if low <= a < high and not (a < phrase.end and phrase.start < b)]
    told = [(a, b) for a, b in told if rng.random() >= share]
    front = "".join(text[a:b] for a, b in told if a < phrase.start)
    back = "".join(text[a:b] for a, b in told if a >= phrase.end).rstrip("，；：。！？、 ")
    if text[phrase.start : phrase.end] in front + back or not 6 <= len(front) + len(back) <= QUESTION:
        return ""
    return front.lstrip("，；：、。 ") + rng.choice(phrase.asked) + back + rng.choice("?？")


def cloze_examples(texts: Sequence[str], known: Asked, count: int, shown: Shown, rng: random.Random) -> list[Example]:
    """`count` examples over paragraphs drawn from `texts`: fewer where there is too little to ask for.

    `known` are answers and how they were asked for (`how_asked`).
    """
    out: list[Example] = []
    of_each = max(2, 2 * count // max(len(texts), 1) + 1)
    for text in rng.sample(texts, len(texts)):
        if len(out) >= count:
            break
        of_text, cuts = tagged(text), shown.cut(text, rng)
        short = [span for span in sentences(text, 0, len(text)) if span[1] - span[0] <= SENTENCE]
        found = phrases(text, of_text, known, rng)
        for phrase in rng.sample(found, min(len(found), of_each)):
            held = [(a, b) for a, b in short if a <= phrase.start and phrase.end <= b]
            asked = question(text, held[0], phrase, of_text, rng) if held else ""
            if asked and (chosen := shown.candidates(text, cuts, (phrase.start, phrase.end), rng)):
                out.append(Example(asked, chosen, taught=False))
    return out[:count]
