"""Several vouchers on one order: what goes together, what is proposed, and all or nothing when it is used."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from store_api.accounts import service as accounts
from store_api.receipt_proofs import public_keys, verify_receipt
from store_api.redemptions.models import HoldRow
from store_api.vouchers.models import VoucherUse
from tests.store_api.factories import make_work
from tests.store_api.story import Story, Visitor, body_of, lines_of

DEAR = "orbit-5-max-256"
"""A phone of $349.00."""
TITLES = {"upgrade-credit-50": "$50 upgrade credit", "wireline-thank-you-20": "$20 thank-you credit"}


def iris(story: Story, sku: str = DEAR) -> Visitor:
    visitor = story.walk_in("Iris")
    visitor.say(sku)
    return visitor


def proposal(visitor: Visitor) -> Any:
    return body_of(visitor.client.get(f"/v1/visits/{visitor.visit_id}/combination"))


def hold_best(visitor: Visitor) -> Any:
    return body_of(visitor.client.post(f"/v1/visits/{visitor.visit_id}/combination"))


def confirm(story: Story, visitor: Visitor) -> Any:
    return body_of(story.rep.post(f"/v1/orders/{visitor.look()['order']['order_id']}/confirm"))


def uses(story: Story) -> int:
    with story.database.reading() as session:
        query = sa.select(sa.func.count()).select_from(VoucherUse)
        return int(session.scalar(query.where(VoucherUse.account_id == "acc_demo_combining")) or 0)


def test_the_best_combination_is_proposed_with_its_reason(story: Story) -> None:
    found = proposal(iris(story))
    assert [each["title"]["en"] for each in found["vouchers"]] == [
        "$50 upgrade credit",
        "$20 thank-you credit",
    ]
    assert found["saved"] == {"amount": "70.00", "currency": "USD"}
    left_out = {each["title"]["en"]: each["why"] for each in found["left_out"]}
    assert left_out == {"$30 welcome bonus": "excluded", "$20 thank-you credit": "excluded"}
    assert found["reason"]["en"].startswith("Not all of your vouchers go together.")


def test_on_a_cheap_phone_what_would_be_lost_is_not_proposed_for_nothing(story: Story) -> None:
    found = proposal(iris(story, "pico-2-64"))
    assert found["saved"] == {"amount": "29.99", "currency": "USD"}
    assert len(found["vouchers"]) == 1


def test_nothing_is_proposed_before_it_is_known_what_is_bought(story: Story) -> None:
    visitor = story.walk_in("Iris")
    assert proposal(visitor)["vouchers"] == []


def test_all_of_it_is_reserved_and_used_on_one_order(story: Story) -> None:
    visitor = iris(story)
    held = hold_best(visitor)
    assert [hold["amount"]["amount"] for hold in held["holds"]] == ["50.00", "20.00"]
    seen = visitor.look()
    assert [each["amount"]["amount"] for each in seen["order"]["vouchers"]] == ["50.00", "20.00"]
    marks = [
        (line["text"], line["mark"]) for line in seen["decision"]["sheets"]["en"]["lines"] if line["mark"]
    ]
    assert ("$50 upgrade credit", "−$50.00") in marks
    assert ("Left to pay", "$279.00") in marks
    used = confirm(story, visitor)
    assert used["code"] is None
    taken = [used["redemption"], *used["also"]]
    assert sorted(each["amount"]["amount"] for each in taken) == ["20.00", "50.00"]
    assert uses(story) == 2
    assert visitor.look()["order"]["state"] == "confirmed"


def test_each_voucher_of_an_order_has_a_line_of_its_own_that_verifies(story: Story) -> None:
    visitor = iris(story)
    hold_best(visitor)
    used = confirm(story, visitor)
    seen = visitor.look()
    (other,) = seen["also_used"]
    assert other["redemption"] == used["also"][0]
    assert other["title"]["en"] in TITLES.values()
    assert other["sheets"]["es"]["terms_code"] == other["redemption"]["terms_code"]
    for each in (seen["redemption"], other["redemption"]):
        proved = verify_receipt(each["proof"], public_keys(story.settings.keys))
        assert proved.is_of(each["redemption_id"])
        assert (str(proved.amount), proved.terms_code) == (each["amount"]["amount"], each["terms_code"])
    undone = f"/v1/redemptions/{other['redemption']['redemption_id']}/void"
    body_of(story.staff("Alex").post(undone, {"reason": "wrong_voucher"}))
    assert visitor.look()["also_used"] == []


def test_reserving_it_twice_reserves_it_once(story: Story) -> None:
    visitor = iris(story)
    assert hold_best(visitor)["holds"] == hold_best(visitor)["holds"]


def test_where_one_is_refused_none_is_used(story: Story) -> None:
    visitor = iris(story)
    hold_best(visitor)
    with story.database.transaction() as session:
        accounts.lock_account(make_work(session), "acc_demo_combining", True)
    refused = confirm(story, visitor)
    assert (refused["code"], refused["redemption"], refused["also"]) == ("terms.changed", None, [])
    assert uses(story) == 0


def test_a_price_that_fell_never_pays_out(story: Story) -> None:
    visitor = iris(story)
    hold_best(visitor)
    order_id = visitor.look()["order"]["order_id"]
    item = {"sku": DEAR, "price": {"amount": "60.00", "currency": "USD"}}
    body = {"items": [item], "agreement_months": 24, "till_reference": "T-1"}
    changed = body_of(story.till.post(f"/v1/orders/{order_id}/capture", body))
    assert changed["code"] == "terms.changed"
    captured = body_of(story.till.post(f"/v1/orders/{order_id}/capture", body))
    taken = [captured["redemption"], *captured["also"]]
    assert {each["redemption_id"] for each in captured["applied"]} == {
        each["redemption_id"] for each in taken
    }
    again = body_of(story.till.post(f"/v1/orders/{order_id}/capture", body))
    same = ("redemption", "also", "applied", "total_after")
    assert again["again"] is True
    assert {name: again[name] for name in same} == {name: captured[name] for name in same}
    total = sum(float(each["amount"]["amount"]) for each in taken)
    assert total <= 60.0
    assert captured["code"] is None


def void_one(story: Story, visitor: Visitor, place: int) -> str:
    """Make the voucher of one of a visitor's two holds void; its identifier."""
    voucher_id = str(sorted(each["voucher_id"] for each in visitor.look()["order"]["vouchers"])[place])
    body_of(story.staff("Alex").post(f"/v1/vouchers/{voucher_id}/void", {"reason": "misused"}))
    return voucher_id


@pytest.mark.parametrize("place", [0, 1])
def test_what_is_refused_of_several_is_not_reserved_any_more_and_the_rest_is_used(
    story: Story, place: int
) -> None:
    visitor = iris(story)
    hold_best(visitor)
    gone = void_one(story, visitor, place)
    refused = confirm(story, visitor)
    assert (refused["redemption"], refused["also"]) == (None, [])
    assert (refused["decision"]["voucher_id"], refused["decision"]["codes"]) == (gone, ["voucher.void"])
    seen = visitor.look()
    (left,) = seen["order"]["vouchers"]
    assert left["voucher_id"] != gone
    assert (seen["hold"]["hold_id"], seen["hold"]["state"]) == (left["hold_id"], "held")
    assert seen["decision"]["codes"] == ["voucher.void"]
    with story.database.reading() as session:
        ended = session.scalars(sa.select(HoldRow).where(HoldRow.voucher_id == gone)).one()
        assert ended.ended_as == "released"
    used = confirm(story, visitor)
    assert used["code"] is None
    assert (used["redemption"]["voucher_id"], used["also"]) == (left["voucher_id"], [])
    assert uses(story) == 1


def test_what_is_left_with_nothing_to_take_is_not_reserved_any_more(story: Story) -> None:
    visitor = iris(story)
    hold_best(visitor)
    order_id = visitor.look()["order"]["order_id"]
    item = {"sku": DEAR, "price": {"amount": "10.00", "currency": "USD"}}
    body = {"items": [item], "agreement_months": 24, "till_reference": "T-1"}
    codes = []
    while True:
        captured = body_of(story.till.post(f"/v1/orders/{order_id}/capture", body))
        if captured["code"] is None:
            break
        codes.append(captured["code"])
        assert len(codes) < 4, "the till never comes to an end"
    taken = [captured["redemption"], *captured["also"]]
    assert [each["amount"]["amount"] for each in taken] == ["10.00"]
    assert captured["total_after"]["amount"] == "0.00"
    with story.database.reading() as session:
        holds = session.scalars(sa.select(HoldRow).where(HoldRow.visit_id == visitor.visit_id)).all()
        assert sorted(str(each.ended_as) for each in holds) == ["redeemed", "released"]


def test_a_no_that_was_asked_besides_does_not_stand_in_the_way_of_what_is_reserved(story: Story) -> None:
    visitor = iris(story)
    visitor.reserve(visitor.ask("upgrade-credit-50"))
    assert visitor.ask("welcome-bonus-30")["codes"] == ["combination.excluded"]
    used = confirm(story, visitor)
    assert (used["code"], used["redemption"]["amount"]["amount"]) == (None, "50.00")


@pytest.mark.parametrize("first", ["upgrade-credit-50", "welcome-bonus-30"])
def test_which_was_entered_first_does_not_matter_for_what_is_excluded(story: Story, first: str) -> None:
    visitor = iris(story)
    second = ({"upgrade-credit-50", "welcome-bonus-30"} - {first}).pop()
    names = {"upgrade-credit-50": "$50 upgrade credit", "welcome-bonus-30": "$30 welcome bonus"}
    visitor.reserve(visitor.ask(first))
    refused = visitor.ask(second)
    assert refused["codes"] == ["combination.excluded"]
    assert f"This voucher cannot be combined with this: {names[first]}." in lines_of(refused, "note")
    assert visitor.reserve(refused)["code"] == "combination.excluded"


def test_a_till_uses_each_of_several_reserved_vouchers_by_itself(story: Story) -> None:
    visitor = iris(story)
    for hold in hold_best(visitor)["holds"]:
        decided = next(
            each for each in decisions_of(story, visitor) if each["voucher_id"] == hold["voucher_id"]
        )
        asked = {"decision_id": decided["decision_id"], "hold_id": hold["hold_id"]}
        assert body_of(story.till.post("/v1/redemptions", asked))["code"] is None
    assert uses(story) == 2


def decisions_of(story: Story, visitor: Visitor) -> list[Any]:
    with story.database.reading() as session:
        rows = session.scalars(sa.select(HoldRow).where(HoldRow.visit_id == visitor.visit_id)).all()
        return [{"voucher_id": row.voucher_id, "decision_id": row.decision_id} for row in rows]


def test_when_the_visit_ends_everything_is_given_back(story: Story) -> None:
    visitor = iris(story)
    hold_best(visitor)
    story.rep.post(f"/v1/visits/{visitor.visit_id}/close", {"outcome": "left"})
    other = iris(story)
    assert len(hold_best(other)["holds"]) == 2
