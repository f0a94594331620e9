"""`python -m qa COMMAND`: finds the command's module and runs it; a user's mistake ends in one line.

Knows the names of the commands; what they do, and what they need to be imported, is theirs.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from index.ending import ended

COMMANDS: dict[str, tuple[str, str]] = {
    "ask": ("qa.ask", "answer one question"),
    "table": ("qa.table", "put every question of a file to every report; CSV, XLSX, JSON or Markdown"),
    "audit": ("qa.ledger.command", "export, rotate or copy the record of what was asked; set what is kept"),
    "keys": ("qa.access.keys", "the keys of programs: add, list, revoke"),
    "users": ("qa.access.users", "the people who log in: add, list, set, passwd, remove"),
    "backup": ("qa.backup", "one archive of the index, the record and who may use it"),
    "doctor": ("qa.doctor", "check this machine and this installation, a line each"),
    "restore": ("qa.backup", "put a backup in place, once it is found whole"),
    "roles": ("qa.access.roles", "the documents that a role may see: list, limit, free"),
}
"""Name to module and one line of help. A module gives `add_arguments(parser)` and `main(options) -> int`, its exit
status; it is imported only when its command is asked for."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its own status, 2 for a user's mistake, 130 when interrupted."""
    words = sys.argv[1:] if arguments is None else arguments
    name = words[0] if words else ""
    if name not in COMMANDS:
        _overview().parse_args(words)
        return 2
    place, line = COMMANDS[name]
    module = import_module(place)
    parser = argparse.ArgumentParser(prog=f"python -m qa {name}", description=f"{line[:1].upper()}{line[1:]}.")
    module.add_arguments(parser)
    options = parser.parse_args(words[1:])
    return ended("qa", lambda: int(module.main(options)))


def _overview() -> argparse.ArgumentParser:
    """What help and mistakes in the command's name are answered with: every command in one line."""
    parser = argparse.ArgumentParser(prog="python -m qa", description="Ask the reports of an index.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (_, line) in COMMANDS.items():
        commands.add_parser(name, help=line, add_help=False)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
