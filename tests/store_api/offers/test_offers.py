"""Offers: after the customer's own matter, once, gone at one tap, and nothing of why."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from store_api import contract
from store_api.tables import METADATA
from tests.store_api.clients import Client
from tests.store_api.story import Story, Visitor, body_of

WORDS = {"en": "A case", "es": "Una funda"}
DAY = "2026-11-21"


@pytest.fixture
def desk(story: Story) -> Client:
    """Robin, an author, at the desk."""
    return story.staff("Robin", "head-office")


def make(desk: Client, **changes: Any) -> Any:
    body = {"title": WORDS, "text": WORDS, "starts_on": DAY, **changes}
    return desk.post("/v1/offers", body)


def card(visitor: Visitor, client: Client | None = None) -> Any:
    return body_of((client or visitor.client).get(f"/v1/visits/{visitor.visit_id}/offer"))


def show(visitor: Visitor) -> Any:
    return visitor.post("offer")


def refused(story: Story, name: str = "Sam") -> Visitor:
    """A person whose own matter is decided: the answer is no today."""
    visitor = story.walk_in(name)
    visitor.say()
    assert visitor.ask()["outcome"] == "not_eligible"
    return visitor


def reserved(story: Story, name: str = "Maya") -> Visitor:
    visitor = story.walk_in(name)
    assert visitor.reserve(visitor.get_yes())["hold"]
    return visitor


def test_nothing_is_offered_before_the_customers_own_matter_is_decided(story: Story) -> None:
    visitor = story.walk_in("Maya")
    assert show(visitor) == {"offer": None, "may_be_shown": False}
    decision = visitor.get_yes()
    assert show(visitor) == {"offer": None, "may_be_shown": False}
    visitor.reserve(decision)
    assert card(visitor) == {"offer": None, "may_be_shown": True}
    assert show(visitor)["offer"]["title"]["en"] == "A clear case for your phone"


def test_a_stranger_is_offered_nothing(story: Story) -> None:
    visitor = story.stranger()
    answer = visitor.client.post(f"/v1/visits/{visitor.visit_id}/offer")
    assert answer.get_json()["code"] == "identity.not_checked"


def test_a_card_stands_on_every_face_until_it_is_declined_and_is_gone_from_all_of_them(
    story: Story, desk: Client
) -> None:
    make(desk)
    visitor = reserved(story)
    shown = show(visitor)["offer"]
    assert card(visitor, story.rep)["offer"] == shown
    before = visitor.look()["revision"]
    visitor.post("offer/decline", {})
    gone = {"offer": None, "may_be_shown": False}
    assert [card(visitor), card(visitor, story.rep), show(visitor)] == [gone, gone, gone]
    assert visitor.look()["revision"] > before


def test_a_rep_can_say_that_the_customer_does_not_want_it(story: Story) -> None:
    visitor = reserved(story)
    show(visitor)
    body_of(story.rep.post(f"/v1/visits/{visitor.visit_id}/offer/decline", {}))
    assert card(visitor)["offer"] is None


def test_an_offer_is_shown_to_a_person_in_one_visit_only(story: Story, desk: Client) -> None:
    first = show(refused(story))["offer"]
    again = refused(story)
    assert card(again) == {"offer": None, "may_be_shown": False}
    second = body_of(make(desk))
    assert show(again)["offer"]["offer_id"] == second["offer_id"] != first["offer_id"]
    assert show(refused(story, "Leo"))["offer"] is not None


def test_who_wants_no_offers_is_shown_none_any_more(story: Story, desk: Client) -> None:
    visitor = refused(story)
    show(visitor)
    visitor.post("offer/decline", {"for_good": True})
    make(desk)
    assert card(refused(story)) == {"offer": None, "may_be_shown": False}
    assert show(refused(story, "Leo"))["offer"] is not None


def test_an_offer_is_for_its_stores_and_its_days(story: Story, desk: Client) -> None:
    made = body_of(make(desk, stores=["harbor"]))
    assert show(refused(story))["offer"]["offer_id"] != made["offer_id"]
    assert body_of(make(desk, regions=["north"], starts_on="2026-11-22"))["is_ended"] is False
    assert card(refused(story))["may_be_shown"] is False
    story.clock.advance(days=1)
    story.clients.clear()
    desk = story.staff("Robin", "head-office")
    assert card(refused(story))["may_be_shown"] is True
    over = refused(story, "Leo")
    offered = show(over)["offer"]["offer_id"]
    body_of(desk.post(f"/v1/offers/{offered}/end"))
    assert card(over)["offer"] is None


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": {"en": "A case"}}, "/title"),
        ({"text": {"en": "A case", "es": " "}}, "/text"),
        ({"ends_on": "2026-11-20"}, "/ends_on"),
        ({"price": {"amount": "-1.00", "currency": "USD"}}, "/price"),
        ({"price": {"amount": "1.001", "currency": "USD"}}, "/price"),
        ({"reason": "too dear"}, "/reason"),
    ],
)
def test_an_offer_that_cannot_be_is_refused(desk: Client, changes: dict[str, Any], pointer: str) -> None:
    answer = make(desk, **changes)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"].startswith(pointer)


def test_no_decision_differs_by_an_offer(story: Story, desk: Client) -> None:
    plain = refused(story)
    before = plain.look()["decision"]["terms_code"]
    show(plain)
    plain.post("offer/decline", {"for_good": True})
    make(desk)
    plain.ask()
    assert plain.look()["decision"]["terms_code"] == before


def test_there_is_no_place_for_a_reason_and_none_comes_out() -> None:
    wire = [contract.OfferDeclined, contract.OfferCard, contract.Offer, contract.OfferList]
    fields = {name for model in wire for name in model.model_fields}
    tables = [table for name, table in METADATA.tables.items() if "offer" in name]
    columns = {column.name for table in tables for column in table.columns}
    assert len(tables) == 3
    assert [
        name for name in fields | columns if any(part in name for part in ("reason", "why", "note"))
    ] == []


def test_offers_begin_on_the_stores_own_day(story: Story, desk: Client) -> None:
    tomorrow = body_of(make(desk, starts_on="2026-11-22"))
    story.clock.now = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)  # still the 21st in Maple St
    assert show(refused(story))["offer"]["offer_id"] != tomorrow["offer_id"]
