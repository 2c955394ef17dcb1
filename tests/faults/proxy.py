"""A line between the faces and the service on which requests and answers go astray.

What it is for: a real server in between that loses a request, loses a reply, sends a request twice, lets a
later one pass before it, or keeps it back for a long time while its sender has given up. What was kept back
arrives in the end: that is what makes it dangerous.
What it must not know: what is in a request.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

FAULTS = ("lost request", "lost reply", "duplicate", "reorder", "stall")
HOP_BY_HOP = frozenset({"connection", "host", "content-length", "transfer-encoding", "date", "server"})


@dataclass
class Line:
    """What happens on the line, and what happened so far.

    Of a hundred writes `percent` meet a fault, each kind as often; a stall lasts `stall_seconds`.
    """

    target: str
    percent: int
    stall_seconds: float
    seed: int = 1
    met: Counter[str] = field(default_factory=Counter)
    is_healed: bool = False

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - chooses faults
        self._guard = threading.Lock()
        self._passed = threading.Condition()
        self._number = 0
        self._late: list[threading.Thread] = []
        self._http = httpx.Client(timeout=60, limits=httpx.Limits(max_connections=128))

    def choose(self, method: str) -> str:
        """The fault that a request meets, or "none"."""
        with self._guard:
            is_met = method != "GET" and not self.is_healed and self._chance.randrange(100) < self.percent
            fault = self._chance.choice(FAULTS) if is_met else "none"
            self.met[fault] += 1
            return fault

    def forward(self, request: httpx.Request) -> httpx.Response:
        """Send a request on; whoever waits to be overtaken may go after it."""
        try:
            return self._http.send(request)
        finally:
            with self._passed:
                self._number += 1
                self._passed.notify_all()

    def forward_late(self, request: httpx.Request, fault: str) -> threading.Thread:
        """Send it on after two later ones have passed, or after the stall; its answer goes nowhere."""

        def deliver() -> None:
            if fault == "stall":
                time.sleep(self.stall_seconds)
            else:
                with self._passed:
                    number = self._number
                    self._passed.wait_for(lambda: self._number >= number + 2, self.stall_seconds)
            self.forward(request)

        thread = threading.Thread(target=deliver)
        thread.start()
        with self._guard:
            self._late.append(thread)
        return thread

    def wait_for_the_late(self) -> None:
        """Until everything that was kept back has arrived."""
        for thread in self._late:
            thread.join(self.stall_seconds + 60)
        self._http.close()


class Handler(BaseHTTPRequestHandler):
    """One connection on the line."""

    line: Line
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        self._pass_on()

    do_POST = do_PUT = do_DELETE = do_GET

    def _pass_on(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        request = httpx.Request(self.command, self.line.target + self.path, headers=headers, content=body)
        fault = self.line.choose(self.command)
        if fault in ("stall", "reorder"):
            late = self.line.forward_late(request, fault)
            if fault == "stall":
                late.join()  # its sender has given up by its own time-out
        elif fault != "lost request":
            answer = self.line.forward(request)
            if fault == "duplicate":
                answer = self.line.forward(request)
            if fault != "lost reply":
                self._give_back(answer)
                return
        self.close_connection = True  # the sender sees its connection break

    def _give_back(self, answer: httpx.Response) -> None:
        self.send_response_only(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.end_headers()
            self.wfile.write(answer.content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def faulty_line(line: Line) -> Iterator[str]:
    """The address of the proxy, while it runs."""
    handler = type("HandlerOfThisLine", (Handler,), {"line": line})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        line.is_healed = True
        line.wait_for_the_late()
        server.shutdown()
        thread.join()
        server.server_close()
