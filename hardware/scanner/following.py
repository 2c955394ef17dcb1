"""What every attached scanner does: be read in a thread, report each scan, be waited for where it is away.

What it must not know: how a scanner's bytes become a text.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import termios
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from hardware.ports import Scan
from hardware.scanner.wedge import ScannedText

RECONNECT_SECONDS = 1.0


class FollowedScanner(ABC):
    """Reads the scanner at `path` until it is closed. `report` is called in the reading thread."""

    def __init__(
        self,
        path: Path,
        report: Callable[[Scan], None],
        now: Callable[[], dt.datetime],
        reconnect_seconds: float = RECONNECT_SECONDS,
    ) -> None:
        self._path = path
        self._report = report
        self._now = now
        self._reconnect_seconds = reconnect_seconds
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to read."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)
        self._thread.start()

    def close(self, seconds: float = 5.0) -> None:
        """Stop reading and let the scanner go."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(seconds)

    @abstractmethod
    def _follow(self) -> None:
        """Read until `_ending` is set or the scanner is away; raises OSError where it cannot be read."""

    def _tell(self, scanned: ScannedText) -> None:
        self._report(Scan(scanned.text, scanned.symbology, (), "hand scanner", self._now()))

    def _run(self) -> None:
        while not self._ending.is_set():
            with contextlib.suppress(OSError, termios.error):
                self._follow()
            self._ending.wait(self._reconnect_seconds)
