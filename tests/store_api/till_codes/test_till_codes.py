"""The code on a slip: worth something once, at its own store, while the hold lasts."""

from __future__ import annotations

import threading
from typing import Any

import sqlalchemy as sa

from store_api.till_codes.models import TillCodeRow
from tests.store_api.clients import Client
from tests.store_api.story import Story, Visitor, body_of


def reserve(story: Story) -> tuple[Visitor, str]:
    """Maya reserves her credit at the kiosk; the code of her slip."""
    visitor = story.walk_in("Maya")
    hold_id = visitor.reserve(visitor.get_yes())["hold"]["hold_id"]
    return visitor, body_of(visitor.client.post("/v1/till-codes", {"hold_id": hold_id}))["code"]


def verify(till: Client, code: str) -> Any:
    return body_of(till.post("/v1/till-codes/verify", {"code": code}))


def test_a_scanned_slip_tells_order_and_credit_once(story: Story) -> None:
    _, code = reserve(story)
    assert (len(code), code[0]) == (14, "T")
    told = verify(story.till, f" {code.lower()} ")
    assert told["code"] is None
    (voucher,) = told["vouchers"]
    assert (voucher["state"], voucher["comes_off"]) == ("reserved", True)
    assert voucher["amount"] == {"amount": "49.99", "currency": "USD"}
    assert (told["total_before"]["amount"], told["total_after"]["amount"]) == ("49.99", "0.00")
    assert told["order"]["state"] == "said"
    story.clock.advance(minutes=1)
    again = verify(story.till, code)
    assert (again["code"], again["verified_at"]) == ("till_code.verified_before", told["verified_at"])
    assert (again["order"], again["vouchers"]) == (None, [])


def test_the_same_hold_has_the_same_code_and_another_hold_another(story: Story) -> None:
    visitor, code = reserve(story)
    hold_id = visitor.look()["hold"]["hold_id"]
    assert body_of(visitor.client.post("/v1/till-codes", {"hold_id": hold_id}))["code"] == code
    body_of(visitor.client.post(f"/v1/holds/{hold_id}/release"))
    refused = visitor.client.post("/v1/till-codes", {"hold_id": hold_id})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "till_code.hold_over")
    other = visitor.reserve(visitor.ask())["hold"]["hold_id"]
    assert body_of(visitor.client.post("/v1/till-codes", {"hold_id": other}))["code"] != code


def test_wrong_unknown_and_expired_codes_each_have_their_own_word(story: Story) -> None:
    _, code = reserve(story)
    typo = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert verify(story.till, typo)["code"] == "till_code.wrong_check"
    assert verify(story.till, "7F3K-92QD-XA4MC")["code"] == "till_code.wrong_check"
    assert verify(story.till, "T0000000000000")["code"] == "till_code.unknown"
    story.clock.advance(minutes=16)
    assert verify(story.till, code)["code"] == "till_code.expired"


def test_a_code_of_another_store_is_unknown_and_counted(story: Story) -> None:
    _, code = reserve(story)
    with story.database.transaction() as session:
        session.execute(sa.update(TillCodeRow).values(store_id="somewhere-else"))
    for _ in range(story.settings.wrong_codes):
        assert verify(story.till, code)["code"] == "till_code.unknown"
    closed = story.till.post("/v1/till-codes/verify", {"code": code})
    assert (closed.status_code, closed.get_json()["code"]) == (429, "code.too_many_tries")


def test_the_code_itself_is_stored_nowhere(story: Story) -> None:
    _, code = reserve(story)
    with story.database.reading() as session:
        row = session.scalars(sa.select(TillCodeRow)).one()
        stored = session.execute(sa.text("SELECT answer FROM idempotency_keys")).all()
    assert code not in repr({column.name: getattr(row, column.name) for column in row.__table__.columns})
    assert code.encode() not in b"".join(bytes(each[0] or b"") for each in stored)


def test_after_the_rep_has_confirmed_the_slip_tells_what_was_used(story: Story) -> None:
    visitor, code = reserve(story)
    order_id = visitor.look()["order"]["order_id"]
    body_of(story.rep.post(f"/v1/orders/{order_id}/confirm"))
    told = verify(story.till, code)
    assert [each["state"] for each in told["vouchers"]] == ["used"]
    assert told["order"]["state"] == "confirmed"


def test_of_many_tills_that_scan_at_once_one_is_told(story: Story) -> None:
    _, code = reserve(story)
    start, answers = threading.Barrier(6), []

    def scan() -> None:
        till = Client(story.app, story.till.token)
        start.wait(5)
        answers.append(verify(till, code)["code"])

    threads = [threading.Thread(target=scan) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers, key=str) == [None, *["till_code.verified_before"] * 5]
