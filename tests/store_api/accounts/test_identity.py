"""The identity check: who gets in, who is kept out, and that nobody learns which numbers exist."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from store_api.accounts import identity
from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.keys import KeyRing
from store_api.pins import PinHash
from store_api.settings import Settings
from tests.store_api.clients import Client
from tests.store_api.factories import NOW, Customer, FakeClock, World, add_customer, make_work

NUMBER, NOBODYS_NUMBER = "(312) 555-0142", "(312) 555-0199"


@pytest.fixture
def customer(database: Database) -> Customer:
    """Dana, with a line and the PIN 2468."""
    with database.transaction() as session:
        return add_customer(make_work(session), NUMBER)


@pytest.fixture
def visit(as_kiosk: Client, customer: Customer) -> str:
    """An open visit at the kiosk."""
    visit_id: str = as_kiosk.post("/v1/visits", {"language": "en"}).get_json()["visit_id"]
    return visit_id


def check(client: Client, visit: str, telephone: str = NUMBER, pin: str = "2468") -> dict[str, Any]:
    """Check a number and a PIN; the answer."""
    answer = client.post(f"/v1/visits/{visit}/identity", {"telephone": telephone, "pin": pin})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    found["visit"].pop("revision")
    return found


def lock(client: Client, visit: str, telephone: str = NUMBER) -> dict[str, Any]:
    """Ten wrong PINs; the last answer."""
    return [check(client, visit, telephone, f"000{n}") for n in range(10)][-1]


@pytest.mark.parametrize("typed", [NUMBER, "312 555 0142", "+1 312-555-0142", "3125550142", "1 312 555 0142"])
def test_the_number_may_be_typed_in_any_usual_form(as_kiosk: Client, visit: str, typed: str) -> None:
    answer = check(as_kiosk, visit, typed)
    assert (answer["checked"], answer["code"], answer["visit"]["identity"]) == (True, None, "person_pin")
    assert answer["visit"]["person"] == "Dana"
    assert answer["visit"]["line"]["last_four"] == "0142"


def test_nothing_of_the_account_is_there_before_the_check(as_kiosk: Client, visit: str) -> None:
    seen = as_kiosk.get(f"/v1/visits/{visit}").get_json()
    assert (seen["identity"], seen["person"], seen["line"]) == (None, None, None)
    assert as_kiosk.get(f"/v1/visits/{visit}/choices").get_json()["code"] == "identity.not_checked"


def test_a_number_that_nobody_has_answers_as_a_wrong_pin_does(as_kiosk: Client, visit: str) -> None:
    wrong, unknown = check(as_kiosk, visit, NUMBER, "1111"), check(as_kiosk, visit, NOBODYS_NUMBER, "1111")
    assert wrong == unknown
    assert (wrong["checked"], wrong["code"], wrong["visit"]["person"]) == (False, "identity.wrong", None)


@pytest.mark.parametrize("typed", ["", "hello", "12", "+", "9" * 40, "٣١٢٥٥٥٠١٤٢", "312-555-0142x1"])
def test_what_is_no_number_answers_the_same(as_kiosk: Client, visit: str, typed: str) -> None:
    assert check(as_kiosk, visit, typed, "1111")["code"] == "identity.wrong"


def test_a_number_that_nobody_has_costs_the_same_work(
    as_kiosk: Client, visit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[PinHash | None] = []
    real = identity.pin_matches

    def counted(keys: KeyRing, stored: PinHash | None, pin: str) -> bool:
        looked_at.append(stored)
        return real(keys, stored, pin)

    monkeypatch.setattr(identity, "pin_matches", counted)
    check(as_kiosk, visit, NUMBER, "1111")
    check(as_kiosk, visit, NOBODYS_NUMBER, "1111")
    assert [stored is None for stored in looked_at] == [False, True]


def test_ten_wrong_pins_close_the_method_for_an_hour(as_kiosk: Client, visit: str, clock: FakeClock) -> None:
    answers = [check(as_kiosk, visit, NUMBER, f"000{n}") for n in range(10)]
    assert [answer["code"] for answer in answers] == ["identity.wrong"] * 9 + ["identity.locked"]
    assert answers[-1]["locked_until"] == "2026-11-21T17:00:00Z"
    assert check(as_kiosk, visit)["code"] == "identity.locked"
    clock.advance(minutes=59, seconds=59)
    assert check(as_kiosk, visit)["code"] == "identity.locked"
    clock.advance(seconds=1)
    assert check(as_kiosk, visit)["checked"]


def test_a_number_that_nobody_has_locks_in_the_same_way(as_kiosk: Client, visit: str) -> None:
    assert lock(as_kiosk, visit, NUMBER) == lock(as_kiosk, visit, NOBODYS_NUMBER)
    assert check(as_kiosk, visit, NUMBER) == check(as_kiosk, visit, NOBODYS_NUMBER)


def test_a_right_pin_sets_the_count_back(as_kiosk: Client, visit: str) -> None:
    for _ in range(2):
        for n in range(9):
            assert check(as_kiosk, visit, NUMBER, f"000{n}")["code"] == "identity.wrong"
        assert check(as_kiosk, visit)["checked"]


@pytest.fixture
def restarted(settings: Settings, clock: FakeClock, world: World) -> Iterator[Client]:
    """The kiosk as a caller of another process that knows nothing but the database."""
    app = create_app(settings, clock=clock)
    yield Client(app, world.kiosk)
    close_app(app)


def test_the_lock_outlives_a_restart_and_holds_in_every_process(
    as_kiosk: Client, visit: str, restarted: Client
) -> None:
    for n in range(5):
        check(as_kiosk, visit, NUMBER, f"000{n}")
        check(restarted, visit, NUMBER, f"111{n}")
    assert check(restarted, visit)["code"] == "identity.locked"
    assert check(as_kiosk, visit)["code"] == "identity.locked"


def test_many_tries_at_once_are_looked_at_ten_times_at_most(
    database: Database, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(identity, "pin_matches", lambda _keys, _stored, pin: bool(looked_at.append(pin)))
    barrier = threading.Barrier(16)

    def contend(number: int) -> str | None:
        barrier.wait(20)
        with database.transaction() as session:
            return identity.check_pin(make_work(session), "vis_1", NUMBER, f"{number:04}").code

    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(contend, range(16)))
    assert len(looked_at) == 10
    assert codes.count("identity.locked") == 7


def test_a_rep_who_saw_a_photo_id_gets_past_a_closed_pin(
    as_kiosk: Client, as_rep: Client, visit: str
) -> None:
    lock(as_kiosk, visit)
    answer = as_rep.post(f"/v1/visits/{visit}/photo-id", {"telephone": NUMBER}).get_json()
    assert (answer["checked"], answer["visit"]["identity"]) == (True, "photo_id_seen")


def test_the_pin_is_the_persons_own_and_not_the_accounts(
    as_kiosk: Client, visit: str, database: Database, customer: Customer
) -> None:
    with database.transaction() as session:
        add_customer(
            make_work(session),
            "312 555 0150",
            "Olga",
            account_id=customer.account_id,
            role="owner",
            pin="9753",
        )
    assert check(as_kiosk, visit, "312 555 0150", customer.pin)["code"] == "identity.wrong"
    assert check(as_kiosk, visit, NUMBER, "9753")["code"] == "identity.wrong"
    assert check(as_kiosk, visit, "312 555 0150", "9753")["visit"]["person"] == "Olga"


def test_the_log_names_the_method_and_hides_the_person(
    as_kiosk: Client, as_manager: Client, visit: str, customer: Customer
) -> None:
    check(as_kiosk, visit, NUMBER, "1111")
    check(as_kiosk, visit)
    entries = as_manager.get("/v1/log").get_json()["entries"]
    about = [
        entry for entry in entries if entry["subject"] == visit and entry["action"].startswith("identity")
    ]
    assert [entry["action"] for entry in about] == ["identity.refused", "identity.checked"]
    assert about[1]["details"]["method"] == "person_pin"
    assert set(about[1]["details"]["commitments"]) == {"person_id"}
    for entry in about:
        assert customer.person_id not in str(entry)
        assert customer.account_id not in str(entry)


def test_the_time_of_the_check_is_the_requests_own(as_kiosk: Client, visit: str, clock: FakeClock) -> None:
    assert clock.now == NOW
    clock.advance(hours=2)
    assert lock(as_kiosk, visit)["locked_until"] == "2026-11-21T19:00:00Z"
