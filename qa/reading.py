"""The whole report as one self-contained HTML page: outline at its side, the cited place marked and brought into view.

Knows a Document and HTML; it must not know answers, retrieval, or the web framework that serves the page.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from importlib.resources import files
from itertools import pairwise
from urllib.parse import quote

from index.records import Document, Section
from qa.messages import CHINESE, Messages
from qa.render import language, period_label, section_label

_KINDS = ("preamble", "problems", "closing", "glossary", "annex")
"""Kinds of sections that have a name of their own among the messages."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cited span of a document and the answer's words in it, in positions of the document."""

    start: int
    end: int
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """How the page is shown: `embedded` in the chat page's panel; `theme` is light, dark or "" (the system's).

    `say` gives the page's own words; the report's are never translated.
    """

    embedded: bool = False
    theme: str = ""
    large: bool = False
    say: Messages = CHINESE
    notice: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    """Ids and titles of the documents that can be read, this one among them."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """A stretch of the text with a class name, and the hint that a pointer shows over it."""

    start: int
    end: int
    name: str
    tip: str = ""


def parse_place(document: Document, start: str, end: str, marks: str = "") -> Place | None:
    """The place that a link names; None where it names none. ValueError where it is not a span of the document."""
    if not start and not end:
        return None
    if not (_is_number(start) and _is_number(end)):
        raise ValueError("start and end are not whole numbers")
    place = Place(int(start), int(end), tuple(_parse_marks(marks)))
    inside = 0 <= place.start < place.end <= len(document.text)
    if not inside or any(not place.start <= a < b <= place.end for a, b in place.marks):
        raise ValueError("the place does not lie in the document")
    return place


def reading_page(document: Document, place: Place | None = None, view: View | None = None) -> str:
    """The page. The text of its <article> is `document.text`, line ends aside; all of it is escaped."""
    view = view or View()
    facts = [document.place, document.date, document.speaker]
    theme = f' data-theme="{view.theme}"' if view.theme in ("light", "dark") else ""
    classes = " ".join(name for name, on in (("embedded", view.embedded), ("large", view.large)) if on)
    attributes = f' class="{classes}"{theme}'
    notice = f'<p class="notice" role="alert">{escape(view.notice)}</p>' if view.notice else ""
    return (
        f"{_top(name_of(document), view, attributes)}"
        f'<body>\n<div class="page">\n{_side(document, place, view)}<main>\n{notice}<header>'
        f'<h1 lang="zh">{escape(name_of(document))}</h1>'
        f'<p class="facts" lang="zh">{escape(" · ".join(fact for fact in facts if fact))}</p>{_print(view)}</header>\n'
        f'<article lang="{language(document.text)}">\n{"".join(_paragraphs(document, place, view.say))}</article>\n'
        f"{_source(document, place, view)}</main>\n</div>\n<script>\n{_asset('reading.js')}</script>\n</body>\n"
        "</html>\n"
    )


def message_page(title: str, message: str, view: View) -> str:
    """A page that says why there is nothing to read, with the documents that can be read."""
    return (
        f'{_top(title, view)}<body><main class="message"><h1>{escape(title)}</h1><p>{escape(message)}</p>'
        f"<ul>{_links(view.others, query=_query(view))}</ul></main></body>\n</html>\n"
    )


def _top(title: str, view: View, attributes: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{view.say.language}"{attributes}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_asset('reading.css')}</style>\n</head>\n"
    )


def _print(view: View) -> str:
    return f'<button type="button" class="print" hidden>{view.say("print")}</button>'


def _source(document: Document, place: Place | None, view: View) -> str:
    """What a printed page adds: where in which report the marked words stand."""
    if place is None:
        return ""
    section = section_label(document.section_at(place.start).path) if document.sections else ""
    page = document.page_at(place.start)
    parts = (name_of(document), section, view.say("page_n", n=page) if page else "")
    told = " · ".join(part for part in parts if part)
    return f'<p class="printed" lang="zh">{escape(view.say("printed", place=told))}</p>\n'


def name_of(document: Document) -> str:
    """What to call the document where several are listed: its title, with place and year where the title lacks them."""
    title = document.title or document.id
    title = title if document.place in title else f"{document.place}{title}"
    return title if not document.year or str(document.year) in title else f"{title}（{document.year}年）"


@lru_cache
def _asset(name: str) -> str:
    return (files("qa") / "page" / name).read_text(encoding="utf-8")


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", text) is not None


def _parse_marks(marks: str) -> Iterable[tuple[int, int]]:
    for part in marks.split(",") if marks else ():
        start, _, end = part.partition("-")
        if not (_is_number(start) and _is_number(end)):
            raise ValueError("marks are not spans such as 512-520,530-540")
        yield int(start), int(end)


def _links(others: Mapping[str, str], current: str = "", query: str = "") -> str:
    items = []
    for identifier, title in others.items():
        here = ' aria-current="page"' if identifier == current else ""
        items.append(f'<li><a href="{quote(identifier, safe="")}{query}"{here}>{escape(title or identifier)}</a></li>')
    return "".join(items)


def _entry(section: Section) -> tuple[tuple[str, ...], str]:
    """What makes a section an entry of the outline: its headings, and its kind where that has a name of its own."""
    return section.path, section.kind if section.kind in _KINDS else ""


def _outline(document: Document, say: Messages) -> Iterable[tuple[Section, str]]:
    """The outline's entries and their labels; a chapter that goes on after its last sub-heading is no second entry."""
    paths: set[tuple[str, ...]] = set()
    entries: set[tuple[tuple[str, ...], str]] = set()
    for section in document.sections:
        kind = say(f"kind_{section.kind}") if section.kind in _KINDS else ""
        label = section.path[-1].strip() if section.path and section.path not in paths else kind
        if label and _entry(section) not in entries and document.text[section.start : section.end].strip():
            yield section, label
            paths.add(section.path)
            entries.add(_entry(section))


def _side(document: Document, place: Place | None, view: View) -> str:
    current = _entry(document.section_at(place.start)) if place and document.sections else None
    starts = [start for start, _ in _lines(document.text)]
    items: list[str] = []
    for section, label in _outline(document, view.say):
        target = starts[bisect_right(starts, _first_word(document.text, section)) - 1]
        here = ' aria-current="true"' if _entry(section) == current else ""
        level = min(len(section.path) or 1, 3)
        named = section.period and level == 1 and section.path and label == section.path[-1].strip()
        period = f'<span class="period">{escape(period_label(section.period, view.say))}</span>' if named else ""
        items.append(f'<li class="l{level}"><a href="#p{target}"{here}>{escape(label)}</a>{period}</li>')
    say, others = view.say, ""
    if len(view.others) > 1:
        links = _links(view.others, document.id, _query(view))
        others = f'<details class="others"><summary>{say("others")}</summary><ul>{links}</ul></details>'
    home = "" if view.embedded else f'<p class="home"><a href="../">{say("home")}</a></p>'
    contents = say("contents")
    return (
        f'<nav class="side" aria-label="{contents}">{home}<details class="outline" open><summary>{contents}</summary>'
        f'<ol lang="zh">{"".join(items)}</ol></details>{others}</nav>\n'
    )


def _query(view: View) -> str:
    """What keeps the look and the language on the way to another report."""
    told = {"embed": "1" if view.embedded else "", "theme": view.theme, "size": "large" if view.large else ""}
    told["lang"] = "" if view.say == CHINESE else view.say.language
    parts = "&amp;".join(f"{name}={value}" for name, value in told.items() if value)
    return f"?{parts}" if parts else ""


def _lines(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(r"[^\n]+", text)]


def _first_word(text: str, section: Section) -> int:
    found = re.compile(r"\S").search(text, section.start, section.end)
    return found.start() if found else section.start


def _headings(document: Document) -> dict[int, tuple[int, int]]:
    """Where a section's own heading stands in the text: start → (end, level)."""
    out: dict[int, tuple[int, int]] = {}
    for section in document.sections:
        start = _first_word(document.text, section)
        heading = section.path[-1].strip() if section.path else ""
        if heading and document.text.startswith(heading, start):
            out.setdefault(start, (start + len(heading), len(section.path)))
    return out


def _layers(document: Document, place: Place | None, say: Messages) -> list[_Layer]:
    layers = [_Layer(start, end, "lead") for start, (end, _) in _headings(document).items()]
    for spot in document.spots:
        tip = say("spot_repaired" if spot.repaired else "spot_lost", raw=spot.raw)
        layers.append(_Layer(spot.start, spot.end, "spot" if spot.repaired else "spot lost", tip))
    if place:
        layers.append(_Layer(place.start, place.end, "cited"))
        layers += [_Layer(start, end, "words") for start, end in place.marks or ((place.start, place.end),)]
    return layers


def _paragraphs(document: Document, place: Place | None, say: Messages) -> Iterable[str]:
    text, headings, layers = document.text, _headings(document), _layers(document, place, say)
    # A cited span may begin with line ends, which no paragraph holds: the anchor is its first character that one does.
    anchor = place.start + len(text[place.start :]) - len(text[place.start :].lstrip("\n")) if place else -1
    for start, end in _lines(text):
        inside = [layer for layer in layers if layer.start < end and layer.end > start]
        line = text[start:end]
        first = start + len(line) - len(line.lstrip())
        tag = "p"
        if first in headings and headings[first][0] >= start + len(line.rstrip()):
            tag = f"h{min(headings[first][1] + 1, 4)}"
            inside = [layer for layer in inside if layer.name != "lead"]
        yield f'<{tag} id="p{start}">{_spans(text, start, end, inside, anchor)}</{tag}>\n'


def _spans(text: str, start: int, end: int, layers: list[_Layer], anchor: int) -> str:
    """`text[start:end]` cut where a layer begins or ends, each piece escaped and dressed with its layers."""
    cuts = sorted({start, end, *(cut for layer in layers for cut in (layer.start, layer.end) if start < cut < end)})
    out = []
    for here, there in pairwise(cuts):
        over = [layer for layer in layers if layer.start <= here and layer.end >= there]
        piece = escape(text[here:there])
        names = " ".join(dict.fromkeys(layer.name for layer in over))
        tip = next((f' title="{escape(layer.tip)}"' for layer in over if layer.tip), "")
        if any(layer.name == "cited" for layer in over):
            target = ' id="cited" tabindex="-1"' if here == anchor else ""
            out.append(f'<mark class="{names}"{target}{tip}>{piece}</mark>')
        else:
            out.append(f'<span class="{names}"{tip}>{piece}</span>' if names else piece)
    return "".join(out)
