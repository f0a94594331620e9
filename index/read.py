"""A file of an accepted kind becomes raw text, with the encoding it was written in. Knows nothing of reports.

The only importer of charset_normalizer. A further kind is one more line in `READERS`.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from index.archive import check_archive
from index.content import MAX_BYTES, MAX_CHARACTERS, MEBIBYTE, Content, Reader
from index.errors import UserError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ["gb18030", "big5", "big5hkscs", "utf_16_le", "utf_16_be"]
_SIGNATURES = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive (a DOCX or XLSX file is one)"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
)
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,400}?-->\s*)?<(?:!doctype html|html[ >])", re.IGNORECASE | re.DOTALL
)
_WEB_ARCHIVE = re.compile(
    rb"(?:[A-Za-z-]+:[^\n]{0,200}\r?\n(?:[ \t][^\n]{0,200}\r?\n)*){0,8}Content-Type: multipart/related", re.I
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
_PAGE_CODECS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
}
_SAVE_AS_UTF8 = "Save it as plain text in UTF-8 and read that file."
_REMEDIES = {
    b"%PDF": "Rename it to .pdf.",
    b"PK\x03\x04": "Rename it to .docx or .xlsx if it is one, or unpack it.",
    b"\xd0\xcf\x11\xe0": "Save it as DOCX or XLSX.",
    b"{\\rtf": "Save it as DOCX.",
}
_SUFFIX_REMEDIES = {
    **dict.fromkeys((".doc", ".wps", ".rtf", ".odt", ".docm"), "Save it as DOCX and read that file."),
    **dict.fromkeys((".xls", ".et", ".ods", ".xlsm", ".xlsb", ".csv"), "Save it as XLSX and read that file."),
    **dict.fromkeys((".ppt", ".pptx", ".ofd", ".caj"), "Save it as PDF and read that file."),
}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class RawText:
    """What a file held before any cleaning.

    `encoding` is a codec's name (of the bytes, "" for kinds that have none), `kind` the reader's name such as "text",
    `digest` the SHA-256 of the file's bytes in hexadecimal; `headings` and `pages` as in Content.
    """

    text: str
    encoding: str
    kind: str
    digest: str
    headings: tuple[tuple[int, int], ...] = ()
    pages: tuple[int, ...] = ()


def read(path: Path) -> RawText:
    """The text of the file at `path`.

    UserError where it is missing, empty, too large, damaged, encrypted, without text, or not what its suffix says.
    """
    kind_and_reader = READERS.get(path.suffix.lower())
    data = _bytes(path)
    if kind_and_reader is None:
        found = f"{path} is of kind {path.suffix!r}" if path.suffix else f"{path} has no suffix"
        remedy = _SUFFIX_REMEDIES.get(path.suffix.lower(), _SAVE_AS_UTF8)
        raise UserError(found, f"one of {', '.join(sorted(READERS))}", remedy)
    if not data.strip():
        raise UserError(f"{path} is empty", "a file with text", "Check the file, or leave it out.")
    kind, reader = kind_and_reader
    content = reader(data, path)
    if not content.text.strip():
        raise UserError(f"{path} holds only blanks", "a file with text", "Check the file, or leave it out.")
    if len(content.text) > MAX_CHARACTERS:
        limit = f"at most {MAX_CHARACTERS:,}"
        raise UserError(f"{path} has {len(content.text):,} characters", limit, "Split it into several files.")
    digest = hashlib.sha256(data).hexdigest()
    kind += f" ({content.recognised} pages by OCR)" if content.recognised else ""
    return RawText(content.text, content.encoding, kind, digest, content.headings, content.pages)


def decode(data: bytes, name: str) -> tuple[str, str]:
    """`data` as text and the codec that read it; a byte order mark is not part of the text. UserError where binary.

    UTF-8 is tried first because it cannot fit other encodings by chance; the rest is told apart by charset_normalizer
    among the encodings that Chinese text files come in.
    """
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise UserError(f"{name} is {what}", "a text file", _REMEDIES.get(signature, _SAVE_AS_UTF8))
    if _WEB_ARCHIVE.match(data):
        raise UserError(f"{name} is a web archive (MHT)", "a page or a text", "Open it and save it as HTML or as text.")
    codec = next((codec for mark, codec in _BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        text, codec = _detected(data, name)
    else:
        if codec == "utf-8" and "\0" in text:  # UTF-16 of ASCII text is valid UTF-8 with a NUL at every other place
            text, codec = _detected(data, name)
    if _looks_binary(text):
        raise UserError(f"{name} is a binary file", "a text file", _SAVE_AS_UTF8)
    return text, codec


def _detected(data: bytes, name: str) -> tuple[str, str]:
    # A short stretch full of figures and names looks messy to the default threshold of 0.2.
    best = from_bytes(data, cp_isolation=_LEGACY, threshold=0.5).best()
    if best is None and b"\0" in data and _is_utf8(data):
        found = f"{name} holds {data.count(0)} NUL characters"
        raise UserError(found, "a text file", "It is damaged or no text: save it again as plain text in UTF-8.")
    if best is None:
        raise UserError(f"{name} is not text in any known encoding", "UTF-8, UTF-16, GB18030 or Big5", _SAVE_AS_UTF8)
    return data.decode(best.encoding), best.encoding


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _looks_binary(text: str) -> bool:
    """Control characters have no place in text; a few may have been dragged in by a copy from a page."""
    controls = sum(1 for c in text if c < " " and c not in "\t\n\r\f\v\x1a")
    return "\0" in text or controls > max(8, len(text) // 200)


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise UserError(f"{path} is a folder", "a file", "Name a file inside it.")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = f"at most {MAX_BYTES // MEBIBYTE} MiB"
            raise UserError(f"{path} has {size // MEBIBYTE} MiB", limit, "Split it, or leave its pictures out.")
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path} does not exist", "a file", "Check the path.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror})", "a readable file", "Check its rights.") from None


def _plain(data: bytes, path: Path) -> Content:
    if _WEB_PAGE.match(data):
        raise UserError(f"{path} is a web page", "a text file", "Rename it to .html.")
    return Content(*decode(data, str(path)))


def _word(data: bytes, path: Path) -> Content:
    _check_office(data, path, "DOCX")
    from index.word import read_word

    return read_word(data, path)


def _pdf(data: bytes, path: Path) -> Content:
    # The header may lie behind other bytes, as the format allows.
    _expect(data if b"%PDF-" not in data[:1024] else b"%PDF", path, b"%PDF", "PDF")
    from index.pdf import read_pdf

    return read_pdf(data, path)


def _workbook(data: bytes, path: Path) -> Content:
    _check_office(data, path, "XLSX")
    from index.workbook import read_workbook

    return read_workbook(data, path)


def _page(data: bytes, path: Path) -> Content:
    text, encoding = _declared(data) or decode(data, str(path))
    from index.webpage import read_page

    return read_page(text, encoding)


def _declared(data: bytes) -> tuple[str, str] | None:
    """The text in the encoding that a page names, unless a mark contradicts it or the bytes do not fit."""
    named = _CHARSET.search(data[:4096])
    if named is None or any(data.startswith(mark) for mark, _ in _BOMS):
        return None
    codec = _PAGE_CODECS.get(named[1].decode("ascii").lower())
    if codec is None:
        return None
    try:
        text = data.decode(codec)
    except UnicodeError:
        return None
    return None if "\0" in text else (text, codec)


def _check_office(data: bytes, path: Path, kind: str) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0") and _ENCRYPTED in data:
        raise UserError(f"{path} is encrypted", "a file without a password", "Save it without one.")
    _expect(data, path, b"PK\x03\x04", kind)
    check_archive(data, path, kind)


def _expect(data: bytes, path: Path, signature: bytes, kind: str) -> None:
    """UserError unless `data` begins as a file of `kind` does; says what it is where that can be told."""
    if data.startswith(signature):
        return
    what = "a web page" if _WEB_PAGE.match(data) else f"no {kind} file"
    what = next((what for mark, what in _SIGNATURES if data.startswith(mark)), what)
    remedy = next((r for mark, r in _REMEDIES.items() if data.startswith(mark)), f"Open it and save it as {kind}.")
    raise UserError(f"{path} is {what}", f"a {kind} file", remedy)


# The libraries of each kind are imported when its first file is read: answering a question needs none of them.
READERS: dict[str, tuple[str, Reader]] = {
    ".txt": ("text", _plain),
    ".text": ("text", _plain),
    ".md": ("markdown", _plain),
    ".markdown": ("markdown", _plain),
    ".docx": ("docx", _word),
    ".htm": ("html", _page),
    ".html": ("html", _page),
    ".pdf": ("pdf", _pdf),
    ".xlsx": ("xlsx", _workbook),
}
