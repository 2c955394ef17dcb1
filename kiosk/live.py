"""Live news for browsers: one subscription to the service, handed on to every open page.

What it is for: however many pages wait, the service is asked once. A page that begins to listen, or comes
back after a break, is told to look again at once, so that nothing between is missed.
What it must not know: Flask, what a page shows.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator

import structlog

from kiosk.errors import StoreError, StoreRefused
from kiosk.store_client import StoreClient
from store_api.contract import VisitEvent

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
POLL_SECONDS, POLL_PAUSE_SECONDS = 15.0, 0.5
TOO_MANY = "events.too_many_streams"
LIGHT = "participant."
"""Events of this kind change who sees the sheet, and nothing of the visit itself."""
UNLIMITED = 10_000
STREAMS = 64
"""Pages of one process that are told by a stream, a thread each; the others ask every two seconds."""
# A page that cannot take this many events is not reading; it looks again when it next connects.
WAITING_EVENTS = 64


class Slots:
    """How many pages may hold a stream at once, a thread each; shared by every store of this process."""

    def __init__(self, count: int) -> None:
        self._left = threading.BoundedSemaphore(count)

    def take(self) -> bool:
        """Whether there was one left."""
        return self._left.acquire(blocking=False)

    def give_back(self) -> None:
        """A page has gone."""
        self._left.release()


class Stream:
    """The lines of one page's stream; its slot is given back once, however it ends."""

    def __init__(self, lines: Generator[str], done: Callable[[], None]) -> None:
        self._lines = lines
        self._done: Callable[[], None] | None = done

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> str:
        try:
            return next(self._lines)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """The page has gone, perhaps before it read a line."""
        self._lines.close()
        done, self._done = self._done, None
        if done is not None:
            done()


class Live:
    """Follows the service's events on a thread of its own and hands them on. Safe across threads."""

    def __init__(self, client: StoreClient, store_id: str | None = None, slots: Slots | None = None) -> None:
        self._client = client
        self._store_id = store_id
        self._slots = slots or Slots(UNLIMITED)
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

    def listen(self, wanted: Callable[[VisitEvent], bool]) -> Stream | None:
        """A page's stream: the text of server-sent events, until `stop` or until the page goes.

        None where the process has no thread left for one more: the page asks by itself then.
        """
        if not self._slots.take():
            return None
        self.start()
        return Stream(self._lines(wanted), self._slots.give_back)

    def _lines(self, wanted: Callable[[VisitEvent], bool]) -> Generator[str]:
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
            kind = "light" if event.what.startswith(LIGHT) else "visit"
            yield f"id: {event.event_id}\nevent: {kind}\ndata: {event.revision}\n\n"

    def _follow(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopped.is_set():
            try:
                for event in self._client.events(self._last, self._store_id):
                    pause = FIRST_PAUSE_SECONDS
                    if self._stopped.is_set():
                        return
                    if event is not None:
                        self._hand_on(event)
            except StoreError as error:
                log.warning("live.interrupted", error=str(error))
                if isinstance(error, StoreRefused) and error.code == TOO_MANY:
                    pause = FIRST_PAUSE_SECONDS
                    self._poll()
            self._stopped.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _poll(self) -> None:
        """Ask for what happened, where the service holds no more streams open; then try for one again."""
        until = time.monotonic() + POLL_SECONDS
        while time.monotonic() < until and not self._stopped.is_set():
            for event in self._client.poll_events(self._last or 0, self._store_id):
                self._hand_on(event)
            self._stopped.wait(POLL_PAUSE_SECONDS)

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
