"""The keeper's page as HTML: open questions by wording, readers' words, the days' use; and its downloads.

Knows the ledger's nouns, Documents and the template; it must not know who may see it, nor how it is served.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from index.records import Document
from qa.export import to_csv
from qa.ledger.records import AuditRow, Done, Feedback, Group, Marked, Use
from qa.render import language, span_link

DONE = "done"
TABS = {"unanswered": "未答", "disputed": "有争议", DONE: "已处理"}
PAGE = 20
"""Groups on one page."""

_HINTS = {
    "unanswered": "拒答的问题，按同一问法归并，次数多的在前。报告里其实有答案的，请看读者标出的原文。",
    "disputed": "读者认为答得不好的问题，按同一问法归并，意见多的在前。",
    DONE: "已处理的问题。之后再有人问而未答、或再有意见，会重新列出。",
}
_SHOWN = 200  # characters of a passage


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A cited or marked place as a link; `text` is the document's own, "" where the index does not have it."""

    link: str
    label: str
    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class WordLine:
    """One reader's word as shown."""

    helpful: bool
    vote: str
    who: str
    at: str
    comment: str
    marked: PlaceLine | None


@dataclass(frozen=True, slots=True)
class Card:
    """One wording as shown."""

    wording: str
    question: str
    history: tuple[str, ...]
    facts: tuple[str, ...]
    answer: str
    places_label: str
    places: tuple[PlaceLine, ...]
    words: tuple[WordLine, ...]
    last_row: int = 0
    last_feedback: int = 0


@dataclass(frozen=True, slots=True)
class KeeperView:
    """What the page shows: the tab, the page's number (from 1), whether there is a next one, counts, use, a note.

    `token` goes into every form; the server takes no form without it.
    """

    show: str
    page: int
    more: bool
    counts: Mapping[str, int]
    use: Sequence[Use]
    token: str
    note: str = ""
    lost: int = 0


def keeper_page(
    view: KeeperView, groups: Sequence[Group], done: Sequence[Done], documents: Mapping[str, Document]
) -> str:
    """The page, self-contained, without a script. Links are relative to the server's root."""
    if view.show == DONE:
        cards = [_done_card(item, documents) for item in done]
    else:
        cards = [_card(group, documents) for group in groups]
    tabs = [{"name": name, "label": label, "count": view.counts.get(name)} for name, label in TABS.items()]
    return _template().render(
        title=f"{TABS[view.show]}的问题",
        css=_asset("keeper.css"),
        show=view.show,
        page=view.page,
        more=view.more,
        use=view.use,
        token=view.token,
        note=view.note,
        lost=view.lost,
        tabs=tabs,
        cards=cards,
        hint=_HINTS[view.show],
        empty="这里没有问题。" if view.page == 1 else "这一页没有问题。",
        action="reopen" if view.show == DONE else "done",
        button="重新列出" if view.show == DONE else "标为已处理",
    )


def questions_csv(groups: Sequence[Group]) -> str:
    """The groups as a table for spreadsheet programs: a byte-order mark, and no cell that they would calculate."""
    rows = [["问题", "提问次数", "未答", "不满意", "满意", "原因", "最近一次", "给出的答案", "出处", "意见"]]
    for group in groups:
        places = "；".join(f"{p.document} {p.start}-{p.end}" for p in group.row.citations)
        comments = "；".join(word.comment for word in group.feedback if word.comment)
        rows.append([
            _question(group.row), str(group.asked), str(group.refused), str(group.down), str(group.up),
            "；".join(f"{reason} {times}" for reason, times in group.reasons), group.row.at,
            str(group.row.answer.get("answer") or ""), places, comments,
        ])  # fmt: skip
    return to_csv(rows).decode()


def _card(group: Group, documents: Mapping[str, Document]) -> Card:
    row = group.row
    facts = [f"问过{group.asked}次"] if group.asked else []
    facts += [f"未答{group.refused}次"] if group.refused else []
    facts += [f"不满意{group.down}次"] if group.down else []
    facts += [f"满意{group.up}次"] if group.up else []
    facts += [f"{reason} {times}" for reason, times in group.reasons]
    facts.append(f"最近：{_local(row.at)}")
    facts.append(f"所问报告：{'、'.join(row.documents) or '全部'}")
    words = tuple(_word(word, documents) for word in group.feedback)
    return _shown(group.wording, row, facts, documents, words, (group.last_row, group.last_feedback))


def _done_card(item: Done, documents: Mapping[str, Document]) -> Card:
    facts = [f"处理于{_local(item.at)}", *([f"处理人：{item.who}"] if item.who else [])]
    return _shown(item.wording, item.row, facts, documents, (), (0, 0))


def _shown(
    wording: str,
    row: AuditRow,
    facts: Sequence[str],
    documents: Mapping[str, Document],
    words: tuple[WordLine, ...],
    last: tuple[int, int],
) -> Card:
    related = tuple(Marked(c["document"], c["start"], c["end"]) for c in row.answer.get("related", ()))
    places = row.citations or related
    label = "出处" if row.citations else "可能有关的段落"
    lines = tuple(_place(place, documents) for place in places)
    answer = str(row.answer.get("answer") or "")
    return Card(wording, _question(row), row.history, tuple(facts), answer, label, lines, words, *last)


def _question(row: AuditRow) -> str:
    return row.question or f"（只存摘要）{row.wording[:12]}"


def _word(word: Feedback, documents: Mapping[str, Document]) -> WordLine:
    vote = "满意" if word.helpful else f"不满意：{word.reason or '未说明原因'}"
    marked = _place(word.marked, documents) if word.marked else None
    return WordLine(word.helpful, vote, word.who or "未具名", word.at, word.comment, marked)


def _place(place: Marked, documents: Mapping[str, Document]) -> PlaceLine:
    document = documents.get(place.document)
    text = document.text[place.start : place.end] if document else ""
    lang = language(document.text[:2000]) if document else "zh-CN"
    path = document.section_at(place.start).path if document else ()
    label = " · ".join([document.title if document else place.document, *path[-1:]])
    link = span_link(place.document, place.start, place.end)
    return PlaceLine(link, label, text if len(text) <= _SHOWN else f"{text[:_SHOWN]}……", lang)


def _local(at: str) -> str:
    """A time of the ledger in the server's own zone, to the minute."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


def _seconds(ms: float) -> str:
    return f"{ms / 1000:.2f}秒" if ms else "—"


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(local=_local, seconds=_seconds)
    return environment.from_string(_asset("keeper.html.j2"))


def _asset(name: str) -> str:
    return (files("qa") / "page" / name).read_text(encoding="utf-8")
