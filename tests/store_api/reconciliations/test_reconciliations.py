"""The day's reconciliation: sums of the three, and every difference by its own name."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from store_api import outbox
from store_api.billing import service as billing
from store_api.billing.models import PostingRow
from store_api.billing.ports import Confirmation
from store_api.connecting import FOLLOWERS, _as_csv
from store_api.partners.service import add_partner
from store_api.reconciliations.service import reconcile
from tests.store_api.billing.test_billing import FakeBilling
from tests.store_api.clients import Client
from tests.store_api.factories import make_work
from tests.store_api.orders.test_till_orders import basket, money
from tests.store_api.story import Story, body_of

DAY = "2026-11-21"


def partner(story: Story) -> Client:
    with story.database.transaction() as session:
        token = add_partner(make_work(session, story.clock()), "finance", None)[1]
    return Client(story.app, token)


def day_of(story: Story, client: Client | None = None, day: str = DAY) -> Any:
    """The day of the first store that has anything in it, or of the first."""
    stores = body_of((client or partner(story)).get(f"/v1/reconciliations/{day}"))["stores"]
    return next((each for each in stores if each["amounts"] or each["differences"]), stores[0])


def kinds(found: Any) -> list[str]:
    return [each["kind"] for each in found["differences"]]


def test_a_day_on_which_nothing_happened_has_no_difference(story: Story) -> None:
    found = day_of(story)
    assert (found["amounts"], found["differences"], found["billing"]) == ([], [], False)


def test_what_was_redeemed_and_captured_alike_is_no_difference(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    body_of(story.till.post(f"/v1/orders/{order_id}/capture", basket(credit=money("49.99"))))
    found = day_of(story)
    assert found["differences"] == []
    (sums,) = found["amounts"]
    assert (sums["redeemed"], sums["captured"]) == (money("49.99"), money("49.99"))
    assert (sums["redemptions"], sums["captures"]) == (1, 1)


def test_a_till_that_took_off_another_amount_is_named(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    body_of(story.till.post(f"/v1/orders/{order_id}/capture", basket("T-1", credit=money("50.00"))))
    found = day_of(story)
    assert kinds(found) == ["captured_other_amount"]
    (difference,) = found["differences"]
    assert (difference["redeemed"], difference["captured"]) == (money("49.99"), money("50.00"))
    assert difference["till_reference"] == "T-1"


def test_a_credit_that_a_rep_confirmed_and_no_till_captured_is_named(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    body_of(story.rep.post(f"/v1/orders/{order_id}/confirm"))
    found = day_of(story)
    assert kinds(found) == ["redeemed_not_captured"]
    body_of(story.till.post(f"/v1/orders/{order_id}/capture", basket()))
    assert kinds(day_of(story)) == []


def test_a_slip_that_was_verified_and_never_captured_is_named(story: Story) -> None:
    visitor = story.walk_in("Maya")
    hold_id = visitor.reserve(visitor.get_yes())["hold"]["hold_id"]
    code = body_of(visitor.client.post("/v1/till-codes", {"hold_id": hold_id}))["code"]
    body_of(story.till.post("/v1/till-codes/verify", {"code": code}))
    assert kinds(day_of(story)) == ["verified_not_captured"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, ["redeemed_not_billed"]),
        (Confirmation("rejected", reason="closed"), ["billing_rejected"]),
        (Confirmation("accepted", "B-1", "5.00"), ["billed_other_amount"]),
        (Confirmation("accepted", "B-1", "49.99"), []),
    ],
)
def test_what_billing_made_of_it_is_compared(
    story: Story, said: Confirmation | None, expected: list[str]
) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    body_of(story.till.post(f"/v1/orders/{order_id}/capture", basket(credit=money("49.99"))))
    port = FakeBilling()
    while outbox.hand_on(story.database, FOLLOWERS, story.clock()):
        pass
    billing.step(story.database, port, story.clock())
    story.clock.advance(minutes=1)
    if said is not None:
        port.said = dict.fromkeys(port.taken, said)
    billing.step(story.database, port, story.clock())
    with story.database.reading() as session:
        store_id = session.scalars(sa.select(PostingRow.store_id)).one()
        (found,) = reconcile(session, story.clock().date(), store_id, has_billing=True)
    assert [each.kind for each in found.differences] == expected


def test_what_was_undone_is_owed_back_by_billing_and_by_nobody_else(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    used = body_of(story.rep.post(f"/v1/orders/{order_id}/confirm"))["redemption"]
    body_of(story.till.post(f"/v1/redemptions/{used['redemption_id']}/void", {"reason": "order_returned"}))
    assert kinds(day_of(story)) == []
    with story.database.reading() as session:
        (found,) = (
            each
            for each in reconcile(session, story.clock().date(), None, has_billing=True)
            if each.differences
        )
    assert [each.kind for each in found.differences] == ["voided_not_reversed"]
    captured = body_of(story.till.post(f"/v1/orders/{order_id}/capture", basket()))
    assert (captured["redemption"], captured["applied"]) == (None, [])
    assert captured["total_after"] == captured["total_before"]


def test_a_day_is_the_stores_own_day(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    body_of(story.rep.post(f"/v1/orders/{order_id}/confirm"))
    assert kinds(day_of(story, day="2026-11-20")) == []
    assert kinds(day_of(story, day="2026-11-22")) == []
    assert partner(story).get("/v1/reconciliations/2026-13-01").status_code == 422


def test_a_manager_reads_their_own_store_and_no_other(app: Flask, as_manager: Client) -> None:
    found = body_of(as_manager.get(f"/v1/reconciliations/{DAY}"))
    assert [each["store_id"] for each in found["stores"]] == ["store-1"]
    assert as_manager.get(f"/v1/reconciliations/{DAY}?store_id=store-2").status_code == 404


def test_the_csv_holds_no_formula(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    body_of(story.till.post(f"/v1/orders/{order_id}/capture", basket("-2", credit=money("50.00"))))
    with story.database.reading() as session:
        found = reconcile(session, story.clock().date(), None, has_billing=False)
    rows = list(csv.DictReader(io.StringIO(_as_csv(found))))
    assert [row["till_reference"] for row in rows] == ["'-2"]
    assert rows[0]["captured"] == "50.00 USD"
