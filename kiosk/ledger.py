"""Requests whose end is not known yet: written down before they are sent, crossed out when they are answered.

What it is for: after a crash, or while the service cannot be reached, the app knows which idempotency keys
to settle, and a page knows that its visit waits for one. Only what consumes something is written down, with
what is needed to send it again; that is identifiers and nothing of a person.
What it must not know: pages, HTTP, what an answer says.

Who waits in front of a page has the request sent again by that page, under the same key. What nobody has
tried for a while (the customer left, the app was restarted) is closed by its key instead: it was done, or it
never will be.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from kiosk.errors import StoreError, StoreRefused
from kiosk.spool import Spool, Unsettled
from store_api.contract import KeyState

log = structlog.get_logger(__name__)

ABANDONED_SECONDS = 30.0
"""A request that nobody has tried for this long is closed: three times the longest pause of a page."""
FORGOTTEN_SECONDS = 3600.0
"""When a request of somebody who signed out is forgotten; long before that nothing can be on its way."""
PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class Pending:
    """A request that may have to be sent again. `subject` is the visit that it is about."""

    subject: str
    path: str
    body: dict[str, Any] | None


class Ledger(Protocol):
    """Where unsettled requests are kept; `owner` says whose key it is (`owner_of`)."""

    def remember(self, key: str, pending: Pending, owner: str) -> None:
        """Write a request down before it is sent."""
        ...

    def settle(self, key: str) -> None:
        """Cross it out: its answer is known."""
        ...

    def find(self, subject: str, owner: str) -> tuple[str, Pending] | None:
        """The oldest unsettled request of an owner about a subject, and its key."""
        ...

    def subject_of(self, key: str) -> str | None:
        """What an unsettled request is about."""
        ...


def owner_of(token: str) -> str:
    """Whose keys a token's are, in a form that opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


class SpoolLedger:
    """A ledger in the kiosk's spool; `clock` gives seconds since the epoch."""

    def __init__(self, spool: Spool, clock: Callable[[], float]) -> None:
        self._spool = spool
        self._clock = clock
        self._tried: dict[str, float] = {}

    def remember(self, key: str, pending: Pending, owner: str) -> None:
        """On the disk before this returns."""
        self._tried[key] = self._clock()
        self._spool.remember(key, json.dumps(vars(pending)), self._clock(), owner)

    def settle(self, key: str) -> None:
        """Forget the request."""
        self._spool.settle(key)
        self._tried.pop(key, None)

    def find(self, subject: str, owner: str) -> tuple[str, Pending] | None:
        """The oldest unsettled request of an owner about a subject; it counts as tried now."""
        for entry in self.unsettled():
            pending = _read(entry)
            if pending.subject == subject and entry.owner == owner:
                self._tried[entry.key] = self._clock()
                return entry.key, pending
        return None

    def subject_of(self, key: str) -> str | None:
        """What an unsettled request is about."""
        return next((_read(entry).subject for entry in self.unsettled() if entry.key == key), None)

    def unsettled(self) -> list[Unsettled]:
        """Every request without a known end, oldest first."""
        return self._spool.unsettled()

    def abandoned(self) -> list[Unsettled]:
        """Those that nobody has tried for a while; all that an earlier process left behind."""
        limit = self._clock() - ABANDONED_SECONDS
        # A clock that was set back makes a try seem to be in the future; it counts as tried long ago.
        return [
            each for each in self.unsettled() if not limit < self._tried.get(each.key, 0) <= self._clock()
        ]

    def age(self, entry: Unsettled) -> float:
        """Seconds since a request was written down."""
        return self._clock() - entry.since


class NoLedger:
    """Keeps nothing: for callers that consume nothing."""

    def remember(self, key: str, pending: Pending, owner: str) -> None:
        """Nothing is kept."""

    def settle(self, key: str) -> None:
        """Nothing was kept."""

    def find(self, subject: str, owner: str) -> tuple[str, Pending] | None:
        """Nothing is known."""
        return None

    def subject_of(self, key: str) -> str | None:
        """Nothing is known."""
        return None


def _read(entry: Unsettled) -> Pending:
    try:
        return Pending(**json.loads(entry.request))
    except (ValueError, TypeError):
        return Pending(entry.request, "", None)  # as an earlier version wrote it


Close = Callable[[str], KeyState]
"""Closes one of a caller's keys."""


def settle_abandoned(ledger: SpoolLedger, closers: Mapping[str, Close]) -> int:
    """Close every request that nobody tries any more, by its owner; gives how many are settled.

    One whose owner cannot be asked stays. One of somebody who has signed out is forgotten after an hour:
    the visit itself shows what was done.
    """
    settled = 0
    for entry in ledger.abandoned():
        close = closers.get(entry.owner)
        state = _close(close, entry.key) if close is not None else _forgotten(ledger, entry)
        if state is not None:
            log.info("request.settled", key=entry.key, state=state)
            ledger.settle(entry.key)
            settled += 1
    return settled


def _close(close: Close, key: str) -> str | None:
    try:
        return close(key).state
    except StoreRefused as refused:
        return None if refused.problem.status == 409 else "refused"
    except StoreError:
        return None


def _forgotten(ledger: SpoolLedger, entry: Unsettled) -> str | None:
    return "forgotten" if ledger.age(entry) > FORGOTTEN_SECONDS else None


class Settler:
    """Settles what is abandoned, every few seconds, on a thread of its own."""

    def __init__(self, ledger: SpoolLedger, closers: Mapping[str, Close]) -> None:
        self._ledger = ledger
        self._closers = closers
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="settler", daemon=True)

    def start(self) -> None:
        """Begin at once with what an earlier process left behind."""
        self._thread.start()

    def stop(self) -> None:
        """Stop before the next look."""
        self._stopped.set()
        self._thread.join(PAUSE_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                settle_abandoned(self._ledger, self._closers)
            except Exception:
                # Whatever one round met, the next one looks again; a thread that ends settles nothing more.
                log.exception("settler.failed")
            self._stopped.wait(PAUSE_SECONDS)
