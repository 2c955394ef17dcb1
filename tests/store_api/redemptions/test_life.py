"""The rest of a voucher's life: parts of it, longer holds, uses that are undone, and a ledger that tells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from store_api.policies import service as policies
from store_api.redemptions.models import RedemptionRow
from store_api.vouchers.ledger import find_faults
from store_api.vouchers.models import LedgerEntry, Voucher, VoucherUse
from store_api.vouchers.service import NewVoucher, find_by_code, issue, withdraw
from tests.store_api.factories import KEYS, NOW, make_work
from tests.store_api.story import Story, Visitor, body_of, lines_of, verdict_of

THANK_YOU = "wireline-thank-you-20"
DEMO_POLICIES = Path(__file__).parents[3] / "store_api/demo/policies"
HARBOR_POLICY = (DEMO_POLICIES / "harbor-days-10-v1.yaml").read_text()


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def confirm(story: Story, decision: Any) -> Any:
    """The rep of Maple St confirms the decision's order."""
    return body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))


def ask_for(visitor: Visitor, amount: str, policy: str = THANK_YOU, currency: str = "USD") -> Any:
    """Ask to use a part of a voucher."""
    voucher = next(each for each in visitor.choices()["vouchers"] if each["policy"] == policy)
    asked = {"voucher_id": voucher["voucher_id"], "amount": {"amount": amount, "currency": currency}}
    return visitor.client.post("/v1/decisions", {"visit_id": visitor.visit_id, **asked})


def void(story: Story, redemption: Any, reason: str = "order_returned") -> Any:
    path = f"/v1/redemptions/{redemption['redemption_id']}/void"
    return story.staff("Alex").post(path, {"reason": reason})


def faults(story: Story) -> list[str]:
    with story.database.reading() as session:
        return list(find_faults(session))


def used_by_nora(story: Story, amount: str | None = None) -> Any:
    visitor = story.walk_in("Nora")
    visitor.say()
    decision = body_of(ask_for(visitor, amount)) if amount else visitor.ask(THANK_YOU)
    return confirm(story, decision)["redemption"]


# --- Parts ---------------------------------------------------------------------------------------------


def test_a_customer_uses_a_part_and_the_rest_another_day(story: Story) -> None:
    visitor = story.walk_in("Nora")
    visitor.say()
    decision = body_of(ask_for(visitor, "7.50"))
    assert verdict_of(decision) == "Yes. $7.50 off this order."
    assert decision["benefit"]["most"] == usd("20.00")
    assert decision["benefit"]["kept"] == usd("12.50")
    assert visitor.reserve(decision)["hold"]["amount"] == usd("7.50")
    used = confirm(story, decision)["redemption"]
    assert (used["amount"], used["balance"], used["use_number"]) == (usd("7.50"), usd("12.50"), 1)
    again = story.walk_in("Nora")
    again.say()
    rest = again.ask(THANK_YOU)
    assert verdict_of(rest) == "Yes. $12.50 off this order."
    used = confirm(story, rest)["redemption"]
    assert (used["amount"], used["balance"], used["use_number"]) == (usd("12.50"), usd("0.00"), 2)
    last = story.walk_in("Nora")
    last.say()
    assert last.ask(THANK_YOU)["codes"] == ["voucher.already_redeemed"]
    assert faults(story) == []


def test_a_part_that_is_more_than_can_be_used_is_all_that_can_be_used(story: Story) -> None:
    visitor = story.walk_in("Nora")
    visitor.say()
    decision = body_of(ask_for(visitor, "999.00"))
    assert decision["benefit"]["applied"] == usd("20.00")
    confirm(story, decision)
    assert visitor.choices()["vouchers"][0]["state"] == "used"


@pytest.mark.parametrize(
    ("amount", "currency"), [("0.00", "USD"), ("-1.00", "USD"), ("5.001", "USD"), ("5.00", "EUR")]
)
def test_a_part_that_is_no_amount_is_refused(story: Story, amount: str, currency: str) -> None:
    visitor = story.walk_in("Nora")
    visitor.say()
    answer = ask_for(visitor, amount, currency=currency)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/amount")


def test_no_part_is_used_of_what_would_lose_its_rest(story: Story) -> None:
    visitor = story.walk_in("Iris")
    visitor.say()
    answer = ask_for(visitor, "5.00", "welcome-bonus-30")
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/amount")


# --- Holds ---------------------------------------------------------------------------------------------


def test_a_hold_is_extended_but_never_beyond_an_hour(story: Story) -> None:
    visitor = story.walk_in("Maya")
    hold = visitor.reserve(visitor.get_yes())["hold"]
    began = dt.datetime.fromisoformat(hold["expires_at"]) - dt.timedelta(minutes=15)
    seen = []
    for minutes in (10, 14, 14, 14):
        story.clock.advance(minutes=minutes)
        extended = body_of(visitor.client.post(f"/v1/holds/{hold['hold_id']}/extend"))
        seen.append((dt.datetime.fromisoformat(extended["expires_at"]) - began).total_seconds() / 60)
    assert seen == [25, 39, 53, 60]
    story.clock.advance(minutes=9)
    answer = visitor.client.post(f"/v1/holds/{hold['hold_id']}/extend")
    assert (answer.status_code, answer.json["code"]) == (409, "hold.over")
    other = story.walk_in("Daniel", "harbor-kiosk-1")
    other.say()
    assert other.reserve(other.ask())["hold"] is not None


@pytest.mark.parametrize("who", ["rep", "till"])
def test_any_face_of_the_store_extends_and_gives_back(story: Story, who: str) -> None:
    visitor = story.walk_in("Maya")
    hold = visitor.reserve(visitor.get_yes())["hold"]
    client = story.rep if who == "rep" else story.till
    story.clock.advance(minutes=5)
    extended = body_of(client.post(f"/v1/holds/{hold['hold_id']}/extend"))
    assert extended["expires_at"] > hold["expires_at"]
    assert visitor.look()["hold"]["expires_at"] == extended["expires_at"]
    assert body_of(client.post(f"/v1/holds/{hold['hold_id']}/release"))["state"] == "released"
    assert visitor.look()["order"]["vouchers"] == []


# --- Undoing -------------------------------------------------------------------------------------------


def test_an_undone_use_comes_back_and_its_number_does_not(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    used = confirm(story, decision)["redemption"]
    undone = body_of(void(story, used))
    assert (undone["void_became"], undone["void_reason"], undone["balance"]) == (
        "restored",
        "order_returned",
        usd("50.00"),
    )
    again = confirm(story, story.walk_in("Maya").get_yes())["redemption"]
    assert again["use_number"] == 2
    assert faults(story) == []


def test_undoing_twice_undoes_once(story: Story) -> None:
    used = used_by_nora(story)
    first, second = body_of(void(story, used)), body_of(void(story, used, "other"))
    assert first == second
    with story.database.reading() as session:
        kinds = session.scalars(sa.select(LedgerEntry.kind).where(LedgerEntry.redemption_id.is_not(None)))
        assert list(kinds).count("returned") == 1


def test_restore_gives_as_many_days_as_were_left_even_after_the_last_one(story: Story) -> None:
    used = used_by_nora(story)
    with story.database.transaction() as session:
        session.execute(sa.update(Voucher).values(ends_on=dt.date(2026, 12, 1)))
    story.clock.advance(days=30)
    story.clients.clear()
    assert body_of(void(story, used))["void_became"] == "restored"
    with story.database.reading() as session:
        voucher = session.scalars(sa.select(Voucher).where(Voucher.voucher_id == used["voucher_id"])).one()
        assert voucher.ends_on == dt.date(2026, 12, 31)


def test_restore_if_valid_comes_back_until_its_last_day_and_is_lost_after_it(story: Story) -> None:
    used = confirm(story, story.walk_in("Maya").get_yes())["redemption"]
    with story.database.transaction() as session:
        session.execute(sa.update(Voucher).values(ends_on=dt.date(2026, 12, 1)))
    story.clock.advance(days=30)
    story.clients.clear()
    undone = body_of(void(story, used))
    assert (undone["void_became"], undone["balance"]) == ("forfeited", usd("0.01"))
    assert faults(story) == []


def test_forfeit_is_lost(story: Story) -> None:
    visitor = story.walk_in("Iris")
    visitor.say()
    used = confirm(story, visitor.ask("welcome-bonus-30"))["redemption"]
    assert body_of(void(story, used))["void_became"] == "forfeited"
    visitor = story.walk_in("Iris")
    visitor.say()
    assert visitor.ask("welcome-bonus-30")["codes"] == ["voucher.already_redeemed"]
    assert faults(story) == []


def test_only_a_manager_or_a_till_of_that_store_undoes_and_the_log_says_so(story: Story) -> None:
    used = used_by_nora(story)
    path = f"/v1/redemptions/{used['redemption_id']}/void"
    assert story.rep.post(path, {"reason": "other"}).status_code == 403
    assert story.device("harbor-till-1").post(path, {"reason": "other"}).status_code == 404
    assert story.till.post(path, {"reason": "because"}).status_code == 422
    assert story.till.post(path, {"reason": "rung_up_twice"}).status_code == 200
    entries = body_of(story.staff("Alex").get("/v1/log"))["entries"]
    told = next(entry for entry in entries if entry["action"] == "redemption.voided")
    assert told["details"]["reason"] == "rung_up_twice"


# --- The ledger ----------------------------------------------------------------------------------------


def test_the_check_names_the_voucher_whose_row_tells_another_story(story: Story) -> None:
    used = used_by_nora(story)
    assert faults(story) == []
    mine = (VoucherUse.voucher_id == used["voucher_id"],)
    for spoil, mend in [
        (
            sa.update(Voucher).where(Voucher.voucher_id == used["voucher_id"]).values(amount_minor=9_999),
            sa.update(Voucher).where(Voucher.voucher_id == used["voucher_id"]).values(amount_minor=2_000),
        ),
        (
            sa.update(VoucherUse).where(*mine).values(voided_at=story.clock.now),
            sa.update(VoucherUse).where(*mine).values(voided_at=None),
        ),
        (
            sa.update(Voucher).where(Voucher.voucher_id == used["voucher_id"]).values(last_use_number=0),
            sa.update(Voucher).where(Voucher.voucher_id == used["voucher_id"]).values(last_use_number=1),
        ),
    ]:
        with story.database.transaction() as session:
            session.execute(spoil)
        assert [used["voucher_id"] in fault for fault in faults(story)] == [True]
        with story.database.transaction() as session:
            session.execute(mend)
    assert faults(story) == []


def test_what_a_redemption_says_is_left_is_what_the_ledger_says(story: Story) -> None:
    used = used_by_nora(story, "7.50")
    with story.database.reading() as session:
        left = session.scalar(
            sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
                LedgerEntry.voucher_id == used["voucher_id"]
            )
        )
        row = session.scalars(sa.select(RedemptionRow)).one()
        assert left == row.balance_minor == 1250


# --- Where ---------------------------------------------------------------------------------------------


def test_in_another_store_it_is_told_where_it_can_be_used(story: Story) -> None:
    visitor = story.walk_in("Iris")
    visitor.say()
    refused = visitor.ask("harbor-days-10")
    assert refused["codes"] == ["voucher.not_in_this_store"]
    assert "This voucher is for Harbor store." in lines_of(refused, "note")
    there = story.walk_in("Iris", "harbor-kiosk-1")
    there.say()
    assert there.ask("harbor-days-10")["outcome"] == "eligible"


def test_over_another_channel_it_is_told_how_it_can_be_used(story: Story) -> None:
    text = HARBOR_POLICY.replace("harbor-days-10", "by-phone").replace(
        "stores: [harbor]", "channels: [phone, care]"
    )
    with story.database.transaction() as session:
        policies.load_version(session, text, "p.yaml", policies.read_catalogue(), story.clock.now)
        new = NewVoucher("by-phone", NOW.date(), "acc_demo_combining", amount_minor=1000, currency="USD")
        issue(session, new, KEYS, session.info["random_bytes"], NOW)
    visitor = story.walk_in("Iris")
    visitor.say()
    refused = visitor.ask("by-phone")
    assert refused["codes"] == ["voucher.not_on_this_channel"]
    assert any(note.startswith("This voucher can be used like this: ") for note in lines_of(refused, "note"))


def test_a_withdrawn_voucher_is_void_for_good(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    used = confirm(story, decision)["redemption"]
    with story.database.transaction() as session:
        key = find_by_code(session, story.settings.keys, story.code("family-credit").replace("-", ""))
        assert key is not None
        assert withdraw(make_work(session), key)
        assert not withdraw(make_work(session), key)
    assert body_of(void(story, used))["void_became"] == "forfeited"
    assert "voucher.void" in story.walk_in("Maya").ask()["codes"]
    assert faults(story) == []
