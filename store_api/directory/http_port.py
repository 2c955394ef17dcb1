"""A carrier's systems over HTTP: one request after the other, within a time that is certain.

What it is for: the resources of tmf.py. Every request only reads, so one that broke off is sent once more
while there is time. No redirect is followed; an answer that is too large, not whole or no JSON is no
answer.
What it must not know: the database, Flask, what is done with an answer.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from store_api.directory import tmf
from store_api.directory.ports import AccountTold, CustomerTold, DirectoryFailed, LineTold, PersonTold

LARGEST_ANSWER = 256 * 1024
AGAIN_AFTER = 0.1
"""Seconds before a request is sent a second time."""
LEAST_TIME = 0.05
PASSING = frozenset({502, 503, 504})
"""Answers of something in between: the same request may be answered a moment later."""
PATHS = {
    "lines": "/productInventory/v4/product",
    "accounts": "/accountManagement/v4/billingAccount",
    "people": "/party/v4/individual",
    "customers": "/customerManagement/v4/customer",
}


class HttpDirectory:
    """The port over HTTP; `token` goes as a bearer token."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        self._is_secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._base = parts.path.rstrip("/")
        self._token = token

    def find_line(self, number: str, deadline: float) -> LineTold | None:
        """The line of a number. It goes in the body: an address stands in logs that are not ours."""
        path = f"{PATHS['lines']}/search"
        found = self._ask("POST", path, {"productSerialNumber": number}, deadline)
        if not isinstance(found, list) or len(found) > 1:
            raise DirectoryFailed(tmf.MALFORMED)
        return self._counted(tmf.read_line(found[0]), deadline) if found else None

    def read_line(self, line_id: str, deadline: float) -> LineTold | None:
        """A line by its identifier; None where it is there no more."""
        try:
            return self._counted(tmf.read_line(self._get("lines", line_id, deadline)), deadline)
        except DirectoryFailed as failed:
            if failed.fault == "status_404":
                return None
            raise

    def read_account(self, account_id: str, deadline: float) -> AccountTold:
        """An account."""
        return tmf.read_account(self._get("accounts", account_id, deadline))

    def read_person(self, person_id: str, deadline: float) -> PersonTold:
        """A person."""
        return tmf.read_person(self._get("people", person_id, deadline))

    def read_customer(self, customer_id: str, deadline: float) -> CustomerTold:
        """The customer of an account."""
        return tmf.read_customer(self._get("customers", customer_id, deadline))

    def _counted(self, line: LineTold, deadline: float) -> LineTold:
        """The line with the number of lines of its account."""
        path = f"{PATHS['lines']}?billingAccount.id={quote(line.account_id, safe='')}&fields=id"
        lines = self._ask("GET", path, None, deadline)
        if not isinstance(lines, list):
            raise DirectoryFailed(tmf.MALFORMED)
        return replace(line, account_lines=len(lines))

    def _get(self, source: str, name: str, deadline: float) -> Any:
        return self._ask("GET", f"{PATHS[source]}/{quote(name, safe='')}", None, deadline)

    def _ask(self, method: str, path: str, body: Any, deadline: float) -> Any:
        """The answer's JSON, asked a second time where the first broke off. Raises DirectoryFailed."""
        try:
            return self._ask_once(method, path, body, deadline)
        except DirectoryFailed as failed:
            is_passing = failed.fault in ("refused", "broken_off") or failed.fault[7:] in map(str, PASSING)
            if not is_passing or time.monotonic() + AGAIN_AFTER + LEAST_TIME > deadline:
                raise
        time.sleep(AGAIN_AFTER)
        return self._ask_once(method, path, body, deadline)

    def _ask_once(self, method: str, path: str, body: Any, deadline: float) -> Any:
        left = deadline - time.monotonic()
        if left < LEAST_TIME:
            raise DirectoryFailed("timed_out")
        connection, over = self._connection(left), threading.Event()
        timer = threading.Timer(left, over.set)
        try:
            connection.connect()
            # The socket itself: the connection lets go of it once an answer has begun.
            timer = threading.Timer(left, _cut_off, (connection.sock, over))
            timer.daemon = True
            timer.start()
            content = None if body is None else json.dumps(body).encode()
            connection.request(method, self._base + path, content, self._headers(body is not None))
            with contextlib.closing(connection.getresponse()) as response:
                return _read(response)
        except DirectoryFailed as failed:
            raise DirectoryFailed("timed_out" if over.is_set() else failed.fault) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DirectoryFailed(_fault_of(error, over.is_set())) from None
        finally:
            timer.cancel()
            connection.close()

    def _headers(self, has_body: bool) -> dict[str, str]:
        headers = {"Accept": "application/json", "Connection": "close"}
        if has_body:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        if self._is_secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=seconds, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=seconds)


def _read(response: http.client.HTTPResponse) -> Any:
    if response.status != 200:
        raise DirectoryFailed(f"status_{response.status}")
    body = response.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise DirectoryFailed("too_large")
    if response.length:
        raise DirectoryFailed("broken_off")
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise DirectoryFailed(tmf.MALFORMED) from None


def _refuse(_name: str) -> None:
    raise ValueError("not a number")


def _cut_off(connected: socket.socket, over: threading.Event) -> None:
    """The time is over, whatever the other side does: hang, drip, or nothing."""
    over.set()
    with contextlib.suppress(OSError):
        # Past the encrypted socket's own method, which would first drop what its reader is using.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _fault_of(error: Exception, is_over: bool) -> str:
    if is_over or isinstance(error, TimeoutError):
        return "timed_out"
    if isinstance(error, ssl.SSLError):
        return "not_trusted"
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return "refused"
    return "broken_off"
