"""Holding and using a credit over the API: once, decided again, and told to every face."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store_api.accounts import service as accounts
from store_api.redemptions.models import HoldRow
from store_api.vouchers.models import LedgerEntry, VoucherUse
from tests.store_api.factories import make_work
from tests.store_api.story import Story, Visitor, body_of, lines_of, verdict_of

FAMILY = "acc_demo_family"


def test_she_reserves_the_rep_confirms_and_the_credit_is_used(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    held = visitor.reserve(decision)["hold"]
    assert (held["state"], held["held_by"]) == ("held", "Maple St store (kiosk-1)")
    used = confirm(story, decision)
    assert used["code"] is None
    redemption = used["redemption"]
    assert redemption["amount"] == {"amount": "49.99", "currency": "USD"}
    assert redemption["balance"] == {"amount": "0.01", "currency": "USD"}
    assert (redemption["confirmed_by"], redemption["store_name"]) == ("Jordan", "Maple St store")
    assert redemption["terms_code"] == decision["terms_code"]
    seen = visitor.look()
    assert (seen["outcome"], seen["order"]["state"], seen["hold"]["state"]) == (
        "used",
        "confirmed",
        "redeemed",
    )
    assert seen["decision"] == decision
    assert ledger_of(story, decision) == [("issued", 5000), ("redeemed", -4999)]


def test_a_second_try_anywhere_is_told_when_and_where_it_was_used(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    confirm(story, decision)
    again = confirm(story, decision)
    assert (again["code"], again["redemption"]) == ("voucher.already_redeemed", None)
    for visitor in (story.walk_in("Rosa", "harbor-kiosk-1"), story.walk_in("Sam")):
        refused = visitor.ask()
        assert refused["codes"] == ["voucher.already_redeemed"]
        assert "It was used on 21 November 2026 at Maple St store." in lines_of(refused, "note")
    assert uses_of(story, decision) == 1


def test_confirming_twice_changes_nothing_on_the_customers_screen(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    confirm(story, decision)
    before = visitor.look()
    confirm(story, decision)
    assert visitor.look() == before


def test_a_hold_is_asked_for_twice_and_there_is_one(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    first = visitor.reserve(decision)["hold"]
    story.clock.advance(minutes=5)
    assert visitor.reserve(decision)["hold"] == first
    with story.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(HoldRow)) == 1


def test_a_voucher_that_is_held_is_not_held_again_elsewhere_until_its_minutes_are_over(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.reserve(visitor.get_yes())
    owner = story.walk_in("Daniel", "harbor-kiosk-1")
    owner.say()
    refused = owner.ask()
    assert refused["codes"] == ["voucher.held_elsewhere"]
    assert any("Maple St store (kiosk-1)" in note for note in lines_of(refused, "note"))
    assert owner.reserve(refused)["code"] == "voucher.held_elsewhere"
    story.clock.advance(minutes=15)
    assert owner.reserve(owner.ask())["hold"]["state"] == "held"


def test_who_holds_a_bearers_voucher_is_not_told_in_another_store(story: Story) -> None:
    visitor = scan_bearer(story, "Maya", "kiosk-1")
    visitor.reserve(visitor.ask("wireline-thank-you-20"))
    here, elsewhere = scan_bearer(story, "Nora", "kiosk-1"), scan_bearer(story, "Nora", "harbor-kiosk-1")
    told = [bearer_decision(each) for each in (here, elsewhere)]
    assert [each["codes"] for each in told] == [["voucher.held_elsewhere"]] * 2
    assert ["kiosk-1" in str(each["sheets"]) for each in told] == [True, False]


def test_giving_a_hold_back_frees_the_voucher(story: Story) -> None:
    visitor = story.walk_in("Maya")
    held = visitor.reserve(visitor.get_yes())["hold"]
    released = body_of(visitor.client.post(f"/v1/holds/{held['hold_id']}/release"))
    assert released["state"] == "released"
    other = story.walk_in("Daniel")
    other.say()
    assert other.reserve(other.ask())["hold"] is not None


def test_a_hold_that_was_given_back_pays_for_nothing(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    held = visitor.reserve(decision)["hold"]
    visitor.client.post(f"/v1/holds/{held['hold_id']}/release")
    asked = {"decision_id": decision["decision_id"], "hold_id": held["hold_id"]}
    answer = story.rep.post("/v1/redemptions", asked)
    assert (answer.status_code, answer.json["code"]) == (409, "hold.released")
    assert uses_of(story, decision) == 0


def test_where_the_answer_changed_nothing_is_used_and_the_new_terms_are_given(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    visitor.reserve(decision)
    with story.database.transaction() as session:
        accounts.lock_account(make_work(session), FAMILY, True)
    refused = confirm(story, decision)
    assert (refused["code"], refused["redemption"]) == ("terms.changed", None)
    assert refused["decision"]["codes"] == ["account.locked"]
    assert uses_of(story, decision) == 0
    assert visitor.look()["decision"] == refused["decision"]


def test_a_change_of_mind_after_the_sheet_is_decided_again(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    visitor.say(months=12)
    refused = visitor.reserve(decision)
    assert (refused["code"], refused["hold"]) == ("terms.changed", None)
    assert verdict_of(refused["decision"]).startswith("Not as it stands.")


def test_a_fact_that_changes_nothing_of_the_answer_stops_nobody(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    with story.database.transaction() as session:
        line = body_of(visitor.client.get(f"/v1/visits/{visitor.visit_id}"))["line"]["line_id"]
        accounts.keep_fact(make_work(session), FAMILY, line, "line.last_upgrade_on", "2024-08-01")
    used = confirm(story, decision)
    assert used["code"] is None
    assert used["redemption"]["terms_code"] == decision["terms_code"]


def test_an_answer_that_lapsed_goes_on_where_it_is_still_the_same(story: Story) -> None:
    story.clock.advance(hours=12.5)  # half past eleven at night in the store
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    story.clock.advance(hours=1.5)  # past the half hour, and past midnight
    story.clients.clear()
    assert confirm(story, decision)["code"] is None


def test_a_yes_that_ended_at_midnight_does_not_go_on(story: Story) -> None:
    story.clock.advance(hours=12.5)
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    with story.database.transaction() as session:
        session.execute(sa.text("UPDATE vouchers SET ends_on = '2026-11-21'"))
    story.clock.advance(hours=1.5)
    story.clients.clear()
    assert confirm(story, decision)["code"] == "voucher.expired"
    assert uses_of(story, decision) == 0


def test_the_same_key_gets_the_same_bytes_and_uses_nothing_twice(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    path = f"/v1/orders/{decision['order_id']}/confirm"
    first = story.rep.post(path, key="one-key-for-both")
    second = story.rep.post(path, key="one-key-for-both")
    assert first.data == second.data
    assert first.get_json()["redemption"] is not None


def test_a_till_captures_the_order_as_it_was_said(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    captured = body_of(capture(story, decision, "49.99"))
    assert captured["redemption"]["confirmed_by"] == "till-1"
    order = body_of(story.till.get(f"/v1/orders/{decision['order_id']}"))
    assert order["state"] == "captured"


def test_a_till_that_sells_something_else_gets_the_new_terms_first(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    changed = body_of(capture(story, decision, "39.99"))
    assert (changed["code"], changed["redemption"]) == ("terms.changed", None)
    assert changed["decision"]["benefit"]["applied"]["amount"] == "39.99"
    captured = body_of(capture(story, decision, "39.99"))
    assert captured["redemption"]["balance"]["amount"] == "10.01"


def test_a_credit_is_not_spent_on_nothing(story: Story) -> None:
    visitor = story.walk_in("Nora")
    decision = visitor.ask("wireline-thank-you-20")
    answer = story.rep.post("/v1/redemptions", {"decision_id": decision["decision_id"]})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order.without_price")


def test_a_credit_is_not_spent_on_a_phone_that_costs_nothing(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    assert body_of(capture(story, decision, "0.00"))["code"] == "terms.changed"
    answer = capture(story, decision, "0.00")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order.without_price")


def test_an_upgrade_by_right_is_confirmed_and_consumes_nothing(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.say()
    decision = visitor.ask_about({"policy": "device-upgrade"})
    assert decision["outcome"] == "eligible"
    confirmed = confirm(story, decision)
    assert (confirmed["code"], confirmed["redemption"]) == (None, None)
    assert visitor.look()["order"]["state"] == "confirmed"
    refused = visitor.client.post("/v1/holds", {"decision_id": decision["decision_id"]})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "decision.nothing_to_use")


def test_what_was_decided_in_one_store_is_not_used_by_the_staff_of_another(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    elsewhere = story.staff("Casey", "harbor-tablet-1")
    for path, body in [
        ("/v1/redemptions", {"decision_id": decision["decision_id"]}),
        (f"/v1/orders/{decision['order_id']}/confirm", None),
    ]:
        assert elsewhere.post(path, body).status_code == 404
    assert uses_of(story, decision) == 0


def test_every_use_stands_in_the_log(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    confirm(story, decision)
    entries = body_of(story.staff("Alex").get("/v1/log"))["entries"]
    used = [entry for entry in entries if entry["action"] == "voucher.redeemed"]
    assert [entry["details"]["terms_code"] for entry in used] == [decision["terms_code"]]


def confirm(story: Story, decision: Any) -> Any:
    """Jordan confirms the decision's order."""
    return body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))


def capture(story: Story, decision: Any, price: str) -> Any:
    """The till captures the phone at a price, with a renewal of 24 months."""
    item = {"sku": "orbit-5-128", "price": {"amount": price, "currency": "USD"}}
    body = {"items": [item], "agreement_months": 24, "till_reference": "T-1"}
    return story.till.post(f"/v1/orders/{decision['order_id']}/capture", body)


def scan_bearer(story: Story, name: str, station: str) -> Visitor:
    """Somebody walks in with the bearer's voucher and chooses the phone."""
    visitor = story.walk_in(name, station)
    visitor.post("voucher-code", {"code": story.code("bearer-thank-you")})
    visitor.say()
    return visitor


def bearer_decision(visitor: Visitor) -> Any:
    """The decision on the voucher that was scanned."""
    return visitor.ask_about({"voucher_id": visitor.look()["scanned_voucher_id"]})


def ledger_of(story: Story, decision: Any) -> list[tuple[str, int]]:
    """The voucher's ledger, oldest entry first."""
    query = sa.select(LedgerEntry.kind, LedgerEntry.amount_minor)
    with story.database.reading() as session:
        rows = session.execute(query.where(LedgerEntry.voucher_id == decision["voucher_id"]))
        return sorted((row.kind, row.amount_minor) for row in rows)


def uses_of(story: Story, decision: Any) -> int:
    """How often the decision's voucher was used."""
    query = sa.select(sa.func.count()).select_from(VoucherUse)
    with story.database.reading() as session:
        return int(session.scalar(query.where(VoucherUse.voucher_id == decision["voucher_id"])) or 0)
