"""One key, one request, one answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_openapi3 import APIBlueprint
from werkzeug.test import TestResponse

from store_api.app import close_app, create_app
from store_api.auth import allow
from store_api.contract import VisitLanguage
from store_api.db import Database
from store_api.errors import Conflict
from store_api.housekeeping import Housekeeper
from store_api.idempotency import KEPT, IdempotencyKey, Keys, forget_old_keys
from store_api.keys import KeyRing
from store_api.settings import Settings
from store_api.work import Work, writes
from tests.store_api.clients import Client
from tests.store_api.factories import NOW, FakeClock, World


@dataclass
class Probe:
    """A route that counts its work, and waits in the middle of it where it is told to."""

    calls: int = 0
    held: bool = False
    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def work(self, body: VisitLanguage) -> tuple[VisitLanguage, int]:
        """Do the work once more."""
        self.calls += 1
        if self.held:
            self.begun.set()
            assert self.go_on.wait(20)
        return body, 201


def add_probe(app: Flask, probe: Probe) -> None:
    """Give an application the route POST /v1/probe, and /v1/failing."""
    api = APIBlueprint("probe", __name__)

    @api.post("/v1/probe")
    @allow("kiosk")
    @writes
    def run(work: Work, body: VisitLanguage) -> tuple[VisitLanguage, int]:
        return probe.work(body)

    @api.post("/v1/failing")
    @allow("kiosk")
    @writes
    def fail(work: Work, body: VisitLanguage) -> tuple[VisitLanguage, int]:
        probe.work(body)
        raise Conflict

    app.register_api(api)  # type: ignore[attr-defined]


@pytest.fixture
def probe(app: Flask) -> Probe:
    """The probe of the application under test."""
    made = Probe()
    add_probe(app, made)
    return made


@pytest.fixture
def second_app(settings: Settings, clock: FakeClock, probe: Probe) -> Iterator[Flask]:
    """Another process's application on the same database."""
    made = create_app(settings, clock=clock)
    add_probe(made, probe)
    yield made
    close_app(made)


def test_a_repeat_gets_the_first_answer_byte_for_byte(as_kiosk: Client, probe: Probe) -> None:
    answers = [as_kiosk.post("/v1/probe", {"language": "en"}, key="one") for _ in range(3)]
    assert {(answer.status_code, answer.data) for answer in answers} == {(201, b'{"language":"en"}')}
    assert probe.calls == 1


def test_a_real_write_repeats_its_answer_and_is_done_once(as_kiosk: Client, as_rep: Client) -> None:
    first, second = (as_kiosk.post("/v1/visits", {"language": "es"}, key="one") for _ in range(2))
    assert first.status_code == 201
    assert first.data == second.data
    assert len(as_rep.get("/v1/visits?state=open").get_json()["visits"]) == 1


@pytest.mark.parametrize("path", ["/v1/probe", "/v1/failing"])
def test_a_key_with_another_request_is_422_and_does_nothing(
    as_kiosk: Client, probe: Probe, path: str
) -> None:
    as_kiosk.post("/v1/probe", {"language": "en"}, key="one")
    answer = as_kiosk.post(path, {"language": "es"}, key="one")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency.key_reused")
    assert probe.calls == 1


def test_the_same_body_at_another_address_is_another_request(as_kiosk: Client, probe: Probe) -> None:
    as_kiosk.post("/v1/probe", {"language": "en"}, key="one")
    assert as_kiosk.post("/v1/failing", {"language": "en"}, key="one").status_code == 422


def test_what_is_kept_of_a_request_cannot_be_guessed_without_the_services_key(
    as_kiosk: Client, probe: Probe, database: Database
) -> None:
    as_kiosk.post("/v1/probe", {"language": "en"}, key="one")
    with database.reading() as session:
        kept = session.scalar(sa.select(IdempotencyKey.request_digest))
    bodies = (b'{"language": "en"}', b'{"language":"en"}')
    heads = (b"POST /v1/probe\n", b"POST /v1/probe?\n", b"")
    assert kept not in {hashlib.sha256(head + body).hexdigest() for head in heads for body in bodies}


def test_a_repeat_is_known_again_after_a_new_key_came_before_the_old_one(
    settings: Settings, clock: FakeClock, world: World, as_kiosk: Client
) -> None:
    first = as_kiosk.post("/v1/visits", {"language": "es"}, key="one")
    newer = ("newer", b"n" * 32)
    ring = KeyRing((newer, *settings.keys.secrets))
    later = create_app(settings.model_copy(update={"keys": ring}), clock=clock)
    try:
        assert Client(later, world.kiosk).post("/v1/visits", {"language": "es"}, key="one").data == first.data
    finally:
        close_app(later)


def test_two_callers_may_use_the_same_key(as_kiosk: Client, app: Flask, world: World, probe: Probe) -> None:
    as_kiosk.post("/v1/probe", {"language": "en"}, key="one")
    other = Client(app, world.other_kiosk).post("/v1/probe", {"language": "es"}, key="one")
    assert (other.status_code, other.get_json()) == (201, {"language": "es"})


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "idempotency.key_missing"),
        ({"Idempotency-Key": ""}, "idempotency.key_missing"),
        ({"Idempotency-Key": "x" * 129}, "idempotency.key_malformed"),
        ({"Idempotency-Key": "a b"}, "idempotency.key_malformed"),
        ({"Idempotency-Key": "a,b"}, "idempotency.key_malformed"),
        ({"Idempotency-Key": "é"}, "idempotency.key_malformed"),
    ],
)
def test_a_missing_or_malformed_key_is_400(
    as_kiosk: Client, probe: Probe, headers: dict[str, str], code: str
) -> None:
    answer = as_kiosk.post("/v1/probe", {"language": "en"}, key=None, headers=headers)
    assert (answer.status_code, answer.get_json()["code"], probe.calls) == (400, code, 0)


def test_a_doubled_key_is_400(app: Flask, world: World, probe: Probe) -> None:
    doubled = [("Authorization", f"Bearer {world.kiosk}"), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = app.test_client().post("/v1/probe", json={"language": "en"}, headers=doubled)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "idempotency.key_malformed")


def test_only_committed_answers_are_stored(as_kiosk: Client, probe: Probe) -> None:
    for _ in range(2):
        assert as_kiosk.post("/v1/failing", {"language": "en"}, key="one").status_code == 409
    assert probe.calls == 2
    assert as_kiosk.get("/v1/idempotency-keys/one").get_json()["state"] == "unknown"


def test_a_key_can_be_looked_up_by_its_own_caller_only(
    as_kiosk: Client, as_tablet: Client, probe: Probe
) -> None:
    as_kiosk.post("/v1/probe", {"language": "en"}, key="one")
    assert as_kiosk.get("/v1/idempotency-keys/one").get_json() == {
        "key": "one",
        "state": "settled",
        "status": 201,
        "answer": {"language": "en"},
    }
    unknown = {"key": "one", "state": "unknown", "status": None, "answer": None}
    assert as_tablet.get("/v1/idempotency-keys/one").get_json() == unknown


def test_a_rival_in_the_same_process_gets_409_until_the_first_is_done(as_kiosk: Client, probe: Probe) -> None:
    probe.held = True
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(as_kiosk.post, "/v1/probe", {"language": "en"}, key="one")
        assert probe.begun.wait(20)
        rival = as_kiosk.post("/v1/probe", {"language": "en"}, key="one")
        probe.go_on.set()
        assert (rival.status_code, rival.get_json()["code"]) == (409, "idempotency.in_flight")
        assert rival.headers["Retry-After"] == "1"
        assert first.result().status_code == 201
    assert as_kiosk.post("/v1/probe", {"language": "en"}, key="one").data == first.result().data
    assert probe.calls == 1


def test_a_rival_in_another_process_waits_or_gets_409_and_does_nothing(
    as_kiosk: Client, second_app: Flask, probe: Probe, database: Database
) -> None:
    probe.held = True
    elsewhere = Client(second_app, as_kiosk.token)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(as_kiosk.post, "/v1/probe", {"language": "en"}, key="one")
        assert probe.begun.wait(20)
        rival = pool.submit(elsewhere.post, "/v1/probe", {"language": "en"}, key="one")
        if not database.is_sqlite:
            assert rival.result().get_json()["code"] == "idempotency.in_flight"
        probe.go_on.set()
        # On SQLite writers stand in one line: the rival's turn comes when the first answer is stored.
        assert first.result().status_code == 201
        assert rival.result().status_code == (201 if database.is_sqlite else 409)
    assert elsewhere.post("/v1/probe", {"language": "en"}, key="one").data == first.result().data
    assert probe.calls == 1


def test_only_the_claim_of_a_key_waits_so_short(database: Database) -> None:
    if database.is_sqlite:
        return  # its writers stand in one line
    keys = Keys(0.2)
    with database.transaction() as session:
        usual = session.scalar(sa.text("SHOW lock_timeout"))
        for _ in ("claimed", "known"):
            keys.begin(session, "somebody", "one", ("digest",), NOW)
            assert session.scalar(sa.text("SHOW lock_timeout")) == usual != "200ms"


def test_many_at_once_with_one_key_do_the_work_once(as_kiosk: Client, probe: Probe) -> None:
    barrier = threading.Barrier(8)

    def contend() -> TestResponse:
        barrier.wait(20)
        return as_kiosk.post("/v1/probe", {"language": "en"}, key="one")

    with ThreadPoolExecutor(8) as pool:
        answers = [future.result() for future in [pool.submit(contend) for _ in range(8)]]
    assert probe.calls == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.data for answer in answers if answer.status_code == 201} == {b'{"language":"en"}'}


def test_keys_are_kept_for_thirty_days(as_kiosk: Client, probe: Probe, database: Database) -> None:
    as_kiosk.post("/v1/probe", {"language": "en"}, key="one")
    with database.transaction() as session:
        assert forget_old_keys(session, NOW + KEPT) == 0
        assert forget_old_keys(session, NOW + KEPT + dt.timedelta(seconds=1)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) == 0


def test_old_keys_are_forgotten_a_few_at_a_time(as_kiosk: Client, probe: Probe, database: Database) -> None:
    for number in range(5):
        as_kiosk.post("/v1/probe", {"language": "en"}, key=f"key-{number}")
    later = NOW + KEPT + dt.timedelta(days=1)
    with database.transaction() as session:
        assert [forget_old_keys(session, later, most=2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_closed_key_stays_closed_and_does_nothing(as_kiosk: Client, probe: Probe) -> None:
    states = [as_kiosk.delete("/v1/idempotency-keys/one").get_json() for _ in range(2)]
    closed = {"key": "one", "state": "closed", "status": None, "answer": None}
    assert states == [closed, closed]
    for _ in range(2):
        late = as_kiosk.post("/v1/probe", {"language": "en"}, key="one")
        assert (late.status_code, late.get_json()["code"]) == (409, "idempotency.key_closed")
        assert "Retry-After" not in late.headers
    assert as_kiosk.get("/v1/idempotency-keys/one").get_json() == closed
    assert probe.calls == 0


def test_closing_a_used_key_gives_its_answer_and_changes_nothing(as_kiosk: Client, probe: Probe) -> None:
    first = as_kiosk.post("/v1/probe", {"language": "en"}, key="one")
    assert as_kiosk.delete("/v1/idempotency-keys/one").get_json()["answer"] == {"language": "en"}
    assert as_kiosk.post("/v1/probe", {"language": "en"}, key="one").data == first.data


def test_nobody_closes_the_key_of_another(as_kiosk: Client, as_tablet: Client, probe: Probe) -> None:
    as_tablet.delete("/v1/idempotency-keys/one")
    assert as_kiosk.post("/v1/probe", {"language": "en"}, key="one").status_code == 201


def test_a_key_cannot_be_closed_while_its_request_is_at_work(
    as_kiosk: Client, second_app: Flask, probe: Probe, database: Database
) -> None:
    probe.held = True
    elsewhere = Client(second_app, as_kiosk.token)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(as_kiosk.post, "/v1/probe", {"language": "en"}, key="one")
        assert probe.begun.wait(20)
        closing = pool.submit(elsewhere.delete, "/v1/idempotency-keys/one")
        if not database.is_sqlite:
            assert closing.result().get_json()["code"] == "idempotency.in_flight"
        probe.go_on.set()
        assert first.result().status_code == 201
        # On SQLite the closing waited in the line behind the request, and then found its answer.
        assert closing.result().status_code == (200 if database.is_sqlite else 409)
    assert elsewhere.delete("/v1/idempotency-keys/one").get_json()["state"] == "settled"


def test_staff_tokens_are_never_stored(as_rep: Client, database: Database) -> None:
    with database.reading() as session:
        assert session.scalars(sa.select(IdempotencyKey)).all() == []


def test_old_keys_are_forgotten_while_the_service_runs(
    as_kiosk: Client, probe: Probe, database: Database, clock: FakeClock
) -> None:
    as_kiosk.post("/v1/probe", {"language": "en"}, key="old")
    clock.advance(days=31)
    as_kiosk.post("/v1/probe", {"language": "en"}, key="young")
    keeper = Housekeeper(database, clock, every_seconds=0.05)
    keeper.start()
    deadline = time.monotonic() + 20
    while as_kiosk.get("/v1/idempotency-keys/old").get_json()["state"] != "unknown":
        assert time.monotonic() < deadline, "the old key is still there"
        time.sleep(0.02)
    keeper.stop()
    assert as_kiosk.get("/v1/idempotency-keys/young").get_json()["state"] == "settled"
