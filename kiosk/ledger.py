"""Requests whose end is not known yet: written down before they are sent, crossed out when they are answered.

What it is for: after a crash, or while the service cannot be reached, the app knows which idempotency keys
to settle, and a page knows that its visit waits for one. Only what consumes something is written down.
What it must not know: what a request says, pages, HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

from kiosk.errors import StoreError, StoreRefused
from kiosk.spool import Spool, Unsettled
from store_api.contract import KeyState

log = structlog.get_logger(__name__)


class Ledger(Protocol):
    """Where unsettled requests are kept. `subject` is the visit or order that a request is about."""

    def remember(self, key: str, subject: str) -> None:
        """Write a request down before it is sent."""
        ...

    def settle(self, key: str) -> None:
        """Cross it out: its answer is known."""
        ...

    def find(self, subject: str) -> str | None:
        """The key of an unsettled request about a subject."""
        ...


class SpoolLedger:
    """A ledger in the kiosk's spool; `clock` gives seconds since the epoch."""

    def __init__(self, spool: Spool, clock: Callable[[], float]) -> None:
        self._spool = spool
        self._clock = clock

    def remember(self, key: str, subject: str) -> None:
        """On the disk before this returns."""
        self._spool.remember(key, subject, self._clock())

    def settle(self, key: str) -> None:
        """Forget the request."""
        self._spool.settle(key)

    def find(self, subject: str) -> str | None:
        """The oldest unsettled key of a subject."""
        return next((entry.key for entry in self.unsettled() if entry.request == subject), None)

    def unsettled(self) -> list[Unsettled]:
        """Every request without a known end, oldest first."""
        return self._spool.unsettled()


class NoLedger:
    """Keeps nothing: for callers that consume nothing."""

    def remember(self, key: str, subject: str) -> None:
        """Nothing is kept."""

    def settle(self, key: str) -> None:
        """Nothing was kept."""

    def find(self, subject: str) -> str | None:
        """Nothing is known."""
        return None


def settle_all(ledger: SpoolLedger, ask: Callable[[str], KeyState]) -> int:
    """Settle what an earlier process left behind; gives how many are settled.

    Whatever the service says of a key is its end: done, or not done and never to be done by us, since nobody
    sends it again. One that cannot be asked about stays.
    """
    settled = 0
    for entry in ledger.unsettled():
        state = _ask(ask, entry.key)
        if state is not None:
            log.info("request.settled", key=entry.key, state=state)
            ledger.settle(entry.key)
            settled += 1
    return settled


def _ask(ask: Callable[[str], KeyState], key: str) -> str | None:
    try:
        return ask(key).state
    except StoreRefused:
        return "unknown"
    except StoreError:
        return None
