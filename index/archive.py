"""A ZIP archive is checked before any library unpacks it: whole, open, of the kind its name says, and no bomb.

Knows the members that tell Office files apart, and nothing of what is in them.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from index.content import MAX_UNPACKED, MEBIBYTE, damaged
from index.errors import UserError

_MAX_MEMBERS = 10_000
_CHUNK = 1 << 20
_KINDS = (
    ("word/document.xml", "DOCX", ".docx"),
    ("xl/workbook.xml", "XLSX", ".xlsx"),
    ("xl/workbook.bin", "XLSB", ".xlsb"),
    ("ppt/presentation.xml", "PPTX", ".pptx"),
    ("OFD.xml", "OFD", ".ofd"),
    ("content.xml", "OpenDocument", ".odt"),
)


def check_archive(data: bytes, path: Path, kind: str) -> None:
    """UserError unless `data` is a whole, open archive of `kind` ("DOCX" or "XLSX") that unpacks to a bearable size.

    Every member is unpacked once and thrown away: sizes that an archive states may lie, and damage shows only then.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_kind({m.filename for m in members}, path, kind)
            if any(m.flag_bits & 1 for m in members):
                raise UserError(f"{path} is encrypted", "a file without a password", "Save it without one.")
            if len(members) > _MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
                raise _too_large(path, kind)
            for member in members:
                with archive.open(member) as stream:
                    while stream.read(_CHUNK):
                        pass
    except UserError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise damaged(path, kind, error) from error


def _check_kind(names: set[str], path: Path, kind: str) -> None:
    for member, found, suffix in _KINDS:
        if member in names:
            if found != kind:
                remedy = f"Rename it to {suffix}." if found in ("DOCX", "XLSX") else f"Save it as {kind}."
                article = "a" if found in ("DOCX", "PPTX") else "an"
                raise UserError(f"{path} is {article} {found} file", f"a {kind} file", remedy)
            return
    raise UserError(f"{path} is a ZIP archive", f"a {kind} file", "Unpack it and read the files inside.")


def _too_large(path: Path, kind: str) -> UserError:
    limit = f"a {kind} file that unpacks to at most {MAX_UNPACKED // MEBIBYTE} MiB"
    return UserError(f"{path} unpacks to more than it may", limit, "Split it, or save its text alone.")
