"""What happened is told once, in the order of the commits, to those whom it concerns."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from store_api import events
from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.errors import Conflict
from store_api.settings import Settings
from tests.store_api.clients import Client
from tests.store_api.factories import NOW, FakeClock, World


def tell(
    session: Any, what: str = "visit.opened", station: str = "counter-1", store: str = "store-1"
) -> None:
    """Tell of a visit."""
    events.tell(session, store_id=store, station=station, visit_id="vis_1", what=what, revision=1, now=NOW)


@pytest.fixture
def telling(app: Flask, database: Database) -> Database:
    """The database with the application listening to it."""
    return database


def poll(client: Client, after: int = 0) -> list[dict[str, Any]]:
    """The events after a number."""
    told: list[dict[str, Any]] = client.get(f"/v1/events?format=json&after={after}").get_json()
    return told


def frames(client: Client, count: int, headers: dict[str, str] | None = None, query: str = "") -> list[str]:
    """The first frames of a stream."""
    answer = client.get(f"/v1/events{query}", headers=headers, buffered=False)
    assert answer.content_type == "text/event-stream; charset=utf-8"
    stream = iter(answer.response)
    found = [next(stream) for _ in range(count)]
    answer.close()
    return [frame.decode() if isinstance(frame, bytes) else frame for frame in found]


def test_events_are_numbered_from_one_and_polled_after_a_number(as_rep: Client, telling: Database) -> None:
    for what in ("visit.opened", "visit.decided"):
        with telling.transaction() as session:
            tell(session, what)
    assert [(event["event_id"], event["what"]) for event in poll(as_rep)] == [
        (1, "visit.opened"),
        (2, "visit.decided"),
    ]
    assert [event["event_id"] for event in poll(as_rep, after=1)] == [2]
    assert poll(as_rep, after=2) == []


def test_what_was_rolled_back_is_not_told(as_rep: Client, telling: Database) -> None:
    def tell_and_fail() -> None:
        with telling.transaction() as session:
            tell(session)
            raise Conflict

    with pytest.raises(Conflict):
        tell_and_fail()
    assert poll(as_rep) == []


def test_a_kiosk_hears_its_own_station_and_a_store_hears_itself(
    app: Flask, world: World, as_rep: Client, telling: Database
) -> None:
    with telling.transaction() as session:
        tell(session, station="counter-1")
        tell(session, station="counter-2")
        tell(session, store="store-2")
    assert [event["event_id"] for event in poll(Client(app, world.kiosk))] == [1]
    assert [event["event_id"] for event in poll(Client(app, world.other_kiosk))] == [2]
    assert [event["event_id"] for event in poll(as_rep)] == [1, 2]
    assert [event["event_id"] for event in poll(Client(app, world.other_store_kiosk))] == [1]


def test_a_stream_resumes_after_the_last_event_that_was_heard(as_rep: Client, telling: Database) -> None:
    for _ in range(3):
        with telling.transaction() as session:
            tell(session)
    opening, frame = frames(as_rep, 2, headers={"Last-Event-ID": "2"})
    assert opening == "retry: 1000\n\n"
    number, name, data, *_ = frame.split("\n")
    assert (number, name) == ("id: 3", "event: visit")
    assert json.loads(data.removeprefix("data: ")) == {
        "event_id": 3,
        "visit_id": "vis_1",
        "what": "visit.opened",
        "revision": 1,
    }
    assert [frame[:6] for frame in frames(as_rep, 4, query="?after=0")[1:]] == [
        "id: 1\n",
        "id: 2\n",
        "id: 3\n",
    ]


def test_a_stream_without_a_number_starts_now_and_hears_what_another_process_commits(
    as_rep: Client, telling: Database, settings: Settings
) -> None:
    with telling.transaction() as session:
        tell(session, "visit.opened")
    answer = as_rep.get("/v1/events", buffered=False)
    stream = iter(answer.response)
    next(stream)
    elsewhere = Database(settings.database_url)
    events.follow_database(elsewhere, events.Bell())
    with elsewhere.transaction() as session:
        tell(session, "visit.closed")
    assert "visit.closed" in str(next(stream))
    answer.close()
    elsewhere.close()


def test_no_reader_misses_an_event_while_many_write(telling: Database) -> None:
    done = threading.Event()

    def write() -> None:
        for _ in range(10):
            with telling.transaction() as session:
                tell(session)

    def follow() -> list[int]:
        heard: list[int] = []
        while True:
            last_round = done.is_set()
            with telling.reading() as session:
                after = heard[-1] if heard else 0
                heard += [event.event_id for event in events.read_events(session, "store-1", after)]
            if last_round:
                return heard

    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(follow)
        for writer in [pool.submit(write) for _ in range(4)]:
            writer.result()
        done.set()
        assert reader.result() == list(range(1, 41))


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "²", "9" * 17, ""])
def test_a_number_that_is_none_is_400(as_rep: Client, number: str) -> None:
    answer = as_rep.get(
        "/v1/events?format=json", headers={"Last-Event-ID": number.encode().decode("latin-1")}
    )
    assert answer.status_code == 400


def test_one_stream_too_many_is_told_to_poll(settings: Settings, clock: FakeClock, world: World) -> None:
    app = create_app(settings.model_copy(update={"event_streams": 1}), clock=clock)
    client = Client(app, world.kiosk)
    first = client.get("/v1/events", buffered=False)
    refused = client.get("/v1/events")
    assert (refused.status_code, refused.get_json()["code"]) == (503, "events.too_many_streams")
    assert client.get("/v1/events?format=json").status_code == 200
    first.close()
    again = client.get("/v1/events", buffered=False)
    assert again.status_code == 200
    again.close()
    close_app(app)


def test_every_stream_ends_when_the_service_does(as_rep: Client, app: Flask) -> None:
    answer = as_rep.get("/v1/events", buffered=False)
    stream = iter(answer.response)
    next(stream)
    app.extensions["bell"].close()
    assert list(stream) == []
    answer.close()


def test_a_stream_ends_when_its_token_does(as_rep: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store_api.system.event_stream.HEARTBEAT_SECONDS", 0.2)
    answer = as_rep.get("/v1/events", buffered=False)
    stream = iter(answer.response)
    next(stream)
    assert b"still here" in next(stream)
    as_rep.delete("/v1/staff/sessions/current")
    assert all(b"still here" in line for line in stream)
    answer.close()
