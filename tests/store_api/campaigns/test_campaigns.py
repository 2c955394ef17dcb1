"""Campaigns over the API: budgets, limits, pausing, ending, and what is told of each "no"."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from store_api.accounts import service as accounts
from store_api.campaigns.giving import SLOTS, slots_of
from store_api.campaigns.limits import began_on
from store_api.campaigns.models import CampaignRow, CampaignSlot
from store_api.campaigns.service import begin, change, find, find_faults, show
from store_api.contract import CampaignLimit, CampaignRequest, Money
from store_api.partners.service import add_partner
from store_api.vouchers.service import NewVoucher, issue
from tests.store_api.clients import Client
from tests.store_api.factories import KEYS, make_work
from tests.store_api.story import Story, Visitor, body_of, lines_of

THANK_YOU = "wireline-thank-you-20"
IRIS = "acc_demo_combining"


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def begin_with(story: Story, *accounts: str, **given: Any) -> list[str]:
    """A campaign named c with a voucher for each of these accounts; the vouchers' identifiers."""
    with story.database.transaction() as session:
        work = make_work(session, story.clock.now)
        row = begin(work, CampaignRequest(campaign_id="c", policy=THANK_YOU, **given))
        keys = []
        for account in accounts:
            new = NewVoucher(
                THANK_YOU, work.now.date(), account, amount_minor=2000, currency="USD", campaign_id="c",
                uses_allowed=row.uses_each,
            )  # fmt: skip
            keys.append(issue(session, new, KEYS, session.info["random_bytes"], work.now)[0].voucher_id)
    return keys


def limit(per: str, uses: int, period: str = "ever") -> CampaignLimit:
    return CampaignLimit.model_validate({"per": per, "period": period, "uses": uses})


def shop(story: Story, name: str, station: str = "kiosk-1") -> Visitor:
    visitor = story.walk_in(name, station)
    visitor.say("orbit-5-max-256")
    return visitor


def ask(visitor: Visitor, voucher_id: str) -> Any:
    return visitor.ask_about({"voucher_id": voucher_id})


def use(story: Story, decision: Any) -> Any:
    return body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))


def left(story: Story) -> tuple[Any, Any]:
    with story.database.reading() as session:
        row = find(session, "c")
        assert row is not None
        shown = show(make_work(session, story.clock.now), row)
        money = None if shown.budget_left is None else str(shown.budget_left.amount)
        return money, shown.budget_uses_left


def faults(story: Story) -> list[str]:
    with story.database.reading() as session:
        return list(find_faults(session))


# --- Budgets -------------------------------------------------------------------------------------------


def test_a_reservation_takes_from_the_budget_and_giving_back_returns_it(story: Story) -> None:
    budget = Money.model_validate(usd("40.00"))
    (voucher,) = begin_with(story, IRIS, budget=budget, budget_uses=5)
    visitor = shop(story, "Iris")
    hold = visitor.reserve(ask(visitor, voucher))["hold"]
    assert left(story) == ("20.00", 4)
    visitor.client.post(f"/v1/holds/{hold['hold_id']}/release")
    assert left(story) == ("40.00", 5)
    assert faults(story) == []


def test_a_reservation_that_nobody_used_gives_its_budget_back_by_itself(story: Story) -> None:
    first, second = begin_with(story, IRIS, "acc_demo_wireline", budget_uses=1)
    visitor = shop(story, "Iris")
    visitor.reserve(ask(visitor, first))
    other = shop(story, "Nora")
    refused = ask(other, second)
    assert refused["codes"] == ["campaign.budget_spent"]
    story.clock.advance(minutes=15)
    assert left(story) == (None, 1)
    assert other.reserve(ask(other, second))["hold"] is not None
    assert left(story) == (None, 0)
    assert faults(story) == []
    assert visitor.reserve(ask(visitor, first))["code"] == "campaign.budget_spent"


def test_the_budget_is_spent_to_the_last_cent_from_all_slots_together(story: Story) -> None:
    budget = Money.model_validate(usd("20.00"))
    first, second = begin_with(story, IRIS, "acc_demo_wireline", budget=budget)
    visitor = shop(story, "Iris")
    assert use(story, ask(visitor, first))["code"] is None
    assert left(story) == ("0.00", None)
    refused = ask(shop(story, "Nora"), second)
    assert refused["codes"] == ["campaign.budget_spent"]
    assert use(story, refused)["redemption"] is None
    assert faults(story) == []


def test_an_undone_use_gives_its_budget_back(story: Story) -> None:
    (voucher,) = begin_with(story, IRIS, budget_uses=1)
    used = use(story, ask(shop(story, "Iris"), voucher))["redemption"]
    assert left(story) == (None, 0)
    path = f"/v1/redemptions/{used['redemption_id']}/void"
    body_of(story.till.post(path, {"reason": "order_cancelled"}))
    assert left(story) == (None, 1)
    assert faults(story) == []


@given(st.integers(1, 10**6) | st.none(), st.integers(1, 10**12) | st.none())
def test_slots_add_up_to_the_budget(count: int | None, money: int | None) -> None:
    slots = list(slots_of(CampaignRow(campaign_id="c", budget_minor=money, budget_count=count)))
    assert len(slots) == SLOTS
    for total, parts in (
        (money, [slot.money_left for slot in slots]),
        (count, [slot.count_left for slot in slots]),
    ):
        assert parts == [None] * SLOTS if total is None else sum(filter(None, parts)) == total


def test_the_check_names_a_campaign_whose_slots_do_not_add_up(story: Story) -> None:
    begin_with(story, budget_uses=5)
    with story.database.transaction() as session:
        session.execute(sa.update(CampaignSlot).where(CampaignSlot.slot == 0).values(count_left=9))
    assert ["campaign c has" in fault for fault in faults(story)] == [True]


# --- Limits --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("per", ["account", "line", "person", "store"])
def test_a_limit_is_reached_and_told(story: Story, per: str) -> None:
    first, second = begin_with(story, IRIS, IRIS, limits=(limit(per, 1, "month"),))
    use(story, ask(shop(story, "Iris"), first))
    refused = ask(shop(story, "Iris"), second)
    assert refused["codes"] == ["campaign.limit_reached"]
    told = f"It can be had once for each {per} a month, and that number is reached."
    assert told in lines_of(refused, "note")
    assert "Se puede tener una vez por" in lines_of(refused, "note", "es")[0]


def test_a_limit_of_an_account_counts_its_lines_together_and_one_of_a_line_does_not(story: Story) -> None:
    first, second = begin_with(story, "acc_demo_family", "acc_demo_family", limits=(limit("line", 1),))
    use(story, ask(shop(story, "Rosa"), first))
    assert ask(shop(story, "Daniel"), second)["outcome"] == "eligible"


def test_a_limit_of_a_store_leaves_other_stores_alone(story: Story) -> None:
    first, second = begin_with(story, IRIS, "acc_demo_wireline", limits=(limit("store", 1),))
    use(story, ask(shop(story, "Iris"), first))
    assert ask(shop(story, "Nora"), second)["codes"] == ["campaign.limit_reached"]
    assert ask(shop(story, "Nora", "harbor-kiosk-1"), second)["outcome"] == "eligible"


def test_what_is_reserved_in_the_same_order_counts(story: Story) -> None:
    first, second = begin_with(story, IRIS, IRIS, limits=(limit("account", 1),))
    visitor = shop(story, "Iris")
    visitor.reserve(ask(visitor, first))
    assert "campaign.limit_reached" in ask(visitor, second)["codes"]
    assert ask(visitor, first)["outcome"] == "eligible", "its own reservation never stands in its way"


def test_a_new_month_begins_in_the_stores_own_calendar(story: Story) -> None:
    first, second = begin_with(story, IRIS, IRIS, limits=(limit("account", 1, "month"),))
    use(story, ask(shop(story, "Iris"), first))
    story.clock.advance(days=10, hours=-12)  # 1 December, four in the morning in UTC: 30 November in Maple St
    story.clients.clear()
    assert ask(shop(story, "Iris"), second)["codes"] == ["campaign.limit_reached"]
    story.clock.advance(hours=2)
    with story.database.transaction() as session:
        accounts.confirm_facts(make_work(session, story.clock.now), IRIS)
    assert ask(shop(story, "Iris"), second)["outcome"] == "eligible"


@given(st.dates(), st.sampled_from(["day", "week", "month", "year"]))
def test_a_period_begins_on_or_before_the_day_and_holds_it(day: Any, period: Any) -> None:
    began = began_on(period, day)
    assert began is not None
    assert began <= day
    assert began_on(period, began) == began
    assert (day - began).days < {"day": 1, "week": 7, "month": 31, "year": 366}[period]


# --- Pausing and ending --------------------------------------------------------------------------------


def test_a_paused_campaign_gives_nothing_until_it_goes_on(story: Story) -> None:
    (voucher,) = begin_with(story, IRIS)
    visitor = shop(story, "Iris")
    decision = ask(visitor, voucher)
    turn(story, "paused")
    assert visitor.reserve(decision)["code"] == "campaign.paused"
    turn(story, "active")
    assert visitor.reserve(ask(visitor, voucher))["hold"] is not None


def test_an_ended_campaign_honours_what_it_issued(story: Story) -> None:
    (voucher,) = begin_with(story, IRIS)
    turn(story, "ended")
    assert ask(shop(story, "Iris"), voucher)["outcome"] == "eligible"


def test_a_voucher_may_be_used_as_often_as_its_campaign_says(story: Story) -> None:
    (voucher,) = begin_with(story, IRIS, uses_each=2)
    cheap = story.walk_in("Iris")
    cheap.say("pico-2-64")
    assert use(story, ask_part(cheap, voucher, "8.00"))["redemption"]["balance"] == usd("12.00")
    assert use(story, ask(shop(story, "Iris"), voucher))["redemption"]["amount"] == usd("12.00")
    assert ask(shop(story, "Iris"), voucher)["codes"] == ["voucher.already_redeemed"]


def ask_part(visitor: Visitor, voucher_id: str, amount: str) -> Any:
    asked = {"visit_id": visitor.visit_id, "voucher_id": voucher_id, "amount": usd(amount)}
    return body_of(visitor.client.post("/v1/decisions", asked))


def turn(story: Story, state: Any) -> None:
    with story.database.transaction() as session:
        change(make_work(session, story.clock.now), "c", state)


# --- Over the wire -------------------------------------------------------------------------------------


@pytest.fixture
def partner(story: Story) -> Client:
    """A system of the carrier, for the whole chain."""
    with story.database.transaction() as session:
        token = add_partner(make_work(session, story.clock.now), "crm", None)[1]
    return Client(story.app, token)


ASKED: dict[str, Any] = {
    "campaign_id": "spring",
    "policy": THANK_YOU,
    "budget": usd("100.00"),
    "ends_on": "2027-03-31",
    "limits": [{"per": "account", "period": "month", "uses": 2}],
}


def test_a_campaign_is_begun_once_shown_paused_and_ended(story: Story, partner: Client) -> None:
    begun = body_of(partner.post("/v1/campaigns", ASKED))
    assert (begun["amount"], begun["budget_left"], begun["state"]) == (usd("20.00"), usd("100.00"), "active")
    assert body_of(partner.post("/v1/campaigns", ASKED)) == begun
    other = partner.post("/v1/campaigns", {**ASKED, "uses_each": 3})
    assert (other.status_code, other.json["code"]) == (409, "campaign.exists")
    for state in ("paused", "active", "ended"):
        assert body_of(partner.put("/v1/campaigns/spring", {"state": state}))["state"] == state
    again = partner.put("/v1/campaigns/spring", {"state": "active"})
    assert (again.status_code, again.json["code"]) == (409, "campaign.ended")
    listed = body_of(story.staff("Alex").get("/v1/campaigns"))["campaigns"]
    assert [each["campaign_id"] for each in listed] == ["autumn-thanks", "spring", "winter-try-out"]
    actions = [entry["action"] for entry in body_of(story.staff("Alex").get("/v1/log"))["entries"]]
    assert {"campaign.opened", "campaign.paused", "campaign.resumed", "campaign.ended"} <= set(actions)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"policy": "no-such-policy"}, "/policy"),
        ({"policy": "device-upgrade"}, "/policy"),
        ({"amount": usd("0.00")}, "/amount"),
        ({"amount": {"amount": "5.00", "currency": "EUR"}}, "/amount"),
        ({"budget": {"amount": "5.00", "currency": "EUR"}}, "/budget"),
        ({"budget": usd("-5.00")}, "/budget"),
        ({"starts_on": "2027-04-01"}, "/ends_on"),
        ({"limits": [{"per": "line", "uses": 1}, {"per": "line", "uses": 2}]}, "/limits"),
        ({"limits": [{"per": "planet", "uses": 1}]}, "/limits/0/per"),
        ({"budget_uses": 0}, "/budget_uses"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(partner: Client, changes: Any, pointer: str) -> None:
    answer = partner.post("/v1/campaigns", {**ASKED, **changes})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
