"""A saved web page becomes the lines of its main text. The only importer of lxml; knows no site and no encoding.

The main text is where the prose is: the innermost block that holds nearly all sentences which are not links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree, html

from index.content import Content, Lines
from index.tables import table_lines, table_unit

_DROPPED = frozenset(
    (
        "script", "style", "noscript", "template", "iframe", "svg", "math", "object", "embed", "canvas", "audio",
        "video", "map", "head", "nav", "footer", "aside", "button", "select", "textarea", "input", "datalist",
        "dialog",
    )
)  # fmt: skip
_BLOCKS = frozenset(
    (
        "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend",
        "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "ul",
    )
)  # fmt: skip
_CONTAINERS = frozenset(
    (
        "article", "body", "center", "div", "form", "html", "main", "section", "td",
    )
)  # fmt: skip
_NEARLY_ALL = 0.85
_SENTENCE = re.compile(r"[，。；！？]")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CJK = "\u3001-\u303f\u3400-\u9fff\uff00-\uffef"
_WRAPPED = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n]+[ \t]*(?=[{_CJK}])")
_SITE = re.compile(r"\s*[-_|—–]+\s*[^-_|—–]*$")
_TITLE_METAS = ("ArticleTitle", "og:title", "dc.title")
_MOST_SPAN = 200
Element = Any  # lxml has no types of its own


def read_page(text: str, encoding: str) -> Content:
    """The title and the main text of a page, tables as rows; `encoding` is passed on.

    A page without text gives an empty Content.
    """
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))
    try:
        root = html.document_fromstring(source, parser=html.HTMLParser(remove_comments=True, remove_pis=True))
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing in it but comments or blanks
        return Content("", encoding)
    title = _title(root)
    body = root.find("body")
    for element in list((root if body is None else body).iter()):
        if _is_dropped(element):
            _without(element)
    writer = _Writer()
    writer.walk(_main(root if body is None else body))
    lines = Lines()
    if title and _squeezed(title) not in _squeezed("".join(words for words, _ in writer.lines[:6])):
        lines.add(title, 1)
    for words, level in writer.lines:
        lines.add(words, level)
    return lines.content(encoding)


def _title(root: Element) -> str:
    """What the page calls its article, else its only first heading, else its title without the site's name."""
    metas = {m.get("name") or m.get("property") or "": m.get("content") or "" for m in root.iter("meta")}
    for name in _TITLE_METAS:
        if metas.get(name, "").strip():
            return _tidy(metas[name])
    first = [_tidy(h.text_content()) for h in root.iter("h1")]
    titles = [_tidy(t.text_content()) for t in root.iter("title")]
    title = titles[0] if titles else ""
    if len(first) == 1 and first[0]:
        return first[0]
    return _SITE.sub("", title) or title


def _is_dropped(element: Element) -> bool:
    hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "")
    return element.tag in _DROPPED or bool(hidden) or element.get("role") in ("navigation", "search", "banner")


def _without(element: Element) -> None:
    """Take `element` out; the words behind it stay."""
    parent = element.getparent()
    if parent is not None:
        element.drop_tree()


@dataclass
class _Weight:
    """Characters of an element's text: of sentences outside links, and of all text."""

    prose: int = 0
    words: int = 0


def _main(body: Element) -> Element:
    """The innermost container with nearly all of the prose; where there is none, of the text outside links."""
    weights: dict[Element, _Weight] = {}
    for element in reversed(list(body.iter())):  # children come before their parents
        own = weights.setdefault(element, _Weight())
        if not isinstance(element.tag, str) or element.tag == "a":
            own.prose = own.words = 0
        for part in (element.text, *(child.tail for child in element)):
            if part and element.tag != "a":
                size = len(part.strip())
                own.words += size
                own.prose += size if _SENTENCE.search(part) else 0
        for child in element:
            if element.tag != "a":
                own.prose += weights[child].prose
                own.words += weights[child].words
    node = body
    while True:
        of = "prose" if weights[body].prose else "words"
        whole = getattr(weights[node], of)
        inner = [c for c in node if c.tag in _CONTAINERS or (c.tag in ("table", "tbody", "tr") and len(c) == 1)]
        best = max(inner, key=lambda c: getattr(weights[c], of), default=None)
        if best is None or not whole or getattr(weights[best], of) < _NEARLY_ALL * whole:
            return node
        node = best


@dataclass
class _Writer:
    """Gathers lines with the levels of the headings among them; each block begins and ends a line."""

    lines: list[tuple[str, int]] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _level: int = 0
    _unit: str = ""

    def walk(self, root: Element) -> None:
        """All lines under `root`. A table of data becomes rows; a list of links only is left out."""
        skipped: Element | None = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if skipped is not None:
                if event == "end" and element is skipped:
                    skipped = None
                    self._words.append(element.tail or "" if element is not root else "")
                continue
            if event == "start" and ((element.tag == "table" and _is_data(element)) or _is_links(element, root)):
                self._line()
                if element.tag == "table":
                    self.lines += [(line, 0) for line in table_lines(*_grid(element), self._unit)]
                skipped = element
                continue
            self._step(event, element, root)
        self._line()

    def _step(self, event: str, element: Element, root: Element) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _BLOCKS or tag == "br":
            if event == "start" or tag != "br":
                self._line()
            self._level = int(tag[1]) if event == "start" and re.fullmatch("h[1-6]", tag) else self._level
        if event == "start":
            self._words.append(element.text or "")
            return
        if re.fullmatch("h[1-6]", tag):
            self._level = 0
        if element is not root:
            self._words.append(element.tail or "")

    def _line(self) -> None:
        words = _tidy("".join(self._words))
        self._words.clear()
        if words:
            self.lines.append((words, self._level))
            self._unit = table_unit(words)


def _is_links(element: Element, root: Element) -> bool:
    """Whether a block below `root` is a list of links without a sentence: related pages, sharing, the way to here."""
    if element is root or element.tag not in ("ul", "ol", "div", "dl"):
        return False
    links = list(element.iter("a"))
    if len(links) < 3:
        return False
    words = _squeezed(element.text_content())
    linked = sum(len(_squeezed(a.text_content())) for a in links)
    return linked > 0.8 * len(words) and not _SENTENCE.search(words)


def _is_data(table: Element) -> bool:
    """Whether a table holds data; one that holds another, or long text in a cell, arranges a page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    cells = [len(_squeezed(cell.text_content())) for cell in table.iter("td", "th")]
    return len(cells) > 1 and max(cells) < 600


def _grid(table: Element) -> tuple[list[list[str]], int]:
    """The cells of `table` with merged ones in every place they cover, and the number of its rows of headings."""
    rows: list[list[str]] = []
    below: dict[tuple[int, int], str] = {}
    heads = 0
    for at, row in enumerate(table.iter("tr")):
        cells: list[str] = []
        own = [c for c in row if c.tag in ("td", "th")]
        for cell in own:
            while (at, len(cells)) in below:
                cells.append(below[at, len(cells)])
            words = _tidy(" ".join(cell.itertext()))
            columns, depth = _span(cell, "colspan"), _span(cell, "rowspan")
            for column in range(len(cells), len(cells) + columns):
                below |= {(at + step, column): words for step in range(1, depth)}
            cells += [words] * columns
        while (at, len(cells)) in below:
            cells.append(below[at, len(cells)])
        marked = bool(own) and (all(c.tag == "th" for c in own) or row.getparent().tag == "thead")
        if at == 0 and not marked and any(_span(c, "colspan") > 1 for c in own):
            heads = min(max((_span(c, "rowspan") for c in own), default=1), 3)
            heads = heads if heads > 1 else 0
        heads += int(marked and heads == at)
        rows.append(cells)
    return rows, heads


def _span(cell: Element, name: str) -> int:
    found = re.match(r"\s*(\d{1,4})", cell.get(name) or "")
    return min(max(int(found[1]), 1), _MOST_SPAN) if found else 1


def _tidy(words: str) -> str:
    """One line: breaks of the source between Chinese characters are none of the text, other blanks are one space."""
    return " ".join(_WRAPPED.sub("", words).split()).strip("\u200b\ufeff ")


def _squeezed(words: str) -> str:
    return "".join(words.split())
