"""A PDF file becomes the runs of characters of its pages, and these its text. The only importer of pypdfium2.

Knows fonts and positions, and nothing of what the text says.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from index import ocr
from index.content import MAX_PAGES, Content, damaged
from index.errors import UserError
from index.layout import PageRuns, Run, flow

_OCR = (
    "Read it with OCR: save the result as a PDF with a text layer, or as plain text. "
    "With the extra [ocr] installed it is read here."
)
_PASSWORD = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
_UNREADABLE = 0.3  # share of characters without a known meaning from which the text is of no use
_METRE = re.compile(r"(?:^|[^a-zA-Z])[kcdm]?m$")  # before an exponent, not a note
_RIGHT_ANGLE = 1.5707963


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    left: float
    right: float
    bottom: float
    top: float
    spaced: bool  # whether the library saw a gap in front of it


def read_pdf(data: bytes, path: Path) -> Content:
    """The text of a PDF file as paragraphs, with its pages.

    UserError where it is damaged, needs a password, has too many pages, or has pictures of pages instead of text.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in _PASSWORD:
            raise UserError(f"{path} is encrypted", "a file without a password", "Save it without one.") from error
        raise damaged(path, "PDF", error) from error
    try:
        if len(document) > MAX_PAGES:
            raise UserError(f"{path} has {len(document)} pages", f"at most {MAX_PAGES}", "Split it into several files.")
        pages = [_page(document, number) for number in range(len(document))]
        words = "".join(run.text for page in pages for run in page.runs)
        meaningless = sum(map(_meaningless, words)) > _UNREADABLE * len(words)
        scanned = [
            number
            for number, page in enumerate(pages)
            if meaningless or (not page.runs and _is_picture(document, number))
        ]
        if scanned and ocr.available():
            _check_number(path, len(scanned), len(pages))
            for number in scanned:
                pages[number] = _recognised(document, number)
            return _checked(path, replace(flow(pages), recognised=len(scanned)), len(pages))
    except pypdfium2.PdfiumError as error:
        raise damaged(path, "PDF", error) from error
    finally:
        document.close()
    if meaningless:
        raise UserError(
            f"{path} has fonts that do not say which characters they show", "a PDF with readable text", _OCR
        )
    return _checked(path, flow(pages), len(pages))


def _checked(path: Path, content: Content, pages: int) -> Content:
    if not content.text.strip():
        raise UserError(f"{path} has {pages} pages without text (a scan)", "a PDF file with a text layer", _OCR)
    return content


def _check_number(path: Path, scanned: int, pages: int) -> None:
    if scanned > ocr.MOST_PAGES:
        found = f"{path} has {scanned} of {pages} pages without text (a scan)"
        raise UserError(found, f"at most {ocr.MOST_PAGES} such pages", "Split it, or read it with OCR beforehand.")


def _is_picture(document: pypdfium2.PdfDocument, number: int) -> bool:
    """Whether a page shows pictures: a blank one does not."""
    page = document[number]
    found = any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    page.close()
    return found


def _recognised(document: pypdfium2.PdfDocument, number: int) -> PageRuns:
    page = document[number]
    width, height = page.get_size()
    picture = page.render(scale=ocr.SCALE).to_numpy()
    page.close()
    return ocr.recognise(picture, width, height)


def _page(document: pypdfium2.PdfDocument, number: int) -> PageRuns:
    page = document[number]
    textpage = page.get_textpage()
    width, height = page.get_size()
    glyphs = list(_glyphs(textpage, page.get_rotation(), width, height))
    textpage.close()
    page.close()
    return PageRuns(width, height, tuple(run for group in _groups(glyphs) if (run := _run(group)).text.strip()))


def _glyphs(textpage: Any, rotation: int, width: float, height: float) -> Iterator[_Glyph]:
    """The upright characters of a page as drawn, turned as the page is; watermarks at a slant are left out."""
    handle = textpage.raw
    box = pdfium.FS_RECTF()
    spaced, half = False, 0
    for at in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(handle, at)
        if 0xD800 <= code < 0xDC00:
            half = code
            continue
        if 0xDC00 <= code < 0xE000:
            code, half = (0x10000 + ((half - 0xD800) << 10) + (code - 0xDC00), 0) if half else (0xFFFD, 0)
        if pdfium.FPDFText_IsGenerated(handle, at) == 1 or code in (0, 10, 13):
            spaced = True
            continue
        if not pdfium.FPDFText_GetLooseCharBox(handle, at, ctypes.byref(box)):
            continue
        slant = pdfium.FPDFText_GetCharAngle(handle, at) % _RIGHT_ANGLE
        if min(slant, _RIGHT_ANGLE - slant) > 0.1:
            continue
        character = "-" if code in (2, 0xAD) else chr(code) if code < 0x110000 else "\ufffd"
        left, bottom, right, top = _turned((box.left, box.bottom, box.right, box.top), rotation, width, height)
        yield _Glyph(character, left, right, bottom, top, spaced)
        spaced = False


def _turned(
    box: tuple[float, float, float, float], rotation: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """`box` (left, bottom, right, top) of an unturned page on the page as shown, which is `width` by `height`."""
    left, bottom, right, top = box
    if rotation == 90:
        return bottom, height - right, top, height - left
    if rotation == 180:
        return width - right, height - top, width - left, height - bottom
    if rotation == 270:
        return width - top, left, width - bottom, right
    return box


def _groups(glyphs: list[_Glyph]) -> Iterator[list[_Glyph]]:
    """Glyphs that follow each other on a base line without a wide gap."""
    group: list[_Glyph] = []
    for glyph in glyphs:
        if group and not _follows(group[-1], glyph):
            yield group
            group = []
        group.append(glyph)
    if group:
        yield group


def _follows(before: _Glyph, glyph: _Glyph) -> bool:
    size = max(before.top - before.bottom, glyph.top - glyph.bottom)
    shared = min(before.top, glyph.top) - max(before.bottom, glyph.bottom)
    level = shared > 0.5 * min(before.top - before.bottom, glyph.top - glyph.bottom)
    return level and -0.5 * size < glyph.left - before.right < 1.5 * size


def _run(group: list[_Glyph]) -> Run:
    size = median(glyph.top - glyph.bottom for glyph in group)
    base = median(glyph.bottom for glyph in group)
    words = ""
    raised = False
    for at, glyph in enumerate(group):
        # A small raised figure is the mark of a note; it must not run into the figures beside it.
        small = glyph.text.isdigit() and glyph.top - glyph.bottom < 0.8 * size and glyph.bottom > base + 0.15 * size
        mark = small and (raised or not _METRE.search(words))
        if mark != raised:
            words += "[" if mark else "]"
            raised = mark
        follower = group[at + 1].text if at + 1 < len(group) else ""
        if glyph.text.isspace() and glyph.text != "\u3000":
            if not _tight(words[-1:], follower):
                words += " "
            continue
        if glyph.spaced and _word(words[-1:]) and _word(glyph.text):
            words += " "
        words += glyph.text
    return Run(
        words + ("]" if raised else ""),
        min(glyph.left for glyph in group),
        max(glyph.right for glyph in group),
        min(glyph.bottom for glyph in group),
        max(glyph.top for glyph in group),
        size,
    )


def _tight(before: str, after: str) -> bool:
    """Whether a space between two characters is only the look of mixed script: one is Chinese, the other is not."""
    return bool(before and after) and ((_chinese(before) and _word(after)) or (_word(before) and _chinese(after)))


def _word(character: str) -> bool:
    return bool(character) and character.isascii() and (character.isalnum() or character in "%.+-()")


def _chinese(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"


def _meaningless(character: str) -> bool:
    return character == "\ufffd" or "\ue000" <= character <= "\uf8ff" or ord(character) in (0xFFFE, 0xFFFF)
