"""One subscription tells every open page; a page that comes back looks again."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import httpx
import pytest

from kiosk import store_events
from kiosk.live import Live, Slots
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


def test_the_light_is_news_of_its_own_kind(live: Live, wires: list[Wire]) -> None:
    page = live.listen(lambda told: True)
    assert page is not None
    next(page)
    told = event(4).model_copy(update={"what": "participant.reported"})
    wires[0].lines.put(as_text(told))
    assert next(page) == "id: 4\nevent: light\ndata: 4\n\n"


def test_beyond_the_limit_a_page_is_told_to_ask_and_a_page_that_goes_makes_room() -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(503)))
    live = Live(StoreClient(http, "token"), slots=Slots(1))
    live.stop()
    first = live.listen(lambda told: True)
    assert first is not None
    assert live.listen(lambda told: True) is None
    first.close()  # before it has read a line
    first.close()
    assert live.listen(lambda told: True) is not None
    assert live.listen(lambda told: True) is None


def test_where_the_service_holds_no_more_streams_its_events_are_asked_for() -> None:
    problem = {
        "title": "Busy", "status": 503, "code": "events.too_many_streams", "detail": "Poll instead.",
    }  # fmt: skip
    told = [event(9).model_dump(mode="json")]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("format") != "json":
            return httpx.Response(503, json=problem)
        return httpx.Response(200, json=told if request.url.params["after"] == "0" else [])

    http = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://store.invalid")
    live = Live(StoreClient(http, "token"))
    page = live.listen(lambda told: True)
    assert page is not None
    next(page)
    assert next(page) == "id: 9\nevent: visit\ndata: 9\n\n"
    live.stop()
