"""Wrong tries close a method for the line, on the device or everywhere; staff open it again."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from typing import Any

import pytest

from store_api.accounts import identity
from store_api.accounts import service as accounts
from store_api.app import close_app, create_app
from store_api.auth import Caller
from store_api.db import Database
from store_api.settings import Settings
from store_api.work import Work
from tests.store_api.clients import Client, sign_in
from tests.store_api.factories import (
    KEYS,
    NOW,
    REP_NUMBER,
    REP_PIN,
    Customer,
    FakeClock,
    World,
    add_customer,
    make_settings,
    make_work,
)

NUMBER = "(312) 555-0142"
HOUR = "2026-11-21T17:00:00Z"


@pytest.fixture
def customer(database: Database) -> Customer:
    """Dana, with a line and the PIN 2468."""
    with database.transaction() as session:
        return add_customer(make_work(session), NUMBER)


def client_with(
    database: Database, clock: FakeClock, url: str, token: str, **changes: int
) -> tuple[Client, str]:
    """A kiosk of a service with these limits, and an open visit there."""
    app = create_app(make_settings(url, **changes), database=database, clock=clock)
    client = Client(app, token)
    return client, client.post("/v1/visits", {}).get_json()["visit_id"]


def check(client: Client, visit: str, telephone: str, pin: str = "0000") -> dict[str, Any]:
    answer = client.post(f"/v1/visits/{visit}/identity", {"telephone": telephone, "pin": pin})
    found: dict[str, Any] = answer.get_json()
    return found


def test_wrong_pins_for_many_lines_close_the_method_on_their_device_alone(
    database: Database, database_url: str, world: World, clock: FakeClock, customer: Customer
) -> None:
    kiosk, visit = client_with(database, clock, database_url, world.kiosk, wrong_pins_of_device=5)
    codes = [check(kiosk, visit, f"312 555 01{n:02}")["code"] for n in range(5)]
    assert codes == ["identity.wrong"] * 4 + ["identity.locked_here"]
    refused = check(kiosk, visit, NUMBER, customer.pin)
    assert (refused["code"], refused["locked_until"]) == ("identity.locked_here", HOUR)
    other, elsewhere = client_with(database, clock, database_url, world.other_kiosk)
    assert check(other, elsewhere, NUMBER, customer.pin)["checked"]
    clock.advance(hours=1)
    assert check(kiosk, visit, NUMBER, customer.pin)["checked"]


def test_a_right_pin_does_not_set_a_devices_count_back(
    database: Database, database_url: str, world: World, clock: FakeClock, customer: Customer
) -> None:
    kiosk, visit = client_with(database, clock, database_url, world.kiosk, wrong_pins_of_device=5)
    for n in range(4):
        check(kiosk, visit, f"312 555 01{n:02}")
        assert check(kiosk, visit, NUMBER, customer.pin)["checked"]
    assert check(kiosk, visit, "312 555 0110")["code"] == "identity.locked_here"


def test_a_closed_device_uses_up_no_tries_of_a_line(
    database: Database, database_url: str, world: World, clock: FakeClock, customer: Customer
) -> None:
    kiosk, visit = client_with(database, clock, database_url, world.kiosk, wrong_pins_of_device=5)
    for n in range(5):
        check(kiosk, visit, f"312 555 01{n:02}")
    for _ in range(12):
        assert check(kiosk, visit, NUMBER)["code"] == "identity.locked_here"
    other, elsewhere = client_with(database, clock, database_url, world.other_kiosk)
    assert check(other, elsewhere, NUMBER)["code"] == "identity.wrong"


def test_wrong_pins_of_many_devices_close_the_method_everywhere(
    database: Database, customer: Customer, database_url: str
) -> None:
    settings = make_settings(database_url, wrong_pins_of_fleet=50)
    codes = []
    for n in range(51):
        with database.transaction() as session:
            work = Work(session, NOW, Caller("kiosk", f"dev_{n}"), settings)
            codes.append(identity.check_pin(work, "vis_1", f"312 555 {1000 + n}", "0000").code)
    assert codes == ["identity.wrong"] * 49 + ["identity.locked_everywhere"] * 2
    with database.transaction() as session:
        accounts.open_fleet(Work(session, NOW, Caller("public", "operator"), settings))
        found = identity.check_pin(
            Work(session, NOW, Caller("kiosk", "dev_x"), settings), "v", NUMBER, "2468"
        )
    assert found.person is not None


def test_an_operator_opens_a_device_again(
    database: Database, database_url: str, world: World, clock: FakeClock, customer: Customer
) -> None:
    kiosk, visit = client_with(database, clock, database_url, world.kiosk, wrong_pins_of_device=5)
    for n in range(5):
        check(kiosk, visit, f"312 555 01{n:02}")
    with database.transaction() as session:
        accounts.open_device(make_work(session), world.kiosk_id)
    assert check(kiosk, visit, NUMBER, customer.pin)["checked"]


@pytest.fixture
def restarted(settings: Settings, clock: FakeClock, world: World) -> Iterator[Client]:
    """A tablet's rep in another process that knows nothing but the database."""
    app = create_app(settings, clock=clock)
    yield sign_in(Client(app, world.tablet), REP_NUMBER, REP_PIN)
    close_app(app)


def test_a_rep_opens_a_pin_again_after_a_photo_id_and_not_before(
    as_kiosk: Client, restarted: Client, customer: Customer
) -> None:
    visit = as_kiosk.post("/v1/visits", {}).get_json()["visit_id"]
    for _ in range(10):
        check(as_kiosk, visit, NUMBER)
    refused = restarted.post(f"/v1/visits/{visit}/unlock")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "identity.photo_id_needed")
    assert restarted.post(f"/v1/visits/{visit}/photo-id", {"telephone": NUMBER}).get_json()["checked"]
    assert restarted.post(f"/v1/visits/{visit}/unlock").status_code == 200
    assert check(as_kiosk, visit, NUMBER, customer.pin)["checked"]


def test_a_pin_that_was_checked_does_not_open_anything(
    as_kiosk: Client, as_rep: Client, customer: Customer
) -> None:
    visit = as_kiosk.post("/v1/visits", {}).get_json()["visit_id"]
    assert check(as_kiosk, visit, NUMBER, customer.pin)["checked"]
    assert as_rep.post(f"/v1/visits/{visit}/unlock").get_json()["code"] == "identity.photo_id_needed"


def guess(url: str, first: int, begin: Any, answers: Any) -> None:
    """Twelve wrong PINs in a process of its own; the codes."""
    database = Database(url)
    settings = make_settings(url)
    begin.wait(30)
    codes = []
    for n in range(12):
        with database.transaction() as session:
            work = Work(session, NOW, Caller("kiosk", f"dev_{first}"), settings)
            codes.append(identity.check_pin(work, "vis_1", NUMBER, f"{first + n:04}").code)
    database.close()
    answers.put(codes)


def test_two_processes_share_ten_tries(database_url: str, database: Database, customer: Customer) -> None:
    context = multiprocessing.get_context("spawn")
    begin, answers = context.Barrier(2), context.Queue()
    processes = [
        context.Process(target=guess, args=(database_url, n * 100, begin, answers)) for n in range(2)
    ]
    for process in processes:
        process.start()
    codes = [code for _ in processes for code in answers.get(timeout=60)]
    for process in processes:
        process.join(30)
    assert codes.count("identity.wrong") == 9
    assert codes.count("identity.locked") == 15
    assert make_settings(database_url).keys == KEYS
