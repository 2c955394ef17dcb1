"""Staff sessions: who gets one, and when it ends."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from store_api.db import Database
from store_api.devices.service import revoke_device
from store_api.errors import NotFound
from store_api.staff.models import StaffRow, StaffSessionRow
from store_api.staff.service import unlock_staff
from tests.store_api.clients import Client
from tests.store_api.factories import NOW, REP_NUMBER, REP_PIN, FakeClock, World, make_work


def sign_in(tablet: Client, number: str = REP_NUMBER, pin: str = REP_PIN) -> tuple[int, dict[str, Any]]:
    """Try to sign in; status and answer."""
    answer = tablet.post("/v1/staff/sessions", {"staff_number": number, "pin": pin}, key=None)
    return answer.status_code, answer.get_json()


def test_a_rep_signs_in_with_number_and_pin(as_tablet: Client, world: World) -> None:
    status, session = sign_in(as_tablet)
    assert (status, session["staff_id"], session["role"], session["name"]) == (
        201,
        world.rep_id,
        "rep",
        "Jordan",
    )
    assert session["store"]["store_id"] == "store-1"
    assert session["expires_at"] == "2026-11-22T02:00:00Z"


def test_a_session_ends_when_it_is_closed(as_rep: Client) -> None:
    assert as_rep.get("/v1/store").status_code == 200
    assert as_rep.delete("/v1/staff/sessions/current").status_code == 204
    assert as_rep.get("/v1/store").get_json()["code"] == "auth.token_unknown"


def test_a_session_ends_by_itself(as_rep: Client, clock: FakeClock) -> None:
    clock.advance(hours=9, minutes=59)
    assert as_rep.get("/v1/store").status_code == 200
    clock.advance(minutes=1)
    assert as_rep.get("/v1/store").status_code == 401


def test_a_session_ends_with_its_tablet(as_rep: Client, database: Database, world: World) -> None:
    with database.transaction() as session:
        revoke_device(make_work(session), world.tablet_id)
    assert as_rep.get("/v1/store").status_code == 401


def test_a_session_ends_when_the_person_leaves(as_rep: Client, database: Database, world: World) -> None:
    with database.transaction() as session:
        session.get_one(StaffRow, world.rep_id).left_at = NOW
    assert as_rep.get("/v1/store").status_code == 401


def test_an_unknown_number_and_staff_of_another_store_answer_as_a_wrong_pin_does(
    app: Flask, as_tablet: Client, world: World
) -> None:
    wrong = sign_in(as_tablet, pin="0000")
    assert wrong == sign_in(as_tablet, number="9999")
    assert wrong == sign_in(Client(app, world.other_store_tablet))
    assert (wrong[0], wrong[1]["code"], wrong[1]["token"]) == (200, "identity.wrong", None)


@pytest.mark.parametrize("number", [REP_NUMBER, "9999"])
def test_ten_wrong_pins_close_the_sign_in_for_an_hour(
    as_tablet: Client, clock: FakeClock, number: str
) -> None:
    codes = [sign_in(as_tablet, number, f"000{n}")[1]["code"] for n in range(11)]
    assert codes == ["identity.wrong"] * 9 + ["identity.locked"] * 2
    assert sign_in(as_tablet, number)[1]["locked_until"] == "2026-11-21T17:00:00Z"
    clock.advance(hours=1)
    assert (sign_in(as_tablet, number)[0] == 201) is (number == REP_NUMBER)


def test_an_operator_can_open_a_closed_sign_in(as_tablet: Client, database: Database) -> None:
    for n in range(10):
        sign_in(as_tablet, pin=f"000{n}")
    with database.transaction() as session:
        unlock_staff(make_work(session), REP_NUMBER)
        with pytest.raises(NotFound):
            unlock_staff(make_work(session), "9999")
    assert sign_in(as_tablet)[0] == 201


def test_neither_pin_nor_token_stands_in_the_tables(as_tablet: Client, database: Database) -> None:
    token = sign_in(as_tablet)[1]["token"]
    with database.reading() as session:
        rows = [*session.scalars(sa.select(StaffRow)), *session.scalars(sa.select(StaffSessionRow))]
        text = " ".join(str(vars(row)) for row in rows)
    assert token.removeprefix("staff_") not in text
    assert REP_PIN not in text


def test_sign_ins_and_refusals_are_in_the_log(as_tablet: Client, as_manager: Client, world: World) -> None:
    sign_in(as_tablet, pin="0000")
    sign_in(as_tablet)
    entries = as_manager.get("/v1/log").get_json()["entries"]
    told = [(entry["action"], entry["subject"]) for entry in entries if entry["action"].startswith("staff.")]
    assert ("staff.refused", world.tablet_id) in told
    assert ("staff.signed_in", world.rep_id) in told


def at_kiosk(kiosk: Client, number: str = REP_NUMBER, pin: str = REP_PIN) -> str | None:
    """Try a PIN at a kiosk; the code of the answer."""
    answer = kiosk.post("/v1/staff/pin-checks", {"staff_number": number, "pin": pin}, key=None)
    assert answer.status_code == 200
    assert set(answer.get_json()) == {"code", "locked_until"}
    code: str | None = answer.get_json()["code"]
    return code


def test_a_pin_at_a_kiosk_is_checked_and_opens_no_session(as_kiosk: Client, database: Database) -> None:
    assert at_kiosk(as_kiosk) is None
    assert at_kiosk(as_kiosk, pin="0000") == "identity.wrong"
    assert at_kiosk(as_kiosk, number="9999") == "identity.wrong"
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(StaffSessionRow)) == 0


def test_wrong_pins_at_a_kiosk_close_the_kiosks_way_and_no_tablet(
    as_kiosk: Client, as_tablet: Client, database: Database
) -> None:
    for _ in range(10):
        at_kiosk(as_kiosk, pin="0000")
    assert at_kiosk(as_kiosk) == "identity.locked"
    assert sign_in(as_tablet)[0] == 201
    with database.transaction() as session:
        unlock_staff(make_work(session), REP_NUMBER)
    assert at_kiosk(as_kiosk) is None


def test_whoever_tries_many_numbers_at_a_kiosk_is_stopped_there(as_kiosk: Client, clock: FakeClock) -> None:
    for number in range(30):
        assert at_kiosk(as_kiosk, number=f"7{number:03}") == "identity.wrong"
    assert at_kiosk(as_kiosk) == "identity.locked"
    clock.advance(hours=1, minutes=1)
    assert at_kiosk(as_kiosk) is None
