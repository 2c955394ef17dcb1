"""A subscriber's server on this machine, that answers, fails, hangs or drips as a test tells it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Got:
    """One request as it came, and when it came and was answered."""

    headers: dict[str, str]
    body: bytes
    began: float
    ended: float = 0.0

    def is_signed_with(self, secret: str) -> bool:
        """Check the signature as a subscriber would: only from what is in the request, and the secret."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        given = self.headers["webhook-signature"].split(" ")
        return any(hmac.compare_digest(each, f"v1,{expected}") for each in given)


Behave = Callable[[BaseHTTPRequestHandler, int], None]


def answer(status: int, body: bytes = b"", **headers: str) -> Behave:
    """Answer with a status."""

    def behave(handler: BaseHTTPRequestHandler, _number: int) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def hang(handler: BaseHTTPRequestHandler, _number: int) -> None:
    """Say nothing for longer than anybody waits."""
    time.sleep(3)


def drip(handler: BaseHTTPRequestHandler, _number: int) -> None:
    """Send a byte of the answer now and then: every read succeeds, the whole never does."""
    for byte in b"HTTP/1.1 200 OK\r\n" * 4:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.1)


def slowly(seconds: float) -> Behave:
    """Take it, after a while."""

    def behave(handler: BaseHTTPRequestHandler, number: int) -> None:
        time.sleep(seconds)
        answer(200)(handler, number)

    return behave


@dataclass
class Receiver:
    """A server; `behave` may be changed while it runs."""

    url: str
    behave: Behave = field(default_factory=lambda: answer(204))
    got: list[Got] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A server on a free port of this machine."""
    guard = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got = Got({name.lower(): value for name, value in self.headers.items()}, body, time.monotonic())
            with guard:
                receiver.got.append(got)
                number = len(receiver.got)
            with suppress(OSError):
                receiver.behave(self, number)
            got.ended = time.monotonic()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hooks?of=store")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()
