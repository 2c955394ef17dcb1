"""The inbox of scans: whatever a station's camera, hand scanner or keyboard gives, until a page takes it.

What it is for: each scan is kept once and gets its idempotency key here, so that a code that is seen
twenty times a second, and a page that asks twice, use the same key. What it must not know: what a text
means, and where it came from beyond a word for it.

Times are seconds of a monotonic clock. A station's newest scan wins; one that nobody takes expires.
"""

from __future__ import annotations

import threading
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hardware.ports import Symbology

Source = Literal["camera", "scanner", "typed", "photo"]

LONGEST_TEXT = 512
"""A longer text is no code of ours; it is kept as unreadable, without the text."""
KEEP_SECONDS = 10.0
SAME_SECONDS = 1.5
"""The same text within this time of its last sight is the same scan (hand scanners repeat, cameras do)."""


@dataclass(frozen=True, slots=True)
class InboxScan:
    """One scan that waits for a page. `readable` is false where the text was too long or had nothing left."""

    text: str
    symbology: Symbology
    source: Source
    key: str
    at: float
    readable: bool = True


@dataclass(slots=True)
class _Slot:
    """A station's newest scan, when its text was last seen, and whether a page took it."""

    scan: InboxScan
    seen: float
    taken: bool = False


class ScanInbox:
    """One slot a station. Safe to call from many threads."""

    def __init__(
        self,
        clock: Callable[[], float],
        keep_seconds: float = KEEP_SECONDS,
        same_seconds: float = SAME_SECONDS,
        new_key: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._same_seconds = same_seconds
        self._new_key = new_key
        self._slots: dict[str, _Slot] = {}
        self._changed = threading.Condition()

    def put(self, station: str, text: str, symbology: Symbology, source: Source) -> InboxScan:
        """Keep a scan as the station's newest; a repeat of the last one is that one."""
        clean = clean_text(text)
        readable = 0 < len(clean) <= LONGEST_TEXT
        now = self._clock()
        with self._changed:
            last = self._slots.get(station)
            kept = clean if readable else ""
            if last and self._is_repeat(last, kept, source, now):
                last.seen = now
                return last.scan
            scan = InboxScan(kept, symbology, source, self._new_key(), now, readable)
            self._slots[station] = _Slot(scan, now)
            self._changed.notify_all()
            return scan

    def take(self, station: str) -> InboxScan | None:
        """The station's newest scan, once; None where there is none that is fresh."""
        with self._changed:
            return self._take(station)

    def wait(self, station: str, seconds: float) -> InboxScan | None:
        """As `take`, waiting up to `seconds` for a scan to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._fresh(station) is not None, seconds)
            return self._take(station)

    def forget(self, station: str) -> None:
        """Drop what a station holds: the customer has left."""
        with self._changed:
            self._slots.pop(station, None)

    def _take(self, station: str) -> InboxScan | None:
        slot = self._fresh(station)
        if slot is None:
            return None
        slot.taken = True
        return slot.scan

    def _fresh(self, station: str) -> _Slot | None:
        slot = self._slots.get(station)
        if slot is None or slot.taken or self._clock() - slot.scan.at > self._keep_seconds:
            return None
        return slot

    def _is_repeat(self, slot: _Slot, text: str, source: Source, now: float) -> bool:
        """Whether a device repeats itself. What a person types twice was meant twice."""
        same = slot.scan.text == text and slot.scan.source == source and source != "typed"
        return same and now - slot.seen <= self._same_seconds


def clean_text(text: str) -> str:
    """The text without control characters, unpaired surrogates, and blanks at its ends.

    The separator of GS1's element strings stays as a visible sign: without it they cannot be told apart.
    """
    text = text.replace("\x1d", "\u241d")
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cs")).strip(
        " \u241d"
    )
