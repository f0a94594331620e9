"""`python -m qa roles`: which documents the members of a role may see.

Knows the register and the command line; what else a role may do is not to be changed.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from qa.access.identity import ROLES
from qa.access.store import DEFAULT, Register, change, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    commands = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    shown = commands.add_parser("list", help="the roles and the documents they may see")
    limit = commands.add_parser("limit", help="a role's members may see these documents only")
    free = commands.add_parser("free", help="a role's members may see all documents")
    for command in (limit, free):
        command.add_argument("role", choices=ROLES)
    limit.add_argument("--document", action="append", required=True, metavar="ID", help="repeat for several")
    for command in (shown, limit, free):
        command.add_argument("--access-file", type=Path, default=DEFAULT, metavar="FILE")


def main(options: argparse.Namespace) -> int:
    """0 when done."""
    if options.action == "list":
        limits = read(options.access_file).roles
        for role in ROLES:
            print(f"{role}\t{','.join(limits[role]) if role in limits else 'all'}")
        return 0

    def edit(register: Register) -> Register:
        others = {role: ids for role, ids in register.roles.items() if role != options.role}
        limit = {options.role: tuple(options.document)} if options.action == "limit" else {}
        return replace(register, roles={**others, **limit})

    change(options.access_file, edit)
    return 0
