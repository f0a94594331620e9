"""A guarded server over the stand-in assistant, with keys and users of every role, for the tests of access."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from serving import serving
from stand_in import StandIn, document

from qa.access import Guard, server_settings
from qa.access.addresses import Peers, parse_networks
from qa.access.guard import Settings, new_key
from qa.access.passwords import hashed
from qa.access.store import Key, Register, User, Watched, change
from qa.service import create_app
from qa.site import Site

PASSWORD = "湖光山色-2024"
HASH = hashed(PASSWORD)

KEYS: dict[str, dict[str, Any]] = {
    "reader": {"role": "reader"},
    "keeper": {"role": "keeper"},
    "admin": {"role": "admin"},
    "one": {"role": "reader", "documents": ("sanmen-2023",)},
    "none": {"role": "reader", "documents": ()},
    "part-keeper": {"role": "keeper", "documents": ("sanmen-2023",)},
    "openai": {"role": "reader", "areas": ("openai",)},
    "slow": {"role": "reader", "rate": 1.0},
    "expired": {"role": "admin", "expires": 2.0},
    "revoked": {"role": "admin", "revoked": 2.0},
}


@dataclass(frozen=True)
class Guarded:
    """The server's address, its guard and register, and the keys by name."""

    address: str
    guard: Guard
    register: Path
    keys: dict[str, str]

    def bearer(self, name: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.keys[name]}"}


def registered(path: Path) -> dict[str, str]:
    """Writes the keys and users; the keys by name."""
    keys, made = [], {}
    for name, told in KEYS.items():
        identifier, made[name], digest = new_key()
        keys.append(Key(identifier, name, digest=digest, created=1.0, **told))
    users = (
        User("张三", "reader", HASH, time.time() - 1),
        User("李四", "keeper", HASH, time.time() - 1),
        User("只由代理", "keeper"),
        User("一份", "reader", HASH, time.time() - 1, ("sanmen-2023",)),
    )
    change(path, lambda before: replace(before, keys=tuple(keys), users=users))
    return made


def two_reports() -> StandIn:
    other = "某县政府工作报告\n一、2023年工作回顾\n全县茶叶产量达到4321吨,增长7%。\n"
    return StandIn(document(), document("某县", other, "某县政府工作报告"))


@contextmanager
def guarded(folder: Path, proxies: tuple[str, ...] = (), **settings: Any) -> Iterator[Guarded]:
    """The server, on a free port of this machine, as ui.py would run it on an address of the network."""
    register = folder / "access.json"
    keys = registered(register)
    told = {"required": True, "peers": Peers(parse_networks(proxies)), **settings}
    guard = Guard(Watched(register), Settings(**told))
    site = Site.of(two_reports(), guard=guard)  # type: ignore[arg-type]
    with serving(create_app(site), **server_settings(guard)) as address:
        yield Guarded(address, guard, register, keys)


def client(server: Guarded, source: str = "127.0.0.1", **more: object) -> httpx.Client:
    """A client that connects from `source`, another address of this machine."""
    transport = httpx.HTTPTransport(local_address=source)
    return httpx.Client(base_url=server.address, transport=transport, timeout=20, **more)  # type: ignore[arg-type]


def login(one: httpx.Client, name: str = "张三", password: str = PASSWORD, next: str = "/") -> httpx.Response:
    return one.post("/login", data={"name": name, "password": password, "next": next})


def code(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


def emptied(path: Path) -> None:
    """Takes everyone out of the register."""
    change(path, lambda before: Register(before.secret))
