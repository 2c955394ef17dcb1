"""One subscription tells every open page; a page that comes back looks again."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import httpx
import pytest

from kiosk import store_events
from kiosk.live import Live
from kiosk.store_client import StoreClient
from store_api.contract import VisitEvent


class Wire(httpx.SyncByteStream):
    """A stream that gives what is put into it, until None."""

    def __init__(self) -> None:
        self.lines: queue.Queue[bytes | None] = queue.Queue()

    def __iter__(self) -> Iterator[bytes]:
        while (line := self.lines.get()) is not None:
            yield line


def event(number: int, visit: str = "vis_1") -> VisitEvent:
    return VisitEvent(event_id=number, visit_id=visit, what="order.changed", revision=number)


def as_text(told: VisitEvent) -> bytes:
    return f"id: {told.event_id}\nevent: visit\ndata: {told.model_dump_json()}\n\n".encode()


@pytest.fixture
def wires() -> list[Wire]:
    return [Wire(), Wire()]


@pytest.fixture
def asked() -> list[str | None]:
    return []


@pytest.fixture
def live(wires: list[Wire], asked: list[str | None]) -> Iterator[Live]:
    """Live news whose first connection ends when `wires[0]` does, and whose second is `wires[1]`."""
    waiting = iter(wires)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Last-Event-ID"))
        return httpx.Response(200, stream=next(waiting))

    http = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://store.invalid")
    made = Live(StoreClient(http, "token"))
    yield made
    made.stop()
    for wire in wires:
        wire.lines.put(None)


def test_a_page_is_told_to_look_at_once_and_then_of_what_it_wants(live: Live, wires: list[Wire]) -> None:
    page = live.listen(lambda told: told.visit_id == "vis_1")
    assert "data: look" in next(page)
    wires[0].lines.put(as_text(event(1, "vis_other")))
    wires[0].lines.put(as_text(event(2)))
    assert next(page) == "id: 2\nevent: visit\ndata: 2\n\n"


def test_many_pages_share_one_subscription_that_resumes_where_it_broke(
    live: Live, wires: list[Wire], asked: list[str | None]
) -> None:
    pages = [live.listen(lambda told: True) for _ in range(5)]
    for page in pages:
        next(page)
    wires[0].lines.put(as_text(event(7)))
    assert all("id: 7" in next(page) for page in pages)
    wires[0].lines.put(None)
    wires[1].lines.put(as_text(event(8)))
    assert all("id: 8" in next(page) for page in pages)
    assert asked == [None, "7"]


def test_a_page_that_goes_is_no_longer_told(live: Live) -> None:
    page = live.listen(lambda told: True)
    next(page)
    assert len(live._pages) == 1
    page.close()  # type: ignore[attr-defined]  # a generator
    assert live._pages == {}


def test_stopping_ends_every_page(live: Live) -> None:
    page = live.listen(lambda told: True)
    next(page)
    ended = threading.Thread(target=lambda: list(page))
    ended.start()
    live.stop()
    ended.join(5)
    assert not ended.is_alive()


def test_heartbeats_and_events_are_read_from_the_lines_of_a_stream() -> None:
    lines = [": still here", "", "id: 3", "event: visit", f"data: {event(3).model_dump_json()}", "", "data: "]
    assert list(store_events.read(lines)) == [None, event(3)]
