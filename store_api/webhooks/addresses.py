"""Which addresses a webhook may go to: not into the machine, not into the network behind it.

What it is for: a name is looked up once, and the request goes to the very address that was looked at; a name
that answers differently the second time gains nothing.
What it must not know: the database, what is sent.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Addresses that carry an IPv4 address in their last four bytes (RFC 6052)."""


class BadAddress(Exception):
    """The address may not be used; `fault` says why."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Target:
    """Where a request goes: the scheme, the name and port that it is for, its path and query."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header: the port is there where it is not the scheme's own."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.is_secure else 80) else f"{name}:{self.port}"


def read_target(url: str, allow_private: bool) -> Target:
    """Read an address. Raises BadAddress for one that is none, or that is not https where it has to be.

    Without encryption only the machine itself is reached, and only where private addresses are allowed.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress("address.malformed") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise BadAddress("address.malformed")
    is_secure = parts.scheme == "https"
    if not is_secure and not (allow_private and _is_loopback(parts.hostname)):
        raise BadAddress("address.not_https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_secure, parts.hostname, port or (443 if is_secure else 80), path)


def choose_address(target: Target, allow_private: bool, resolve: Resolve | None = None) -> str:
    """The address to connect to, of those that the name stands for. Raises BadAddress."""
    try:
        found = (resolve or look_up)(target.host, target.port)
    except (OSError, UnicodeError):
        raise BadAddress("address.unknown_name") from None
    for written in found:
        if allow_private or is_public(ipaddress.ip_address(written.partition("%")[0])):
            return written
    raise BadAddress("address.private" if found else "address.unknown_name")


def look_up(host: str, port: int) -> Sequence[str]:
    """What the name stands for, in the resolver's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def is_public(address: Address) -> bool:
    """Whether an address is on the open internet, also where it carries an IPv4 address in it."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
