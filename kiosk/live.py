"""Live news for browsers: one subscription to the service, handed on to every open page.

What it is for: however many pages wait, the service is asked once. A page that begins to listen, or comes
back after a break, is told to look again at once, so that nothing between is missed.
What it must not know: Flask, what a page shows.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import structlog

from kiosk.errors import StoreError
from kiosk.store_client import StoreClient
from store_api.contract import VisitEvent

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
# A page that cannot take this many events is not reading; it looks again when it next connects.
WAITING_EVENTS = 64


class Live:
    """Follows the service's events on a thread of its own and hands them on. Safe across threads."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client
        self._pages: dict[int, queue.Queue[VisitEvent | None]] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._last: int | None = None

    def start(self) -> None:
        """Begin to follow; a second call does nothing."""
        with self._lock:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._follow, name="live", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End every page's stream and stop following."""
        self._stopped.set()
        with self._lock:
            for page in self._pages.values():
                _put(page, None)

    def listen(self, wanted: Callable[[VisitEvent], bool]) -> Iterator[str]:
        """A page's stream: the text of server-sent events, until `stop` or until the page goes."""
        self.start()
        page: queue.Queue[VisitEvent | None] = queue.Queue(WAITING_EVENTS)
        with self._lock:
            self._pages[id(page)] = page
        try:
            yield "retry: 2000\nevent: visit\ndata: look\n\n"
            while not self._stopped.is_set():
                yield from self._next(page, wanted)
        finally:
            with self._lock:
                self._pages.pop(id(page), None)

    def _next(
        self, page: queue.Queue[VisitEvent | None], wanted: Callable[[VisitEvent], bool]
    ) -> Iterator[str]:
        try:
            event = page.get(timeout=HEARTBEAT_SECONDS)
        except queue.Empty:
            yield ": still here\n\n"
            return
        if event is not None and wanted(event):
            yield f"id: {event.event_id}\nevent: visit\ndata: {event.revision}\n\n"

    def _follow(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopped.is_set():
            try:
                for event in self._client.events(self._last):
                    pause = FIRST_PAUSE_SECONDS
                    if self._stopped.is_set():
                        return
                    if event is not None:
                        self._hand_on(event)
            except StoreError as error:
                log.warning("live.interrupted", error=str(error))
            self._stopped.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _hand_on(self, event: VisitEvent) -> None:
        self._last = max(self._last or 0, event.event_id)
        with self._lock:
            for page in self._pages.values():
                _put(page, event)


def _put(page: queue.Queue[VisitEvent | None], event: VisitEvent | None) -> None:
    try:
        page.put_nowait(event)
    except queue.Full:
        return
