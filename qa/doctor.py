"""`python -m qa doctor`: every check of this machine and this installation, one line each.

Knows the checks by name and how their findings are shown; what they look at is theirs.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from qa import host, installed
from qa.finding import Finding, fail


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments: the places and the address that the server is to have."""
    parser.add_argument("--index", type=Path, default=Path("data/index"), metavar="DIR")
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR", help="the server's own files")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def examine(index: Path, data: Path, address: str, port: int) -> tuple[Finding, ...]:
    """All findings, in the order in which one would mend them. A check that breaks is a finding itself."""
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("python", host.interpreter),
        ("encoding", host.encoding),
        ("libraries", host.libraries),
        ("sqlite", host.sqlite),
        ("memory", host.memory),
        ("disk", lambda: host.room(data)),
        ("weights", installed.weights),
        ("index", lambda: installed.the_index(index)),
        ("record", lambda: installed.ledger(data)),
        ("access", lambda: installed.register(data)),
        ("address", lambda: host.address(address, port)),
        ("environment", host.settings),
        ("calls", lambda: installed.calls(index)),
        ("fonts", host.fonts),
    )
    return tuple(_run(name, check) for name, check in checks)


def _run(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:  # the doctor is asked where things are broken: the other lines are wanted all the same
        return fail(name, f"the check itself failed: {type(error).__name__}: {error}", "Report this line.")


def main(options: argparse.Namespace) -> int:
    """0 where nothing fails, else 1."""
    findings = examine(options.index, options.data, options.host, options.port)
    failed = any(finding.status == "fail" for finding in findings)
    if options.json:
        told = {"ok": not failed, "checks": [finding.to_json() for finding in findings]}
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            remedy = f" -> {finding.remedy}" if finding.remedy else ""
            print(f"{finding.status:<5}{finding.name}: {finding.found}{remedy}")
    return int(failed)
