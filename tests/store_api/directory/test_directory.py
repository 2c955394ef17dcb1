"""A store whose accounts are elsewhere: asked outside of the write, kept with its age, unknown where it is
down."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from store_api.accounts.models import PersonRow
from store_api.app import close_app, create_app
from store_api.contract import Device, Money, PriceList
from store_api.db import Database
from store_api.directory import circuits
from store_api.orders import service as orders
from store_api.pins import hash_pin
from store_api.policies import service as policies
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import NewVoucher
from store_api.work import Work
from tests.store_api.clients import Client, sign_in
from tests.store_api.directory.carrier import Carrier, fails, hangs
from tests.store_api.factories import (
    KEYS,
    NOW,
    REP_NUMBER,
    REP_PIN,
    FakeClock,
    World,
    make_settings,
    make_work,
)

POLICY = "device-upgrade"
PRICE = Money.model_validate({"amount": "49.99", "currency": "USD"})
PRICES = PriceList(
    devices=(Device(sku="orbit", name="Orbit", category="phone", price=PRICE),), agreement_months=(24,)
)
TELEPHONE = "(312) 555-0142"


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """A carrier's systems."""
    with Carrier() as running:
        yield running


@pytest.fixture
def app(carrier: Carrier, database_url: str, database: Database, clock: FakeClock) -> Iterator[Flask]:
    """The service with that directory, and the demo's policy of upgrades."""
    from store_api.demo.service import POLICIES

    settings = make_settings(
        database_url, directory=carrier.address, directory_seconds=0.5, directory_keep_minutes=60
    )
    with database.transaction() as session:
        for name in ("device-upgrade-v1.yaml", "wireline-thank-you-20-v1.yaml"):
            text = (POLICIES / name).read_text(encoding="utf-8")
            policies.load_version(session, text, name, policies.read_catalogue(()), NOW)
        orders.set_price_list(session, PRICES)
    made = create_app(settings, database=database, clock=clock)
    yield made
    close_app(made)


@pytest.fixture
def rep(app: Flask, world: World) -> Client:
    """Jordan, on the tablet of that service."""
    return sign_in(Client(app, world.tablet), REP_NUMBER, REP_PIN)


def issue_credit(work: Work, account_id: str) -> str:
    """A credit of the account's that asks for nothing long overdue."""
    new = NewVoucher(
        policy="wireline-thank-you-20", issued_on=NOW.date(), account_id=account_id, amount_minor=2000,
        currency="USD",
    )  # fmt: skip
    key, _ = vouchers.issue(work.session, new, KEYS, secrets.token_bytes, NOW)
    return key.voucher_id


def open_visit(client: Client) -> str:
    visit_id: str = client.post("/v1/visits", {}).get_json()["visit_id"]
    return visit_id


def see(rep: Client, visit: str, telephone: str = TELEPHONE) -> dict[str, Any]:
    found: dict[str, Any] = rep.post(f"/v1/visits/{visit}/photo-id", {"telephone": telephone}).get_json()
    return found


def ask(client: Client, visit: str) -> dict[str, Any]:
    answer = client.post("/v1/decisions", {"visit_id": visit, "policy": POLICY})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def details(decision: dict[str, Any], language: str = "en") -> str:
    return " ".join(line["text"] for line in decision["sheets"][language]["lines"])


def test_a_person_of_the_carriers_is_found_by_number_and_decided_on(rep: Client, carrier: Carrier) -> None:
    visit = open_visit(rep)
    seen = see(rep, visit)
    assert (seen["checked"], seen["visit"]["person"], seen["visit"]["line"]["last_four"]) == (
        True, "Dana", "0142",
    )  # fmt: skip
    assert carrier.asked == ["lines", "lines", "accounts", "people", "customers"]
    decision = ask(rep, visit)
    assert decision["unavailable"] == []
    assert "as of" not in details(decision)
    assert len(carrier.asked) == 5  # everything is fresh, so nothing is asked again


def test_a_number_that_nobody_has_is_unknown_and_one_that_moves_is_its_new_lines(
    rep: Client, carrier: Carrier
) -> None:
    assert see(rep, open_visit(rep), "312 555 0199")["code"] == "identity.wrong"
    assert see(rep, open_visit(rep))["checked"]
    carrier.products.clear()
    assert see(rep, open_visit(rep))["code"] == "identity.wrong"


def test_a_source_that_is_down_leaves_what_was_known_with_its_time(
    rep: Client, carrier: Carrier, clock: FakeClock
) -> None:
    visit = open_visit(rep)
    see(rep, visit)
    carrier.behaviour["lines"] = fails(500)
    clock.advance(minutes=10)
    decision = ask(rep, visit)
    assert "10 months ago, as of 10:00" in details(decision)
    assert "Amount past due: $0.00 Th" in details(decision)
    assert "dato de las 10:00" in details(decision, "es")
    carrier.behaviour["accounts"] = fails(500)
    clock.advance(minutes=5)
    assert "Account lock: no, as of 10:10" in details(ask(rep, visit))
    carrier.behaviour.clear()
    clock.advance(minutes=5)
    again = ask(rep, visit)
    assert "as of" not in details(again)
    assert again["terms_code"] != decision["terms_code"]


def test_a_fact_that_could_not_be_had_is_unknown_says_so_and_is_asked_again(
    rep: Client, carrier: Carrier, clock: FakeClock
) -> None:
    visit = open_visit(rep)
    see(rep, visit)
    carrier.behaviour["lines"] = fails(500)
    clock.advance(minutes=61)  # older than it may be used
    decision = ask(rep, visit)
    assert decision["outcome"] == "undecided"
    reasons = {each["fact"]: each["reason"] for each in decision["unavailable"]}
    assert reasons["line.suspended"] == "too_old"
    assert reasons["line.device_purchased_on"] == "unreachable"
    assert "too old to use" in details(decision)
    carrier.behaviour.clear()
    assert ask(rep, visit)["unavailable"] == []


def test_on_the_first_sight_a_source_without_which_nobody_is_known_says_that_it_is_not_certain(
    rep: Client, app: Flask, world: World, carrier: Carrier
) -> None:
    carrier.behaviour["lines"] = hangs
    assert see(rep, open_visit(rep))["code"] == "identity.unreachable"
    kiosk = Client(app, world.kiosk)
    visit = open_visit(kiosk)
    answer = kiosk.post(f"/v1/visits/{visit}/identity", {"telephone": TELEPHONE, "pin": "1111"})
    assert answer.get_json()["code"] == "identity.unreachable"


def test_a_missing_source_takes_only_its_own_facts_with_it(
    rep: Client, carrier: Carrier, database: Database
) -> None:
    carrier.behaviour["customers"] = fails(500)
    visit = open_visit(rep)
    assert see(rep, visit)["checked"]
    decision = ask(rep, visit)
    missing = {each["fact"] for each in decision["unavailable"]}
    assert missing <= {"account.opened_on", "account.segment"}
    assert all(each["reason"] == "unreachable" for each in decision["unavailable"])


def test_the_pin_is_this_systems_own_and_stays(
    rep: Client, app: Flask, world: World, database: Database
) -> None:
    see(rep, open_visit(rep))
    with database.transaction() as session:
        hashed = hash_pin(KEYS, "2468")
        row = session.get_one(PersonRow, ("ba-1", "ind-1"))
        row.pin_key_id, row.pin_hash = hashed.key_id, hashed.encoded
    kiosk = Client(app, world.kiosk)
    answer = kiosk.post(f"/v1/visits/{open_visit(kiosk)}/identity", {"telephone": TELEPHONE, "pin": "2468"})
    assert answer.get_json()["checked"]


def test_a_source_that_keeps_failing_is_left_alone_and_then_asked_by_one(
    rep: Client, carrier: Carrier, clock: FakeClock, database: Database
) -> None:
    carrier.behaviour["lines"] = fails(500)
    visit = open_visit(rep)
    for _ in range(7):
        assert see(rep, visit)["code"] == "identity.unreachable"
    assert carrier.asked == ["lines"] * circuits.MOST_FAULTS
    with database.reading() as session:
        [row] = circuits.read_circuits(session)
        assert (row.source, row.faults, row.last_fault) == ("lines", 5, "status_500")
        assert row.open_until == clock.now + circuits.OPEN_FOR
    clock.advance(seconds=31)
    assert circuits.may_ask(database, "lines", clock.now)
    assert not circuits.may_ask(database, "lines", clock.now)
    carrier.behaviour.clear()
    clock.advance(seconds=11)
    assert see(rep, visit)["checked"]
    with database.reading() as session:
        [row] = circuits.read_circuits(session)
        assert (row.faults, row.open_until) == (0, None)


def test_what_changed_at_the_carriers_meanwhile_is_decided_on_before_anything_is_used(
    rep: Client, carrier: Carrier, clock: FakeClock, database: Database
) -> None:
    visit = open_visit(rep)
    see(rep, visit)
    with database.transaction() as session:
        voucher = issue_credit(make_work(session), "ba-1")
    rep.put(f"/v1/visits/{visit}/order", {"sku": "orbit", "facts": {}})
    asked = {"visit_id": visit, "voucher_id": voucher}
    decision = rep.post("/v1/decisions", asked).get_json()
    assert decision["outcome"] == "eligible", details(decision)
    carrier.account["accountBalance"][1]["amount"]["value"] = 83.20
    clock.advance(minutes=2)
    held = rep.post("/v1/holds", {"decision_id": decision["decision_id"]}).get_json()
    assert (held["hold"], held["code"]) == (None, "terms.changed")
    assert "$83.20" in details(held["decision"])


def test_nothing_is_asked_inside_of_a_write(
    rep: Client, carrier: Carrier, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_writes = []
    real = Database.transaction

    def watched(self: Database) -> Any:
        opened = real(self)

        class Watched:
            def __enter__(self) -> Any:
                session = opened.__enter__()
                open_writes.append(session)
                return session

            def __exit__(self, *error: Any) -> Any:
                open_writes.pop()
                return opened.__exit__(*error)

        return Watched()

    during: list[int] = []
    find = carrier._find

    def noting(*arguments: Any) -> Any:
        during.append(len(open_writes))
        return find(*arguments)

    visit = open_visit(rep)
    monkeypatch.setattr(Database, "transaction", watched)
    monkeypatch.setattr(carrier, "_find", noting)
    assert see(rep, visit)["checked"]
    ask(rep, visit)
    assert during == [0] * 5
