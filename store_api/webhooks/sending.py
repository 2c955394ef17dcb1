"""Sending one request to a subscriber, within a time that is certain.

What it is for: POST to the one address that was looked at, no redirect followed, no proxy asked, the answer's
first bytes kept. Whatever the other side does (hangs, drips, closes), it is over after the time-out.
What it must not know: the database, deliveries, secrets.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from store_api.webhooks.addresses import BadAddress, Resolve, Target, choose_address, read_target

ANSWER_BYTES = 256
"""How much of an answer is kept, and read."""
USER_AGENT = "Sameterms-Webhooks/1"


@dataclass(frozen=True)
class Limits:
    """Seconds for a whole try, and whether private addresses may be reached."""

    seconds: float
    allow_private: bool


@dataclass(frozen=True)
class Sent:
    """What came of a try: a status, or the fault that left it without one.

    `retry_after` is what the answer asks for, in seconds.
    """

    status: int | None
    fault: str | None
    milliseconds: int
    answer: str = ""
    retry_after: int | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the subscriber has taken it: any status of the 200s."""
        return self.status is not None and 200 <= self.status < 300


Send = Callable[[str, Mapping[str, str], bytes], Sent]
"""Sends a body with headers to an address: (url, headers, body)."""


def make_sender(limits: Limits, resolve: Resolve | None = None) -> Send:
    """A function that sends within these limits; it raises nothing."""

    def send(url: str, headers: Mapping[str, str], body: bytes) -> Sent:
        begun = time.monotonic()
        try:
            status, answer, wait = _post(url, headers, body, limits, resolve)
        except (BadAddress, OSError, http.client.HTTPException, ValueError) as error:
            fault = _fault_of(error, time.monotonic() - begun >= limits.seconds)
            return Sent(None, fault, _since(begun))
        return Sent(status, None, _since(begun), answer, wait)

    return send


def _post(
    url: str, headers: Mapping[str, str], body: bytes, limits: Limits, resolve: Resolve | None
) -> tuple[int, str, int | None]:
    target = read_target(url, limits.allow_private)
    address = choose_address(target, limits.allow_private, resolve)
    with _connected(target, address, limits.seconds) as connection:
        own = {"Host": target.authority, "Content-Type": "application/json", "User-Agent": USER_AGENT}
        connection.request("POST", target.path, body, {**own, "Connection": "close", **headers})
        response = connection.getresponse()
        first = b""
        with contextlib.suppress(OSError, http.client.HTTPException):
            first = response.read(ANSWER_BYTES)
        return response.status, _printable(first), _seconds(response.getheader("Retry-After"))


@contextmanager
def _connected(target: Target, address: str, seconds: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to exactly that address, cut off when the time is over."""
    raw = socket.create_connection((address, target.port), timeout=seconds)
    timer = threading.Timer(seconds, _cut_off, (raw,))
    timer.daemon = True
    timer.start()
    connection = http.client.HTTPConnection(target.host, target.port, timeout=seconds)
    try:
        connection.sock = raw
        if target.is_secure:
            context = ssl.create_default_context()
            secured = context.wrap_socket(raw, server_hostname=target.host, do_handshake_on_connect=False)
            timer.args = (secured,)
            connection.sock = secured
            secured.do_handshake()
        yield connection
    finally:
        timer.cancel()
        connection.close()
        raw.close()


def _cut_off(connected: socket.socket) -> None:
    # Past the encrypted socket's own method, which would first drop what its reader is using.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _fault_of(error: Exception, is_over: bool) -> str:
    """Why there was no answer, as a stable code."""
    if isinstance(error, BadAddress):
        return error.fault
    if is_over or isinstance(error, TimeoutError):
        return "timed_out"
    if isinstance(error, ssl.SSLError):
        return "not_trusted"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "broken_off"


def _printable(first: bytes) -> str:
    return "".join(
        letter if letter.isprintable() else " " for letter in first.decode("utf-8", "replace")
    ).strip()


def _seconds(written: str | None) -> int | None:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 7 else None


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
