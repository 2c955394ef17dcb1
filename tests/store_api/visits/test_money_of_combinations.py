"""Money of several vouchers on one order: percentages, another currency, and nothing below nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from store_api.policies import service as policies
from store_api.redemptions import service as redemptions
from store_api.visits import combining
from store_api.vouchers.service import NewVoucher, issue
from tests.store_api.factories import KEYS
from tests.store_api.story import Story, Visitor, body_of, verdict_of

DEMO_POLICIES = Path(__file__).parents[3] / "store_api/demo/policies"
FAMILY, WATCH = "acc_demo_family", "ring-watch-3"
PERCENT, THANK_YOU = "second-device-15", "wireline-thank-you-20"


def give(story: Story, policy: str, amount_minor: int | None = None, currency: str | None = None) -> str:
    """A voucher for the family."""
    with story.database.transaction() as session:
        new = NewVoucher(policy, story.clock.now.date(), FAMILY, amount_minor=amount_minor, currency=currency)
        return issue(session, new, KEYS, session.info["random_bytes"], story.clock.now)[0].voucher_id


def load_euros(story: Story) -> None:
    """A policy like the thank-you credit, in another currency."""
    text = (DEMO_POLICIES / "wireline-thank-you-20-v1.yaml").read_text(encoding="utf-8")
    text = text.replace(THANK_YOU, "thank-you-euro").replace("20.00 USD", "20.00 EUR")
    text = text[: text.index("examples:")] + "examples: []\n"
    with story.database.transaction() as session:
        policies.load_version(session, text, "p.yaml", policies.read_catalogue(), story.clock.now)


def rosa(story: Story, price: str = "179.00") -> Visitor:
    """The family's owner, for whom the till has rung up a watch at this price."""
    visitor = story.walk_in("Rosa")
    item = {"sku": WATCH, "price": {"amount": price, "currency": "USD"}}
    body = {"till_reference": "T-9", "items": [item], "visit_code": visitor.look()["code"]}
    body_of(story.till.post("/v1/orders", body))
    return visitor


def proposal(visitor: Visitor) -> Any:
    return body_of(visitor.client.get(f"/v1/visits/{visitor.visit_id}/combination"))


def hold_best(visitor: Visitor) -> Any:
    return body_of(visitor.client.post(f"/v1/visits/{visitor.visit_id}/combination"))


def test_a_percentage_and_a_credit_go_together_to_the_cent(story: Story) -> None:
    give(story, PERCENT)
    give(story, THANK_YOU, 2000, "USD")
    visitor = rosa(story)
    assert proposal(visitor)["saved"]["amount"] == "46.85"
    assert sorted(hold["amount"]["amount"] for hold in hold_best(visitor)["holds"]) == ["20.00", "26.85"]
    order_id = visitor.look()["order"]["order_id"]
    used = body_of(story.rep.post(f"/v1/orders/{order_id}/confirm"))
    taken = [Decimal(each["amount"]["amount"]) for each in (used["redemption"], *used["also"])]
    assert (used["code"], sum(taken)) == (None, Decimal("46.85"))


@pytest.mark.parametrize("price", ["0.01", "3.00", "23.52", "23.53", "179.00", "899.00"])
def test_what_is_left_to_pay_is_never_below_nothing(story: Story, price: str) -> None:
    give(story, PERCENT)
    give(story, THANK_YOU, 2000, "USD")
    visitor = rosa(story, price)
    held = hold_best(visitor)
    total = sum(Decimal(hold["amount"]["amount"]) for hold in held["holds"])
    assert Decimal() < total <= Decimal(price)
    order_id = visitor.look()["order"]["order_id"]
    item = {"sku": WATCH, "price": {"amount": price, "currency": "USD"}}
    body = {"items": [item], "agreement_months": None, "till_reference": "T-9"}
    captured = body_of(story.till.post(f"/v1/orders/{order_id}/capture", body))
    assert captured["code"] is None
    assert Decimal(captured["total_after"]["amount"]) == Decimal(price) - total >= 0


def test_two_percentages_follow_a_price_that_the_till_changed(story: Story) -> None:
    """Both answers change: the till asks again and comes to an end, with what the new price gives."""
    text = (DEMO_POLICIES / f"{PERCENT}-v1.yaml").read_text(encoding="utf-8")
    text = text.replace(PERCENT, "watch-10").replace("percent: 15", "percent: 10")
    with story.database.transaction() as session:
        loaded = text[: text.index("examples:")] + "examples: []\n"
        policies.load_version(session, loaded, "p.yaml", policies.read_catalogue(), story.clock.now)
    give(story, PERCENT)
    give(story, "watch-10")
    visitor = rosa(story)
    hold_best(visitor)
    order_id = visitor.look()["order"]["order_id"]
    item = {"sku": WATCH, "price": {"amount": "100.00", "currency": "USD"}}
    body = {"items": [item], "agreement_months": None, "till_reference": "T-9"}
    codes = []
    for _ in range(4):
        captured = body_of(story.till.post(f"/v1/orders/{order_id}/capture", body))
        codes.append(captured["code"])
        if captured["code"] is None:
            break
    assert codes[-1] is None, codes
    assert set(codes[:-1]) == {"terms.changed"}
    assert captured["total_after"]["amount"] == "75.00"


def test_another_currency_is_refused_in_words_and_never_mixed(story: Story) -> None:
    load_euros(story)
    euros = give(story, "thank-you-euro", 2000, "EUR")
    dollars = give(story, THANK_YOU, 2000, "USD")
    visitor = rosa(story)
    found = proposal(visitor)
    assert [each["voucher_id"] for each in found["vouchers"]] == [dollars]
    assert found["saved"] == {"amount": "20.00", "currency": "USD"}
    refused = visitor.ask_about({"voucher_id": euros})
    assert refused["outcome"] == "not_eligible", verdict_of(refused)
    assert refused["codes"] == ["voucher.other_currency"]
    assert visitor.reserve(refused)["hold"] is None
    hold_best(visitor)
    used = body_of(story.rep.post(f"/v1/orders/{visitor.look()['order']['order_id']}/confirm"))
    assert used["redemption"]["amount"] == {"amount": "20.00", "currency": "USD"}


# --- Two orders that want the same ---------------------------------------------------------------------


def load_forfeited(story: Story) -> None:
    """A credit whose rest is lost, as a percentage's is: which is taken first hangs on the price."""
    text = (DEMO_POLICIES / f"{THANK_YOU}-v1.yaml").read_text(encoding="utf-8")
    text = text.replace(THANK_YOU, "use-it-or-lose-it").replace("remainder: keep", "remainder: forfeit")
    text = text[: text.index("examples:")] + "examples: []\n"
    with story.database.transaction() as session:
        policies.load_version(session, text, "p.yaml", policies.read_catalogue(), story.clock.now)


def two_orders(story: Story) -> list[Visitor]:
    """The owner and the manager of an account, whose orders want the same two the other way round."""
    load_forfeited(story)
    give(story, PERCENT)
    give(story, "use-it-or-lose-it", 2000, "USD")
    visitors = []
    for name, price in (("Rosa", "179.00"), ("Daniel", "80.00")):
        visitor = story.walk_in(name)
        item = {"sku": WATCH, "price": {"amount": price, "currency": "USD"}}
        body = {"till_reference": f"T-{name}", "items": [item], "visit_code": visitor.look()["code"]}
        body_of(story.till.post("/v1/orders", body))
        visitors.append(visitor)
    first, second = ([each["voucher_id"] for each in proposal(visitor)["vouchers"]] for visitor in visitors)
    assert first == second[::-1]
    assert len(first) == 2
    return visitors


def hold_at_once(visitors: list[Visitor], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Both reserve at the same moment; each waits with its first voucher for the other to have one, too."""
    both = threading.Barrier(2)
    hold, waited = redemptions.hold, threading.local()

    def wait_after_the_first(work: Any, named: Any, actor: Any) -> Any:
        held = hold(work, named, actor)
        if not getattr(waited, "once", False):
            waited.once = True
            with suppress(threading.BrokenBarrierError):
                both.wait(1.0)
        return held

    monkeypatch.setattr(redemptions, "hold", wait_after_the_first)

    def press(visitor: Visitor) -> Any:
        return visitor.client.post(f"/v1/visits/{visitor.visit_id}/combination")

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(press, visitors))


def test_two_orders_that_take_the_same_vouchers_crosswise_never_wait_for_each_other(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = hold_at_once(two_orders(story), monkeypatch)
    assert [answer.status_code for answer in answers] == [200, 200]
    held = [body_of(answer) for answer in answers]
    assert sorted(len(each["holds"]) for each in held) == [0, 2]
    # SQLite lets the second one weigh only when the first is done: then there is nothing to reserve.
    lost = next(each["code"] for each in held if not each["holds"])
    assert lost == (None if story.database.is_sqlite else "voucher.held_elsewhere")


@pytest.mark.parametrize("demo_url", ["postgresql"], indirect=True)
def test_without_the_sequence_of_locks_they_would(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's writers stand in one line: none has a lock while another waits for one."""
    monkeypatch.setattr(combining, "_lock", lambda *_: None)
    answers = hold_at_once(two_orders(story), monkeypatch)
    assert sorted(answer.status_code for answer in answers) == [200, 503]
    busy = next(answer for answer in answers if answer.status_code == 503)
    assert (busy.json["code"], busy.headers["Retry-After"]) == ("service.busy", "1")
