"""A small Word file with footnotes, written part by part: the document library at hand cannot make footnotes.

Knows the format's XML; it must not know what the text is about.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# What XML cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one type."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote at this place."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`style` is one of Title, Heading1, Normal, Quiet."""

    parts: tuple[Run | Note, ...]
    style: str = "Normal"


def docx(paragraphs: Sequence[Paragraph], title: str) -> bytes:
    """The file. The same paragraphs give the same bytes."""
    notes: list[str] = []
    body = "".join(_paragraph(paragraph, notes) for paragraph in paragraphs)
    margins = '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"/>'
    size = f'<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>{margins}</w:sectPr>'
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml")}, _CORE),
        "docProps/core.xml": _core(title),
        "word/document.xml": f"{_HEAD}<w:document {_W}><w:body>{body}{size}</w:body></w:document>",
        "word/styles.xml": _STYLES,
        "word/footnotes.xml": f"{_HEAD}<w:footnotes {_W}>{_SEPARATORS}{''.join(notes)}</w:footnotes>",
        "word/_rels/document.xml.rels": _relations(
            {"rId1": ("styles", "styles.xml"), "rId2": ("footnotes", "footnotes.xml")}
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _paragraph(paragraph: Paragraph, notes: list[str]) -> str:
    made = []
    for part in paragraph.parts:
        if isinstance(part, Run):
            made.append(_run(part.text, "<w:b/>" if part.bold else ""))
            continue
        number = len(notes) + 1
        reference = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
        made.append(f'<w:r>{reference}<w:footnoteReference w:id="{number}"/></w:r>')
        notes.append(
            f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
            f"<w:r>{reference}<w:footnoteRef/></w:r>{_run(' ' + part.text)}</w:p></w:footnote>"
        )
    return f'<w:p><w:pPr><w:pStyle w:val="{paragraph.style}"/></w:pPr>{"".join(made)}</w:p>'


def _run(text: str, properties: str = "") -> str:
    dressed = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    lines = _NOT_XML.sub("\ufffd", text).split("\n")
    words = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r>{dressed}{words}</w:r>"


def _relations(targets: dict[str, tuple[str, str]], more: str = "") -> str:
    made = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{made}{more}</Relationships>'


def _core(title: str) -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>'
    )


def _style(name: str, kind: str, paragraph: str = "", run: str = "", default: bool = False) -> str:
    first = ' w:default="1"' if default else ""
    rest = f"<w:rPr>{run}</w:rPr></w:style>"
    if kind == "paragraph":
        based = "" if default else '<w:basedOn w:val="Normal"/>'
        rest = f"{based}<w:pPr>{paragraph}</w:pPr>{rest}"
    return f'<w:style w:type="{kind}"{first} w:styleId="{name}"><w:name w:val="{name}"/>{rest}'


_FONTS = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="SimSun"/>'
_STYLES = "".join(
    (
        f"{_HEAD}<w:styles {_W}>",
        _style(
            "Normal",
            "paragraph",
            '<w:spacing w:after="120" w:line="360" w:lineRule="auto"/>',
            f'{_FONTS}<w:sz w:val="24"/>',
            default=True,
        ),
        _style("Title", "paragraph", '<w:spacing w:after="120"/>', '<w:b/><w:sz w:val="36"/>'),
        _style(
            "Heading1",
            "paragraph",
            '<w:keepNext/><w:spacing w:before="360" w:after="80"/><w:outlineLvl w:val="0"/>',
            '<w:b/><w:sz w:val="28"/>',
        ),
        _style("Quiet", "paragraph", "", '<w:color w:val="5B636D"/><w:sz w:val="20"/>'),
        _style("FootnoteText", "paragraph", '<w:spacing w:after="40"/>', '<w:sz w:val="18"/>'),
        _style("FootnoteReference", "character", "", '<w:vertAlign w:val="superscript"/>'),
        "</w:styles>",
    )
)
_CORE = f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
_SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    f'<Override PartName="/word/footnotes.xml" ContentType="{_WORD}.footnotes+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
