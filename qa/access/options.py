"""The server's options about access, and what they ask for before the server may listen.

Knows the command line and the register; it must not know requests.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path
from typing import Any

from index.errors import UserError
from qa.access import store
from qa.access.addresses import Peers, is_loopback, parse_networks, portal_origin
from qa.access.bodies import Sizes
from qa.access.guard import Guard, Settings
from qa.access.identity import ROLES
from qa.access.journal import start_lines
from qa.access.store import Register, Watched

# A body is held in memory, an upload several times over while it is read; a file of more is not read anyway.
_MOST = {"max_body": 16_000_000, "max_batch": 256_000_000, "max_upload": 100_000_000}
_SIZES = Sizes()
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of access, limits and logs, in groups of their own."""
    who = parser.add_argument_group("who may (asked on every address but this machine's own)")
    who.add_argument("--guarded", action="store_true", help="ask for a key or a login on this machine's address too")
    who.add_argument("--access-file", type=Path, metavar="FILE", help="keys, users, roles (default: DATA/access.json)")
    who.add_argument(
        "--trusted-proxy", action="append", default=[], metavar="ADDRESS",
        help="address or CIDR block of a proxy whose word on the user is taken; may be given again",
    )  # fmt: skip
    who.add_argument("--user-header", default="X-Forwarded-User", metavar="NAME", help="where it names the user")
    who.add_argument(
        "--proxy-role", choices=(*ROLES, "none"), default="reader",
        help="role of users whom only the proxy knows; none turns them away",
    )  # fmt: skip
    who.add_argument("--session-hours", type=float, default=12.0, metavar="H", help="how long a login lasts")
    limits = parser.add_argument_group("limits")
    limits.add_argument("--rate", type=float, metavar="N", help="requests a minute of one caller; 0 for no limit")
    limits.add_argument("--places", type=int, default=4, metavar="N", help="questions answered at once; 0 for no limit")
    limits.add_argument("--queue", type=int, default=16, metavar="N", help="questions that may wait for a place")
    limits.add_argument("--patience", type=float, default=10.0, metavar="S", help="seconds that they wait")
    limits.add_argument("--max-body", type=int, default=_SIZES.body, metavar="BYTES", help="of a question")
    limits.add_argument("--max-batch", type=int, default=_SIZES.batch, metavar="BYTES", help="of a batch of questions")
    limits.add_argument("--max-upload", type=int, default=_SIZES.upload, metavar="BYTES", help="of an uploaded file")
    limits.add_argument(
        "--body-seconds", type=float, default=_SIZES.seconds, metavar="S", help="within which a body must come"
    )
    logs = parser.add_argument_group("logs")
    logs.add_argument(
        "--log-requests", action=argparse.BooleanOptionalAction, default=None,
        help="a line of JSON on standard error for each request (default: on every address but this machine's own)",
    )  # fmt: skip
    logs.add_argument("--log-questions", action="store_true", help="with the question's text")


def guard_for(options: argparse.Namespace, host: str) -> Guard:
    """The guard of a server that listens on `host`.

    UserError where others can reach the address and there is no key, user or trusted proxy to tell them apart, and
    for options that cannot be meant.
    """
    _check(options)
    outside = not is_loopback(host)
    peers = Peers(parse_networks(options.trusted_proxy))
    required = outside or options.guarded or bool(peers.proxies)
    watched = Watched(options.access_file or getattr(options, "data", store.DEFAULT.parent) / store.NAME)
    if required and not peers.proxies and not _someone(watched.now()):
        raise UserError(
            f"{host} {'can be reached from other machines' if outside else 'is guarded'} and nobody has a key or login",
            "API keys, named users or a trusted proxy",
            "Make one: python -m qa keys add NAME, or python -m qa users add NAME, or name the proxy that signs users "
            "in: --trusted-proxy ADDRESS; or listen on 127.0.0.1 alone.",
        )
    lines = outside if options.log_requests is None else options.log_requests
    settings = Settings(
        required=required,
        peers=peers,
        user_header=options.user_header.lower(),
        proxy_role="" if options.proxy_role == "none" else options.proxy_role,
        portals=tuple(portal_origin(name) for name in getattr(options, "portal", None) or ()),
        session_seconds=3600 * options.session_hours,
        rate=options.rate if options.rate is not None else 240.0 if required else 0.0,
        places=options.places,
        queue=options.queue,
        patience=options.patience,
        sizes=Sizes(
            body=options.max_body,
            batch=options.max_batch,
            upload=options.max_upload,
            page=8 * options.max_body,
            seconds=options.body_seconds,
        ),
        log_requests=lines,
        log_questions=options.log_questions,
    )
    if lines:
        start_lines()
    return Guard(watched, settings)


def server_settings(guard: Guard) -> dict[str, Any]:
    """What the HTTP server has to be told so that the guard sees who really connects, and slow ones do not stay."""
    from qa.access.protocol import Patient

    told: dict[str, Any] = {"http": Patient, "ws": "none", "proxy_headers": False, "access_log": False}
    return {**told, "log_config": None} if guard.settings.log_requests else told


def _someone(register: Register) -> bool:
    return any(key.live(time.time()) for key in register.keys) or any(user.password for user in register.users)


def _check(options: argparse.Namespace) -> None:
    low = {
        "session_hours": 0.01,
        "patience": 0.0,
        "max_body": 1000,
        "max_batch": 1000,
        "max_upload": 1000,
        "body_seconds": 0.1,
    }
    low |= {"rate": 0.0, "places": 0, "queue": 0}
    for name, least in low.items():
        value, most = getattr(options, name), _MOST.get(name, 10**9)
        if value is not None and not least <= value <= most:
            option = f"--{name.replace('_', '-')}"
            raise UserError(f"{option} {value}", f"{least} to {most}", f"Leave {option} out for its default.")
    if not _HEADER.fullmatch(options.user_header):
        raise UserError(f"--user-header {options.user_header!r}", "a header's name", "Such as X-Forwarded-User.")
