"""Orders and the price list over the API."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from store_api.orders import service as orders
from store_api.orders.facts import order_facts
from store_api.orders.models import OrderRow
from tests.store_api.factories import NOW
from tests.store_api.story import Story, body_of

PHONE_ITEM = {"category": "phone", "price": {"amount": "49.99", "currency": "USD"}}


def test_the_price_list_is_in_its_own_order_with_the_longest_agreement_first(story: Story) -> None:
    sold = body_of(story.kiosk.get("/v1/price-list"))
    assert sold["devices"][0]["name"] == "Orbit 5, 128 GB"
    assert sold["devices"][0]["price"] == {"amount": "49.99", "currency": "USD"}
    assert sold["agreement_months"] == [24, 12, 0]
    assert {device["category"] for device in sold["devices"]} == {"phone", "tablet", "watch"}


def test_an_order_says_what_was_answered(story: Story) -> None:
    visitor = story.walk_in("Maya")
    order = visitor.say()["order"]
    assert (order["state"], order["agreement_months"]) == ("said", 24)
    assert order["total"] == {"amount": "49.99", "currency": "USD"}
    assert [item["name"] for item in order["items"]] == ["Orbit 5, 128 GB"]


def test_an_answer_is_taken_back_with_null_and_the_question_is_open_again(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    visitor.say(sku=None, months=None)
    decision = visitor.ask()
    assert decision["outcome"] == "undecided"
    assert len(decision["questions"]) == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"sku": "no-such-phone"}, "/sku"),
        ({"facts": {"order.agreement_months": 7}}, "/facts/order.agreement_months"),
        ({"facts": {"order.agreement_months": "24"}}, "/facts/order.agreement_months"),
        ({"facts": {"order.insurance": "yes"}}, "/facts/order.insurance"),
        ({"facts": {"order.plan_price": "-1.00 USD"}}, "/facts/order.plan_price"),
        ({"facts": {"line.last_upgrade_on": "2020-01-01"}}, "/facts/line.last_upgrade_on"),
        ({"facts": {"order.device_category": "phone"}}, "/facts/order.device_category"),
        ({"facts": {"a/b~c": 1}}, "/facts/a~1b~0c"),
    ],
)
def test_an_answer_that_cannot_be_one_is_refused_with_its_place(
    story: Story, body: dict[str, Any], pointer: str
) -> None:
    visitor = story.walk_in("Maya")
    refused = visitor.client.put(f"/v1/visits/{visitor.visit_id}/order", body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.get_json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"sku": "no-such-phone", "price": {"amount": "1.00", "currency": "USD"}}, "/items/0/sku"),
        ({"sku": "orbit-5-128", "price": {"amount": "-1.00", "currency": "USD"}}, "/items/0/price"),
        ({"sku": "orbit-5-128", "price": {"amount": "0.001", "currency": "USD"}}, "/items/0/price"),
        ({"sku": "orbit-5-128", "price": {"amount": "NaN", "currency": "USD"}}, "/items/0/price/amount"),
        ({"sku": "orbit-5-128", "price": {"amount": "1.00", "currency": "QQQ"}}, "/items/0/price"),
        *(
            ({"sku": "orbit-5-128", "price": {"amount": amount, "currency": "USD"}}, "/items/0/price/amount")
            for amount in ("1e400", "9" * 30, "1e3", " 49.99", "4_9.99", "٤٩", 49.99, 49, "")
        ),
    ],
)
def test_a_till_cannot_capture_what_is_not_sold_or_has_no_price(
    story: Story, item: dict[str, Any], pointer: str
) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    body = {"items": [item], "agreement_months": 24, "till_reference": "T-1"}
    refused = story.till.post(f"/v1/orders/{order_id}/capture", body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.get_json()["errors"]] == [pointer]


def test_a_confirmed_order_takes_no_more_answers(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))
    refused = visitor.client.put(f"/v1/visits/{visitor.visit_id}/order", {"sku": "lumen-8-128"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "order.settled")


def test_an_order_without_a_decision_has_nothing_to_confirm(story: Story) -> None:
    order_id = story.walk_in("Maya").say()["order"]["order_id"]
    refused = story.rep.post(f"/v1/orders/{order_id}/confirm")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "order.without_decision")


def test_who_found_an_order_before_it_was_locked_sees_what_stands_under_the_lock(story: Story) -> None:
    named = OrderRow.order_id == story.walk_in("Maya").say()["order"]["order_id"]
    with story.database.transaction() as session:
        found = session.scalars(sa.select(OrderRow).where(named)).one()
        session.execute(sa.update(OrderRow.__table__).where(named).values(state="confirmed"))  # type: ignore[arg-type]
        orders.lock(session, found.account_id, found.order_id)
        assert found.state == "confirmed"


def test_a_change_of_a_locked_order_is_written_and_seen_by_all_who_know_it(story: Story) -> None:
    order_id = story.walk_in("Maya").say()["order"]["order_id"]
    with story.database.transaction() as session:
        key = session.execute(
            sa.select(OrderRow.account_id).where(OrderRow.order_id == order_id)
        ).scalar_one()
        locked = orders.lock(session, key, order_id)
        known = orders.find_by_id(session, order_id)
        assert locked is not None
        assert known is not None
        orders.settle(session, locked, "confirmed", "Sam", NOW)
        assert (locked.state, known.state) == ("confirmed", "confirmed")
    with story.database.reading() as session:
        kept = orders.find_by_id(session, order_id)
        assert kept is not None
        assert (kept.state, kept.settled_by) == ("confirmed", "Sam")


def test_extras_are_never_assumed_and_the_plan_is_kept_unless_another_is_named() -> None:
    facts = order_facts(None, [], {}, "35.00 USD")
    assert facts["order.insurance"] is False
    assert facts["order.plan_price"] == "35.00 USD"
    assert "order.device_category" not in facts
    assert order_facts("none", [], {}, None)["order.device_category"] == "none"
    changed = order_facts("x", [PHONE_ITEM], {"order.plan_price": "70.00 USD"}, "35.00 USD")
    assert (changed["order.plan_price"], changed["order.device_price"]) == ("70.00 USD", "49.99 USD")
