"""One file becomes an Intake: the document that was read, or the reason why not, and what was found on the way.

Knows readers and documents, and nothing of indexes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from index.errors import UserError
from index.records import Document, Passage, Spot

_ODD = re.compile("[\ufffd\ue000-\uf8ff]+")


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of one file: a document and the passages it was cut into.

    `document` is None where it could not be read; `error` then says why, in one line, and is "" otherwise. `kind` is
    the reader's name such as "pdf", `encoding` the codec of the bytes or "". `characters` counts those kept and
    `dropped` those of the file that were not (page chrome, running heads, notes), blanks left out in both. `headings`
    is the number of headings found; `suspicious` are the places of the text to look at: damage that could not be
    restored, characters without a known meaning. `duplicate_of` is the id of a document of the index that says the
    same, in whose favour this one was not taken, or "".
    """

    path: Path
    document: Document | None
    passages: tuple[Passage, ...] = ()
    kind: str = ""
    encoding: str = ""
    characters: int = 0
    dropped: int = 0
    headings: int = 0
    suspicious: tuple[Spot, ...] = ()
    duplicate_of: str = ""
    error: str = ""


def take(path: Path) -> Intake:
    """Reads the file at `path`. Never raises UserError: what a reader would raise is the intake's `error`."""
    # Here, since files are read in processes of their own, and theirs alone need the readers.
    from index.document import assemble
    from index.read import read
    from index.split import split

    try:
        check_name(path)
        raw = read(path)
        document = assemble(raw, path)
    except UserError as error:
        return Intake(path, None, error=str(error))
    kept = _letters(document.text)
    return Intake(
        path,
        document,
        split(document),
        raw.kind,
        raw.encoding,
        kept,
        max(_letters(raw.text) - kept, 0),
        len({section.path for section in document.sections if section.path}),
        _suspicious(document),
    )


def check_name(file: Path) -> None:
    """A name becomes an id, which is stored as UTF-8 and printed on a line of its own. UserError where it cannot."""
    if any(map(_is_odd, file.stem)):
        raise UserError(
            f"{shown(file)}: the name is not UTF-8 or holds control characters", "a plain name", "Rename it."
        )


def shown(path: Path) -> str:
    """`path` for a message; bytes that are not UTF-8 and control characters are written out."""
    return "".join(c.encode("unicode_escape").decode() if _is_odd(c) else c for c in str(path))


def _is_odd(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def _letters(text: str) -> int:
    return sum(map(len, text.split()))


def _suspicious(document: Document) -> tuple[Spot, ...]:
    odd = (Spot(m.start(), m.end(), m[0], "") for m in _ODD.finditer(document.text))
    unknown = (spot for spot in document.spots if not spot.repaired)
    return tuple(sorted((*unknown, *odd), key=lambda spot: spot.start))
