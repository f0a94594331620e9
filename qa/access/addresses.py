"""Whose request it is by address: the machine at the other end, or the one that a trusted proxy names.

Knows addresses and forwarding headers; it must not know users, keys or roles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from index.errors import UserError
from qa.access.asgi import Scope, header, headers, state

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_FORWARDING = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"forwarded", b"via")


def parse_address(text: str) -> Address | None:
    """The address; an IPv4 one that is written inside IPv6 becomes plain IPv4, so that both compare equal."""
    try:
        found = ip_address(text.strip().strip("[]").split("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def parse_networks(names: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and CIDR blocks; UserError for what is neither."""
    return tuple(_network(name.strip()) for names_ in names for name in names_.split(",") if name.strip())


def _network(name: str) -> Network:
    try:
        found = ip_network(name, strict=False)
    except ValueError as error:
        remedy = "Name the proxy as in --trusted-proxy 10.0.0.5 or --trusted-proxy 10.0.0.0/24."
        raise UserError(f"{name!r}", "an address or a CIDR block", remedy) from error
    if isinstance(found, IPv6Network) and found.network_address.ipv4_mapped and found.prefixlen >= 96:
        return IPv4Network((found.network_address.ipv4_mapped, found.prefixlen - 96))
    return found


def is_loopback(host: str) -> bool:
    """Whether a server that listens on `host` is reached from this machine alone."""
    found = parse_address(host)
    return host.strip().lower() == "localhost" or (found is not None and found.is_loopback)


@dataclass(frozen=True, slots=True)
class Peers:
    """Where requests come from. `proxies` are the networks whose word on the user is taken.

    Addresses and schemes that a program on this machine forwards are believed as well; a user's name is not.
    """

    proxies: Sequence[Network] = ()

    def trusts(self, address: Address | None) -> bool:
        """Whether a user's name from this machine is believed."""
        return address is not None and any(address in network for network in self.proxies)

    def settle(self, scope: Scope) -> None:
        """Writes the client's address and scheme, as far as they are believed, and the real peer, into `scope`."""
        told = scope.get("client")
        peer = parse_address(str(told[0])) if told else None
        state(scope)["peer"] = peer
        state(scope)["direct"] = peer is not None and peer.is_loopback and not _forwarded(scope)
        if not self._relays(peer):
            return
        origin = self._origin(scope)
        if origin is not None:
            scope["client"] = (str(origin), 0)
        proto = header(scope, b"x-forwarded-proto").split(",")[-1].strip().lower()
        if proto in ("http", "https"):
            scope["scheme"] = proto

    def _relays(self, address: Address | None) -> bool:
        return address is not None and (address.is_loopback or self.trusts(address))

    def _origin(self, scope: Scope) -> Address | None:
        """The last address in the chain that is not a proxy of ours: what stands before it, anyone may have written."""
        chain = [part for value in headers(scope, b"x-forwarded-for") for part in value.split(",")]
        for part in reversed(chain):
            found = parse_address(part)
            if found is None:
                return None
            if not self._relays(found):
                return found
        return None


def _forwarded(scope: Scope) -> bool:
    return any(key in _FORWARDING for key, _ in scope.get("headers", ()))


def portal_origin(text: str) -> str:
    """The origin of a portal as browsers write it, such as "https://portal.example:8443"; UserError for anything else.

    It goes into a header as it is, so nothing but a scheme, a host and a port is let through.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    plain = host.isascii() and not any(c in host for c in " ;,'\"*\\<>%")
    if parts.scheme not in ("http", "https") or not host or not plain or parts.username or parts.password:
        raise _no_origin(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise _no_origin(text)
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, usual) else "")


def _no_origin(text: str) -> UserError:
    return UserError(
        f"the portal {text[:80]!r}", "scheme and host such as https://portal.example", "Name it with --portal."
    )


def client_of(scope: Scope) -> str:
    """The client's address as settled; an IPv6 client is its /64, since one machine has all of it."""
    told = scope.get("client")
    found = parse_address(str(told[0])) if told else None
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, 64), strict=False))
    return str(found) if found else "unknown"


def local_name(scope: Scope) -> bool:
    """Whether the request names this machine as its own user does, such as localhost:7860."""
    name = header(scope, b"host").strip().lower()
    bare = name.split("]")[0].strip("[") if name.startswith("[") else name.split(":")[0]
    return is_loopback(bare)
