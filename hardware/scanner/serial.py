"""Reads a hand scanner at a serial port, also one that a USB cable pretends (/dev/ttyACM0).

What it must not know: what a text means. A code ends with a carriage return, a line feed or a tabulator, as
scanners are set when they are sold; one that sends no end is taken when nothing came for a moment.
"""

from __future__ import annotations

import datetime as dt
import os
import select
import termios
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

from hardware.ports import Scan
from hardware.scanner.following import RECONNECT_SECONDS, FollowedScanner
from hardware.scanner.wedge import (
    ENDS,
    LEAST_CHARACTERS,
    MOST_CHARACTERS,
    ScannedText,
    drop_controls,
    split_prefix,
)

BAUDS = {rate: getattr(termios, f"B{rate}") for rate in (9600, 19200, 38400, 57600, 115200)}
SILENCE = 0.15
"""Seconds after which a code without an end is taken as whole."""


class LineReader:
    """Turns bytes into scans; keeps the beginning of a code that has not ended."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._begun = b""

    def read(self, data: bytes) -> Iterator[ScannedText]:
        """The scans that `data` completes."""
        self._begun += data
        for end in ENDS:
            self._begun = self._begun.replace(end.encode(), b"\n")
        *whole, self._begun = self._begun.split(b"\n")
        self._begun = self._begun[:MOST_CHARACTERS]
        for code in whole:
            yield from self._scan(code)

    def end(self) -> Iterator[ScannedText]:
        """The code that was begun, taken as whole."""
        begun, self._begun = self._begun, b""
        yield from self._scan(begun)

    def _scan(self, code: bytes) -> Iterator[ScannedText]:
        text = drop_controls(code.decode("utf-8", errors="replace").replace("\x1d", "\u241d"))
        scanned = split_prefix(text.removeprefix(self._prefix))
        if len(text) >= LEAST_CHARACTERS and scanned.text:
            yield scanned


class SerialScanner(FollowedScanner):
    """The scanner at the port `path`. Raises ValueError for a rate that no port here has."""

    def __init__(
        self,
        path: Path,
        report: Callable[[Scan], None],
        now: Callable[[], dt.datetime],
        baud: int = 9600,
        prefix: str = "",
        reconnect_seconds: float = RECONNECT_SECONDS,
    ) -> None:
        if baud not in BAUDS:
            raise ValueError(f"a serial scanner's rate is one of {', '.join(map(str, BAUDS))}")
        super().__init__(path, report, now, reconnect_seconds)
        self._baud = baud
        self._prefix = prefix

    def _follow(self) -> None:
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            _set_up(descriptor, self._baud)
            self._read(descriptor)
        finally:
            os.close(descriptor)

    def _read(self, descriptor: int) -> None:
        reader = LineReader(self._prefix)
        while not self._ending.is_set():
            if select.select([descriptor], [], [], SILENCE)[0]:
                data = os.read(descriptor, 4096)
                if not data:
                    return
                scans = reader.read(data)
            else:
                scans = reader.end()
            for scanned in scans:
                self._tell(scanned)


def _set_up(descriptor: int, baud: int) -> None:
    tty.setraw(descriptor)
    settings = termios.tcgetattr(descriptor)
    settings[2] |= termios.CLOCAL | termios.CREAD
    settings[4] = settings[5] = BAUDS[baud]
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)
