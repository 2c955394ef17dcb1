"""Reads a hand scanner straight from /dev/input, so that it works whatever has the keyboard's focus.

What it must not know: what a text means. The standard library alone: the kernel's event is a fixed
structure of two longs (the time), two shorts (type and code) and an int (the value).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import io
import select
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from hardware.ports import Scan
from hardware.scanner.following import RECONNECT_SECONDS, FollowedScanner
from hardware.scanner.keys import PLAIN, SHIFTED, SHIFTS
from hardware.scanner.wedge import ScannedText, WedgeRecogniser

EVENT = struct.Struct("llHHi")
KEY_EVENT = 1
PRESSED, RELEASED = 1, 0
GRAB = 0x40044590
"""EVIOCGRAB of linux/input.h: no other program gets the scanner's keys while it is held."""


class KeyReader:
    """Turns kernel events into scans; keeps what a shift key does from event to event."""

    def __init__(self, prefix: str = "") -> None:
        self._wedge = WedgeRecogniser(prefix)
        self._held: set[int] = set()

    def read(self, data: bytes) -> Iterator[ScannedText]:
        """The scans that whole events in `data` complete; a torn event at its end is left out."""
        whole = len(data) - len(data) % EVENT.size
        for seconds, microseconds, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind != KEY_EVENT:
                continue
            scanned = self._key(code, value, seconds + microseconds / 1e6)
            if scanned is not None:
                yield scanned

    def _key(self, code: int, value: int, at: float) -> ScannedText | None:
        if code in SHIFTS:
            (self._held.discard if value == RELEASED else self._held.add)(code)
            return None
        letter = (SHIFTED if self._held else PLAIN).get(code) if value == PRESSED else None
        return self._wedge.feed(letter, at) if letter is not None else None


class ScannerDevice(FollowedScanner):
    """The scanner at `path` as a keyboard of which nobody else gets the keys."""

    def __init__(
        self,
        path: Path,
        report: Callable[[Scan], None],
        now: Callable[[], dt.datetime],
        prefix: str = "",
        reconnect_seconds: float = RECONNECT_SECONDS,
    ) -> None:
        super().__init__(path, report, now, reconnect_seconds)
        self._prefix = prefix

    def _follow(self) -> None:
        with self._path.open("rb", buffering=0) as device:
            with contextlib.suppress(OSError):
                fcntl.ioctl(device, GRAB, 1)
            self._read(device)

    def _read(self, device: io.RawIOBase) -> None:
        keys = KeyReader(self._prefix)
        while not self._ending.is_set():
            if not select.select([device], [], [], 0.5)[0]:
                continue
            data = device.read(EVENT.size * 64)
            if not data:
                return
            for scanned in keys.read(data):
                self._tell(scanned)


def find_scanners(folder: Path = Path("/dev/input/by-id")) -> list[Path]:
    """Devices whose name says that they are a scanner."""
    if not folder.is_dir():
        return []
    words = ("scan", "barcode", "symbol", "honeywell", "datalogic", "zebra")
    named = (path for path in sorted(folder.iterdir()) if path.name.endswith("event-kbd"))
    return [path for path in named if any(word in path.name.lower() for word in words)]
