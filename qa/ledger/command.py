"""`python -m qa audit`: export or rotate the audit, set what is kept, copy the ledger. The only place here that prints.

Knows Ledger's parts by name and no table.
"""

from __future__ import annotations

import argparse
import io
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from index.errors import UserError
from qa.ledger.book import Ledger, open_ledger
from qa.ledger.records import Policy, Unwritten

DEFAULT = Path("data/wenbao.sqlite")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The subcommands."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, line in (
        ("export", _export, "the audit as JSON Lines, oldest first"),
        ("rotate", _rotate, "remove now what the policy keeps no longer"),
        ("policy", _policy, "show, and with options change, what is kept and for how long"),
        ("copy", _copy, "a whole copy of the ledger while the server runs"),
    ):
        command = commands.add_parser(name, help=line, description=line)
        command.set_defaults(run=run)
        command.add_argument("--ledger", type=Path, default=DEFAULT, metavar="FILE", help=f"({DEFAULT})")
        if name == "export":
            command.add_argument("--out", type=Path, metavar="FILE", help="a new file (default: standard output)")
            command.add_argument("--since", default="", metavar="TIME", help="from this UTC time on: 2026-05-01")
            command.add_argument("--until", default="", metavar="TIME", help="before this UTC time")
            command.add_argument("--feedback", action="store_true", help="the readers' feedback instead")
        if name == "copy":
            command.add_argument("out", type=Path, metavar="FILE", help="a file that does not exist yet")
        if name == "policy":
            _policy_arguments(command)


def _policy_arguments(command: argparse.ArgumentParser) -> None:
    texts = command.add_mutually_exclusive_group()
    texts.add_argument("--digest", action="store_true", help="keep a keyed digest of each question and no texts")
    texts.add_argument("--texts", action="store_true", help="keep questions and answers (the default)")
    command.add_argument("--days", type=int, metavar="N", help="remove audit rows older than N days (0: never)")
    command.add_argument("--rows", type=int, metavar="N", help="keep the newest N audit rows (0: all)")
    command.add_argument("--conversation-days", type=int, metavar="N", help="remove conversations N days after")
    command.add_argument("--archive", metavar="DIR", help='append rows to files in DIR before removal ("": do not)')


def main(options: argparse.Namespace) -> int:
    """Runs the subcommand. UserError where there is no ledger or it cannot be written."""
    if not options.ledger.is_file():
        raise UserError(f"no ledger at {options.ledger}", "the server's data folder's file", "Name it with --ledger.")
    ledger = open_ledger(options.ledger)
    try:
        return int(options.run(ledger, options))
    except BrokenPipeError:  # the reader of our output has seen enough: no fault of the ledger's
        raise
    except (Unwritten, OSError, sqlite3.Error) as error:
        raise UserError(f"not done: {error}", "space and rights to write", "Check the disk, then try again.") from error
    finally:
        ledger.close()


def _export(ledger: Ledger, options: argparse.Namespace) -> int:
    if options.out is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        count = _write(ledger, options, sys.stdout)
        sys.stdout.flush()
    else:
        with open(options.out, "x", encoding="utf-8") as out:
            count = _write(ledger, options, out)
    print(f"{count} rows", file=sys.stderr)
    return 0


def _write(ledger: Ledger, options: argparse.Namespace, out: TextIO) -> int:
    part = ledger.feedback if options.feedback else ledger.audit
    return part.export(out, options.since, options.until)


def _rotate(ledger: Ledger, options: argparse.Namespace) -> int:
    print(f"{ledger.audit.rotate()} rows removed")
    return 0


def _policy(ledger: Ledger, options: argparse.Namespace) -> int:
    named = {"days": options.days, "rows": options.rows, "conversation_days": options.conversation_days}
    changes: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if options.archive is not None:
        changes["archive"] = str(Path(options.archive).absolute()) if options.archive else ""
    if options.digest or options.texts:
        changes["texts"] = options.texts
    policy = replace(ledger.policy, **changes)
    if changes:
        ledger.set_policy(policy)
    print("\n".join(_lines(policy)))
    return 0


def _lines(policy: Policy) -> list[str]:
    return [
        f"texts: {'kept' if policy.texts else 'not kept, only a keyed digest of each question; no conversations'}",
        f"audit rows: {_limit(policy.rows, 'the newest {}')}, {_limit(policy.days, '{} days long')}",
        f"conversations: {_limit(policy.conversation_days, '{} days after their last turn')}",
        f"archive: {policy.archive or 'none'}",
    ]


def _limit(value: int, words: str) -> str:
    return words.format(value) if value else "no limit"


def _copy(ledger: Ledger, options: argparse.Namespace) -> int:
    ledger.copy_to(options.out)
    print(options.out)
    return 0
