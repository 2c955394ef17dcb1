"""What happened is told once, in the order of the commits, to those whom it concerns."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from store_api import events
from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.errors import Conflict
from store_api.settings import Settings
from tests.store_api.clients import Client
from tests.store_api.factories import NOW, FakeClock, World

ROOT = Path(__file__).parents[2]


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
    events.follow_database(elsewhere, events.Bell(), lambda stores: None)
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


TELLER = """
import sys
from store_api import events
from store_api.logs import configure_logs
from store_api.db import Database
from store_api.watching import make_watcher
from tests.store_api.factories import NOW
configure_logs("error", sys.stderr)
database, bell = Database(sys.argv[1], pool_size=1), events.Bell()
watcher = make_watcher(database, bell)
events.follow_database(database, bell, watcher.tell)
for line in sys.stdin:
    with database.transaction() as session:
        events.tell(session, store_id="store-1", station="counter-1", visit_id="vis_1",
                    what=line.strip(), revision=1, now=NOW)
    print(line.strip(), flush=True)
watcher.stop()
database.close()
"""


@pytest.fixture
def teller(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another process that tells of a visit for each line that it is given."""
    command = [sys.executable, "-c", TELLER, settings.database_url]
    pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=quiet, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def tell_elsewhere(teller: subprocess.Popen[str], what: str) -> None:
    """Have the other process tell of a visit, and wait until it has committed."""
    assert teller.stdin is not None
    assert teller.stdout is not None
    teller.stdin.write(what + "\n")
    teller.stdin.flush()
    assert teller.stdout.readline() == what + "\n"


def test_a_stream_is_woken_by_what_another_process_commits(
    as_rep: Client, telling: Database, teller: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stream that had to look by itself would hear nothing before the test gives up.
    monkeypatch.setattr("store_api.watching.PAUSE_WITH_HINTS", 1000.0)
    monkeypatch.setattr("store_api.watching.PAUSE_WITHOUT_HINTS", 1000.0)
    monkeypatch.setattr("store_api.system.event_stream.HEARTBEAT_SECONDS", 1000.0)
    answer = as_rep.get("/v1/events", buffered=False)
    stream = iter(answer.response)
    next(stream)
    for what in ("visit.opened", "visit.closed"):
        tell_elsewhere(teller, what)
        assert what in str(next(stream))
    answer.close()


def test_a_stream_looks_by_itself_while_no_hint_comes(
    as_rep: Client, app: Flask, telling: Database, teller: subprocess.Popen[str], database: Database
) -> None:
    answer = as_rep.get("/v1/events", buffered=False)
    stream = iter(answer.response)
    next(stream)
    app.extensions["watcher"].stop()
    tell_elsewhere(teller, "visit.opened")
    assert "visit.opened" in str(next(stream))
    assert app.extensions["watcher"].pause < 1
    answer.close()


def test_a_listening_connection_that_breaks_is_made_again_and_nothing_is_missed(
    as_rep: Client, app: Flask, database: Database, teller: subprocess.Popen[str]
) -> None:
    if database.is_sqlite:
        return  # there is no connection that could break: it is a file
    answer = as_rep.get("/v1/events", buffered=False)
    stream = iter(answer.response)
    next(stream)
    tell_elsewhere(teller, "visit.opened")
    assert "visit.opened" in str(next(stream))
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sameterms events'"
    with database.transaction() as session:
        assert all(session.scalars(sa.text(end)))
    tell_elsewhere(teller, "visit.closed")
    assert "visit.closed" in str(next(stream))
    answer.close()
