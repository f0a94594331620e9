"""`python -m qa users`: people, their passwords, their roles and the documents they may see.

Knows the register and the command line. A password comes from a prompt or from standard input, never from an argument,
where every user of the machine could read it.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.errors import UserError
from qa.access.identity import ROLES
from qa.access.keys import day_of, named
from qa.access.passwords import hashed
from qa.access.store import DEFAULT, Register, User, change, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    commands = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    add = commands.add_parser("add", help="a new user; the password is asked for, or read from standard input")
    add.add_argument("--no-password", action="store_true", help="one whom only a trusted proxy can name")
    shown = commands.add_parser("list", help="the users")
    shown.add_argument("--json", action="store_true")
    remove = commands.add_parser("remove", help="a user; logins end at once")
    passwd = commands.add_parser("passwd", help="a new password; logins with the old one end at once")
    alter = commands.add_parser("set", help="another role, or other documents")
    for command in (add, remove, passwd, alter):
        command.add_argument("name", metavar="NAME")
    for command in (add, alter):
        command.add_argument("--role", choices=ROLES)
        command.add_argument("--document", action="append", metavar="ID", help="may see this document only; repeat")
    alter.add_argument("--all-documents", action="store_true", help="no limit of its own any more")
    for command in (add, shown, remove, passwd, alter):
        command.add_argument("--access-file", type=Path, default=DEFAULT, metavar="FILE")


def main(options: argparse.Namespace) -> int:
    """0 when done. UserError for a name, password or role that is none."""
    if options.action == "list":
        for line in _lines(read(options.access_file).users, options.json):
            print(line)
        return 0
    name = named(options.name)
    known = read(options.access_file).user(name)
    if (options.action == "add") == (known is not None):
        found = f"a user {name!r}" if known else f"no user {name!r}"
        raise UserError(found, "a new name" if known else "a name of the list", "See: python -m qa users list")
    change(options.access_file, Edit(options, name))
    return 0


class Edit:
    """What one action does to the register; asks for the password before the register is locked."""

    def __init__(self, options: argparse.Namespace, name: str) -> None:
        self.options, self.name = options, name
        asks = options.action == "passwd" or (options.action == "add" and not options.no_password)
        self.password = hashed(_password()) if asks else ""

    def __call__(self, register: Register) -> Register:
        others = tuple(user for user in register.users if user.name != self.name)
        before = register.user(self.name)
        if self.options.action == "remove":
            return replace(register, users=others)
        user = self._changed(before or User(self.name, "reader"))
        if before is None:
            return replace(register, users=(*others, user))
        return replace(register, users=tuple(user if u.name == self.name else u for u in register.users))

    def _changed(self, user: User) -> User:
        options = self.options
        if self.password:
            user = replace(user, password=self.password, changed=time.time())
        if options.action in ("add", "set"):
            user = replace(user, role=options.role or user.role)
            if options.document:
                user = replace(user, documents=tuple(options.document))
        return replace(user, documents=None) if getattr(options, "all_documents", False) else user


def _password() -> str:
    """The password: asked for twice at a terminal, otherwise the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise UserError("two different passwords", "the same one twice", "Try again.")
    return password


def _lines(users: Sequence[User], as_json: bool) -> list[str]:
    if as_json:
        return [
            json.dumps(
                {"name": u.name, "role": u.role, "login": bool(u.password), "changed": u.changed,
                 "documents": u.documents},
                ensure_ascii=False,
            )
            for u in users
        ]  # fmt: skip
    rows = [("ROLE", "LOGIN", "PASSWORD SET", "DOCUMENTS", "NAME")]
    for user in users:
        only = "all" if user.documents is None else ",".join(user.documents)
        rows.append((user.role, "password" if user.password else "proxy", day_of(user.changed), only, user.name))
    return ["\t".join(row) for row in rows]
