"""`python -m qa keys`: makes, lists and revokes the keys of programs.

Knows the register and the command line; a running server sees what is done here at its next request.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from index.errors import UserError
from qa.access.guard import new_key
from qa.access.identity import ROLES
from qa.access.rules import AREAS
from qa.access.store import DEFAULT, Key, Register, change, read

# Names stand in logs and in tables: one line, nothing that a terminal or a log takes for something else.
_NAME = re.compile(r"[^\W_][\w.@ -]{0,63}")


def named(name: str) -> str:
    """The name, if it is one. UserError otherwise."""
    if not _NAME.fullmatch(name):
        raise UserError(f"the name {name[:80]!r}", "1 to 64 letters, figures, spaces or . - _ @", "Choose another.")
    return name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    commands = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    add = commands.add_parser("add", help="make a key and print it, once")
    add.add_argument("name", metavar="NAME", help="the program it is for")
    add.add_argument("--role", choices=ROLES, default="reader")
    add.add_argument("--document", action="append", metavar="ID", help="may see this document only; repeat for several")
    add.add_argument("--area", action="append", choices=AREAS, default=[], help="opens this part only; repeat")
    add.add_argument("--rate", type=float, metavar="N", help="requests a minute, instead of the server's limit")
    add.add_argument("--expires", metavar="DATE", help="the last day it is valid, such as 2027-12-31")
    shown = commands.add_parser("list", help="the keys, without what opens anything")
    shown.add_argument("--json", action="store_true")
    revoke = commands.add_parser("revoke", help="make a key open nothing, for good")
    revoke.add_argument("key", metavar="ID", help="as `keys list` shows it")
    for command in (add, shown, revoke):
        command.add_argument("--access-file", type=Path, default=DEFAULT, metavar="FILE")


def main(options: argparse.Namespace) -> int:
    """0 when done. UserError for a name, date or id that is none."""
    if options.action == "add":
        print(_add(options))
    elif options.action == "revoke":
        _revoke(options.access_file, options.key)
    else:
        for line in _lines(read(options.access_file).keys, options.json):
            print(line)
    return 0


def _add(options: argparse.Namespace) -> str:
    identifier, secret, digest = new_key()
    if options.rate is not None and not 0 < options.rate < 1e9:
        raise UserError(f"--rate {options.rate:g}", "more than 0 requests a minute", "Leave it out for the server's.")
    key = Key(
        identifier,
        named(options.name),
        options.role,
        digest,
        time.time(),
        _end_of(options.expires),
        rate=options.rate,
        areas=tuple(options.area),
        documents=tuple(options.document) if options.document else None,
    )
    change(options.access_file, lambda register: replace(register, keys=(*register.keys, key)))
    return secret


def _end_of(day: str | None) -> float:
    """The first second after `day`, local time; 0.0 for no day."""
    if day is None:
        return 0.0
    try:
        last = date.fromisoformat(day)
        end = time.mktime((last.year, last.month, last.day + 1, 0, 0, 0, 0, 0, -1))
    except (ValueError, OverflowError) as error:
        raise UserError(f"--expires {day!r}", "a day such as 2027-12-31", "Or leave it out.") from error
    if end <= time.time():
        raise UserError(f"--expires {day}", "a day that is not over", "Choose a later one.")
    return end


def _revoke(path: Path, identifier: str) -> None:
    def edit(register: Register) -> Register:
        if register.key(identifier) is None:
            raise UserError(f"no key {identifier!r}", "an id of the list", "See: python -m qa keys list")
        now = time.time()
        return replace(
            register,
            keys=tuple(
                replace(key, revoked=now) if key.id == identifier and not key.revoked else key for key in register.keys
            ),
        )

    change(path, edit)


def _lines(keys: tuple[Key, ...], as_json: bool) -> list[str]:
    if as_json:
        return [json.dumps({k: v for k, v in asdict(key).items() if k != "digest"}, ensure_ascii=False) for key in keys]
    now = time.time()
    rows = [("ID", "ROLE", "STATE", "MADE", "UNTIL", "LIMITS", "NAME")]
    rows += [
        (
            key.id,
            key.role,
            "live" if key.live(now) else "revoked" if key.revoked else "expired",
            day_of(key.created),
            day_of(key.expires - 1) if key.expires else "-",
            _limits(key),
            key.name,
        )
        for key in keys
    ]
    return ["\t".join(row) for row in rows]


def _limits(key: Key) -> str:
    told = [",".join(key.areas)] if key.areas else []
    told += [f"{key.rate:g}/min"] if key.rate is not None else []
    told += [f"documents:{','.join(key.documents)}"] if key.documents is not None else []
    return " ".join(told) or "-"


def day_of(seconds: float) -> str:
    """The local date of seconds since 1970; "-" for 0."""
    return date.fromtimestamp(seconds).isoformat() if seconds else "-"
