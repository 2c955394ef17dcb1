"""Clients of the redeem bench: threads of a process of their own, on plain sockets that are kept open.

Run as `python -m tests.bench.redeem.load`; the job comes as JSON on the standard input, the figures go to
the standard output. The requests are whole before the clock starts.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figures:
    """What a run of requests took: its seconds from first to last, and each request's seconds."""

    seconds: float
    each: list[float]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.each) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the requests was answered."""
        ordered = sorted(self.each)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def request_text(method: str, path: str, headers: dict[str, str], body: Any = None) -> str:
    """A request as it goes over the wire."""
    content = "" if body is None else json.dumps(body)
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content.encode())}"]
    return "\r\n".join(lines) + "\r\n\r\n" + content


def measure(port: int, requests: list[str], clients: int, must_begin: str) -> Figures:
    """Send the requests over so many connections. Raises where an answer does not begin as it must."""
    job = json.dumps({"port": port, "requests": requests, "clients": clients, "begin": must_begin})
    command = [sys.executable, "-m", "tests.bench.redeem.load"]
    answer = subprocess.run(command, input=job, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    figures = json.loads(answer.stdout)
    return Figures(figures["seconds"], figures["each"])


class Client(threading.Thread):
    """One connection that asks one request after the other."""

    def __init__(self, port: int, requests: list[bytes], begin: bytes, start: threading.Barrier) -> None:
        super().__init__()
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests, self._begin, self._start = requests, begin, start
        self.each: list[float] = []
        self.ended = 0.0
        self.fault: str | None = None

    def run(self) -> None:
        """Ask everything; the first wrong answer ends it."""
        self._start.wait()
        for request in self._requests:
            asked = time.perf_counter()
            self._socket.sendall(request)
            head, body = self._read()
            self.each.append(time.perf_counter() - asked)
            if not head.startswith(b"HTTP/1.1 2") or not body.startswith(self._begin):
                self.fault = (head + body)[:600].decode(errors="replace")
                break
        self.ended = time.perf_counter()
        self._socket.close()

    def _read(self) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, body = received.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._receive()
        return head, body

    def _receive(self) -> bytes:
        part = self._socket.recv(262_144)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part


def main() -> None:
    """Run the job from the standard input."""
    job = json.load(sys.stdin)
    count = job["clients"]
    requests = [text.encode() for text in job["requests"]]
    start = threading.Barrier(count + 1)
    clients = [Client(job["port"], requests[n::count], job["begin"].encode(), start) for n in range(count)]
    for client in clients:
        client.start()
    start.wait()
    began = time.perf_counter()
    for client in clients:
        client.join()
    faults = [client.fault for client in clients if client.fault is not None]
    if faults or sum(len(client.each) for client in clients) != len(requests):
        sys.exit(faults[0] if faults else "a connection broke")
    each = [seconds for client in clients for seconds in client.each]
    print(json.dumps({"seconds": max(client.ended for client in clients) - began, "each": each}))


if __name__ == "__main__":
    main()
