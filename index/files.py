"""Paths that a user names become the files to read. Knows folders and names, and nothing of what is in a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from index.errors import UserError
from index.take import shown


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those in the folders named, in order of name, each once; hidden ones are left out there.

    UserError for a path that does not exist, and where there is no file at all.
    """
    files: dict[Path, Path] = {}
    for path in paths:
        try:
            found = files_at(path)
        except OSError as error:  # such as a name too long
            raise UserError(f"{shown(path)} cannot be read ({error.strerror})", "a path", "Check the path.") from error
        files.update({file.resolve(): file for file in found})
    if not files:
        raise UserError("no file in the folders given", "at least one report", "Name a file or a folder with reports.")
    return list(files.values())


def files_at(path: Path) -> list[Path]:
    """The file at `path`, or those in the folder there; UserError where there is neither."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UserError(f"no file or folder {shown(path)}", "reports to read", "Check the path.")
    inside = (p for p in path.rglob("*") if p.is_file())
    return sorted(p for p in inside if not any(map(is_hidden, p.relative_to(path).parts)))


def is_hidden(name: str) -> bool:
    """Whether a file or folder of that name is none of the user's own, such as what an office program keeps open."""
    return name.startswith((".", "~$"))
