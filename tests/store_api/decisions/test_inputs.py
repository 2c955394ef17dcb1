"""A decision stands without being made again only where everything that it was made from is the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_api.accounts import service as accounts
from store_api.decisions import asking
from store_api.decisions import service as decisions
from store_api.decisions.gather import Gathered
from store_api.decisions.inputs import digest_inputs
from store_api.orders.models import OrderRow
from store_api.policy.facts import Catalogue, load_catalogue
from store_api.policy.model import Policy
from store_api.vouchers.models import Voucher
from store_api.vouchers.service import VoucherView
from tests.policy.documents import document, term, version_of
from tests.store_api.factories import NOW, make_work
from tests.store_api.story import Story, body_of

CATALOGUE = load_catalogue()
FAMILY = "acc_demo_family"
DAY = dt.date(2026, 11, 21)


def policy_of(months: int = 24) -> Policy:
    """A policy of one term."""
    longest = term("t1", "order.agreement_months", "at_least", months, "For {bound}.")
    return Policy((version_of(document({"all": [longest]})),))


def gathered_of(facts: dict[str, Any], balance: int = 5000, ends_on: dt.date | None = None) -> Gathered:
    """What was gathered for a voucher on an order of one phone."""
    row = Voucher(
        account_id="acc_1", voucher_id="vou_1", issued_on=dt.date(2026, 3, 4), ends_on=ends_on, currency="USD"
    )
    order = OrderRow(items=[{"name": "Orbit 5", "price": {"amount": "49.99", "currency": "USD"}}])
    view = VoucherView(row, (), balance)
    return Gathered(facts, (), view, order, DAY, "America/New_York")


FACTS = {"order.agreement_months": 24, "line.plan_price": "35.00 USD", "line.programmes": ["a", "b"]}
POLICY, GATHERED = policy_of(), gathered_of(FACTS)
DIGEST = digest_inputs(POLICY, GATHERED, None, CATALOGUE)
OTHER_PHONE = OrderRow(items=[{"name": "Orbit 6", "price": {"amount": "49.99", "currency": "USD"}}])
ENTRY = CATALOGUE.facts["line.plan_price"]
OTHER_CATALOGUE = Catalogue(
    {**CATALOGUE.facts, "line.plan_price": replace(ENTRY, digest="sha256:0")}, CATALOGUE.claims
)


def test_the_same_inputs_have_one_digest_whatever_the_order_of_the_facts() -> None:
    turned = dict(reversed(list(FACTS.items())))
    assert digest_inputs(policy_of(), gathered_of(turned), None, CATALOGUE) == DIGEST


@pytest.mark.parametrize(
    "arguments",
    [
        (policy_of(25), GATHERED, None, CATALOGUE),
        (POLICY, GATHERED, None, OTHER_CATALOGUE),
        (POLICY, GATHERED, 2000, CATALOGUE),
        (POLICY, replace(GATHERED, on=DAY + dt.timedelta(days=1)), None, CATALOGUE),
        (POLICY, replace(GATHERED, zone="America/Chicago"), None, CATALOGUE),
        (POLICY, replace(GATHERED, stale=("account.past_due",)), None, CATALOGUE),
        (POLICY, replace(GATHERED, order=OTHER_PHONE), None, CATALOGUE),
        (POLICY, replace(GATHERED, order=None), None, CATALOGUE),
        (POLICY, replace(GATHERED, voucher=None), None, CATALOGUE),
        (POLICY, gathered_of(FACTS, balance=4999), None, CATALOGUE),
        (POLICY, gathered_of(FACTS, ends_on=DAY), None, CATALOGUE),
    ],
    ids=["term", "catalogue", "amount", "day", "zone", "stale", "label", "order", "voucher",
         "balance", "last day"],
)  # fmt: skip
def test_any_other_input_has_another_digest(arguments: Any) -> None:
    assert digest_inputs(*arguments) not in (DIGEST, None)


texts = st.text(max_size=8)
values = st.one_of(st.integers(), st.booleans(), texts, st.lists(texts, max_size=3))
fact_keys = st.sampled_from(sorted(CATALOGUE.facts))


@given(
    facts=st.dictionaries(fact_keys, values, max_size=8), key=fact_keys, value=st.one_of(st.none(), values)
)
def test_a_fact_that_changes_appears_or_goes_changes_the_digest(
    facts: dict[str, Any], key: str, value: Any
) -> None:
    changed = {name: kept for name, kept in facts.items() if name != key}
    if value is not None:
        changed[key] = value
    one = digest_inputs(POLICY, gathered_of(facts), None, CATALOGUE)
    other = digest_inputs(POLICY, gathered_of(changed), None, CATALOGUE)
    same = facts.keys() == changed.keys() and all(
        type(facts[name]) is type(changed[name]) and facts[name] == changed[name] for name in facts
    )
    assert (one == other) is same


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for every time that the policy core is asked."""
    asked: list[int] = []
    original = asking.decide_terms

    def count(*arguments: Any) -> Any:
        asked.append(1)
        return original(*arguments)

    monkeypatch.setattr(asking, "decide_terms", count)
    return asked


def use(story: Story, decision: Any) -> Any:
    """The rep uses what was decided."""
    return body_of(story.rep.post("/v1/redemptions", {"decision_id": decision["decision_id"]}))


def test_at_the_use_of_what_was_just_decided_the_core_is_not_asked_again(
    story: Story, made: list[int]
) -> None:
    decision = story.walk_in("Maya").get_yes()
    made.clear()
    assert use(story, decision)["redemption"] is not None
    assert made == []


def test_a_fact_that_changed_before_the_use_takes_the_whole_way(story: Story, made: list[int]) -> None:
    decision = story.walk_in("Maya").get_yes()
    with story.database.transaction() as session:
        found = decisions.find(session, decision["decision_id"])
        assert found is not None
        accounts.keep_fact(
            make_work(session, NOW), found.account_id, found.line_id, "line.last_upgrade_on", "2026-10-01"
        )
    made.clear()
    answer = use(story, decision)
    assert (answer["redemption"], answer["code"]) == (None, "terms.changed")
    assert made != []


def test_a_lock_on_the_account_is_seen_though_nothing_else_changed(story: Story, made: list[int]) -> None:
    decision = story.walk_in("Maya").get_yes()
    with story.database.transaction() as session:
        accounts.lock_account(make_work(session, NOW), FAMILY, True)
    answer = use(story, decision)
    assert answer["redemption"] is None
    assert made != []


def test_asking_again_for_the_same_gives_the_same_decision_without_the_core(
    story: Story, made: list[int]
) -> None:
    visitor = story.walk_in("Maya")
    first = visitor.get_yes()
    made.clear()
    assert visitor.ask() == first
    assert made == []
