"""A network printer that is not there: takes ESC/POS bytes on a port, answers for its status, and fails on
demand.

What it is for: tests, and a demonstration without a printer (`python3 -m hardware fake-printer`).
What it must not know: what a document says; it keeps the bytes that a real one would have printed.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from enum import StrEnum
from types import TracebackType

_QUESTION = re.compile(rb"\x10\x04([\x01-\x04])|\x1dr([\x01\x02\x31\x32])")


SLOW_SECONDS = 0.001
"""A slow printer takes 64 bytes in this time."""


class Fault(StrEnum):
    """What the fake does instead of printing. Those with AFTER take `after` bytes of the document first."""

    NONE = "none"
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    ERROR = "error"
    CUTTER = "cutter"
    SLOW = "slow"
    PAPER_OUT_AFTER = "paper_out_after"
    CABLE_PULLED_AFTER = "cable_pulled_after"
    HANGS_UP = "hangs_up"
    SILENT = "silent"
    GARBAGE_STATUS = "garbage_status"
    NO_END_ANSWER = "no_end_answer"


_BYTES = {
    Fault.PAPER_OUT: {1: 0x1A, 2: 0x32, 4: 0x72},
    Fault.PAPER_LOW: {4: 0x1E},
    Fault.COVER_OPEN: {1: 0x1A, 2: 0x16},
    Fault.OFFLINE: {1: 0x1A},
    Fault.ERROR: {1: 0x1A, 2: 0x52, 3: 0x32},
    Fault.CUTTER: {1: 0x1A, 2: 0x52, 3: 0x1A},
}


class FakePrinter:
    """Listens on `port` of this machine (0: any free one) until closed; use as a context manager.

    `documents` holds the bytes of every connection that sent any, without the questions; a document that a
    fault cut short is in `broken` instead. `fault` may be changed at any time.
    """

    def __init__(self, port: int = 0, fault: Fault = Fault.NONE, after: int = 200) -> None:
        self.fault = fault
        self.after = after
        self.documents: list[bytes] = []
        self.broken: list[bytes] = []
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", port))
        self._open = True
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=self._serve, name="fake-printer", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._socket.getsockname()[1])

    @property
    def target(self) -> str:
        """What to write where a printer is asked for."""
        return f"tcp://127.0.0.1:{self.port}"

    def wait_for_documents(self, count: int, seconds: float = 10.0) -> bool:
        """Wait until that many whole documents were kept."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.documents) >= count, seconds)

    def wait_for_connections(self, count: int, seconds: float = 10.0) -> bool:
        """Wait until that many connections have ended."""
        with self._arrived:
            return self._arrived.wait_for(lambda: self.connections >= count, seconds)

    def close(self) -> None:
        """Stop listening; what was kept stays."""
        self._open = False
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def __enter__(self) -> FakePrinter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self) -> None:
        while self._open:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self._talk(connection)
            with self._arrived:
                self.connections += 1
                self._arrived.notify_all()

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(30)
        if self.fault is Fault.HANGS_UP:
            return
        kept, pending, whole = b"", b"", True
        with contextlib.suppress(OSError):
            while data := connection.recv(64 if self.fault is Fault.SLOW else 4096):
                if self.fault is Fault.SLOW:
                    time.sleep(SLOW_SECONDS)
                done, pending = _split(pending + data)
                kept += self._answered(connection, done)
                whole = whole and not self._breaks(kept)
                if not whole and self.fault is Fault.CABLE_PULLED_AFTER:
                    break
        self._keep(kept + pending, whole and not self._stands_still())

    def _answered(self, connection: socket.socket, data: bytes) -> bytes:
        """Answer the questions in `data` and give what is left of it."""
        for question in _QUESTION.finditer(data):
            answer = self._answer(question)
            if answer:
                connection.sendall(answer)
        return _QUESTION.sub(b"", data)

    def _answer(self, question: re.Match[bytes]) -> bytes:
        if self.fault is Fault.SILENT:
            return b""
        if question[2] is not None:
            return b"" if self.fault is Fault.NO_END_ANSWER or self._stands_still() else b"\x00"
        if self.fault is Fault.GARBAGE_STATUS:
            return b"\xff\x80?"
        return bytes([_BYTES.get(self.fault, {}).get(question[1][0], 0x12)])

    def _breaks(self, kept: bytes) -> bool:
        """Whether the fault strikes now; a printer that ran out of paper says so from then on."""
        if len(kept) < self.after:
            return False
        if self.fault is Fault.PAPER_OUT_AFTER:
            self.fault = Fault.PAPER_OUT
            return True
        return self.fault is Fault.CABLE_PULLED_AFTER

    def _stands_still(self) -> bool:
        """Whether it prints nothing now; then it does not answer in its turn either."""
        return self.fault in (Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.OFFLINE, Fault.ERROR, Fault.CUTTER)

    def _keep(self, kept: bytes, whole: bool) -> None:
        with self._arrived:
            if kept:
                (self.documents if whole else self.broken).append(kept)
            self._arrived.notify_all()


def _split(data: bytes) -> tuple[bytes, bytes]:
    """What can be worked on, and the first bytes of a question whose rest has not arrived yet."""
    for start in (b"\x10\x04", b"\x1dr", b"\x10", b"\x1d"):
        if data.endswith(start):
            return data[: -len(start)], start
    return data, b""
