"""Ways to yes: what they promise, on written and on drawn policies."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from store_api.policy.decide import decide
from store_api.policy.decision import Decision
from store_api.policy.values import Money, read_money
from store_api.policy.ways import Change, Way, Ways, ways_to_yes
from tests.policy.documents import SEEDS, TODAY, Inventor, catalogue, policy_of, version_of

USD = "USD"
THOROUGH = settings(max_examples=80, deadline=None)


def document(*members: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "policy": "written",
        "version": 1,
        "title": {"en": "A", "es": "A"},
        "source": "Here",
        "effective": {"from": "2020-01-01"},
        "binds": "today",
        "benefit": {"kind": "upgrade_right"},
        "requires": {"all": list(members)},
        **fields,
    }


def term(name: str, fact: str, **test: Any) -> dict[str, Any]:
    return {"term": name, "says": {"en": "{bound}.", "es": "{bound}."}, "fact": fact, **test}


def no(policy: dict[str, Any], known: Mapping[str, object], **arguments: Any) -> tuple[Decision, Ways]:
    decision = decide(version_of(policy), catalogue(), known, TODAY, **arguments)
    return decision, ways_to_yes(decision, catalogue())


def told(ways: Ways) -> list[list[tuple[str | None, str, Any]]]:
    return [[(change.fact, change.do, change.to) for change in way.changes] for way in ways.ways]


def made_up(seed: int, ends: date | None = None) -> tuple[Decision, dict[str, Any]]:
    inventor = Inventor(seed)
    policy = policy_of(*inventor.history())
    known = inventor.facts()
    return decide(policy, catalogue(), known, TODAY, ends=ends), known


def decide_after(
    decision: Decision, known: Mapping[str, Any], changes: tuple[Change, ...], on: date
) -> Decision:
    """Decide again with the changes put in; a wait in them moves the day."""
    changed = {change.fact: change.to for change in changes if change.do != "wait"}
    day = on if any(change.do == "wait" for change in changes) else decision.on
    return decide(decision.policy, catalogue(), {**known, **changed}, day, decision.waivers, decision.ends)


def parts_of(way: Way) -> list[tuple[Change, ...]]:
    return [part for size in range(len(way.changes)) for part in combinations(way.changes, size)]


@given(SEEDS, st.sampled_from([None, TODAY, TODAY + timedelta(days=200)]))
@THOROUGH
def test_a_way_is_a_yes_and_no_smaller_part_of_it_is(seed: int, ends: date | None) -> None:
    decision, known = made_up(seed, ends)
    found = ways_to_yes(decision, catalogue())
    assert len(found.ways) <= 8
    for way in found.ways:
        after = decide_after(decision, known, way.changes, way.on)
        assert after.outcome == "eligible"
        assert [
            part
            for part in parts_of(way)
            if decide_after(decision, known, part, way.on).outcome == "eligible"
        ] == []
        assert ends is None or way.on <= ends
        assert after.document is not None
        assert not after.document.binds_to_today or after.document.is_effective(way.on)


@given(SEEDS)
@THOROUGH
def test_a_way_is_a_yes_on_no_day_before_its_own(seed: int) -> None:
    decision, known = made_up(seed)
    for way in ways_to_yes(decision, catalogue()).ways:
        if way.on > TODAY:
            for early in (TODAY, TODAY + (way.on - TODAY) / 2, way.on - timedelta(days=1)):
                assert decide_after(decision, known, way.changes, early).outcome != "eligible"


@given(SEEDS)
@THOROUGH
def test_waiting_alone_is_a_way_exactly_when_there_is_a_first_day_of_yes(seed: int) -> None:
    decision, _ = made_up(seed)
    found = ways_to_yes(decision, catalogue())
    waits = [way.on for way in found.ways if [change.do for change in way.changes] == ["wait"]]
    if decision.outcome == "not_eligible" and not found.more:
        assert waits == [day for day in [decision.first_yes_on] if day is not None]


def test_what_is_past_due_is_paid_and_the_cost_is_told() -> None:
    policy = document(term("nothing-due", "account.past_due", at_most="0.00 USD"))
    _, ways = no(policy, {"account.past_due": "83.20 USD"})
    assert told(ways) == [[("account.past_due", "pay", read_money("0.00 USD"))]]
    assert ways.ways[0].to_json() == {
        "changes": [
            {
                "term": "nothing-due",
                "fact": "account.past_due",
                "do": "pay",
                "to": {"amount": "0.00", "currency": "USD"},
            }
        ],
        "cost": {"amount": "83.20", "currency": "USD"},
        "on": "2026-11-21",
    }


def test_two_terms_on_one_fact_get_one_value_that_meets_both() -> None:
    policy = document(
        term("long", "order.agreement_months", at_least=24),
        term("even-longer", "order.agreement_months", at_least=36),
    )
    _, ways = no(policy, {"order.agreement_months": 12})
    assert told(ways) == [[("order.agreement_months", "choose", 36)]]


def test_a_met_term_is_not_broken_by_the_change_that_meets_another() -> None:
    policy = document(
        term("dear", "order.plan_price", at_least={"fact": "line.plan_price"}),
        term("not-too-dear", "order.plan_price", at_most="50.00 USD"),
    )
    _, ways = no(policy, {"order.plan_price": "40.00 USD", "line.plan_price": "60.00 USD"})
    assert told(ways) == [[("line.plan_price", "choose", read_money("40.00 USD"))]]


def test_two_facts_are_changed_together_where_neither_alone_is_enough() -> None:
    policy = document(
        term("as-dear", "order.plan_price", at_least={"fact": "line.plan_price"}),
        term("dear", "line.plan_price", at_least="50.00 USD"),
    )
    _, ways = no(policy, {"order.plan_price": "10.00 USD", "line.plan_price": "20.00 USD"})
    fifty = Money(read_money("50.00 USD").amount, USD)
    assert [set(way) for way in told(ways)] == [
        {("order.plan_price", "choose", fifty), ("line.plan_price", "choose", fifty)}
    ]


def test_paying_and_waiting_are_joined_and_the_first_common_day_is_told() -> None:
    policy = document(
        term("nothing-due", "account.past_due", at_most="0.00 USD"),
        term("long-ago", "line.last_upgrade_on", at_least_ago={"months": 24}),
        term("over-soon", "line.agreement_ends_on", within_next={"months": 1}),
    )
    known = {
        "account.past_due": "5.00 USD",
        "line.last_upgrade_on": "2025-01-31",
        "line.agreement_ends_on": "2027-02-10",
    }
    decision, ways = no(policy, known)
    assert [way.on for way in ways.ways] == [date(2027, 1, 31)]
    assert [(change.do, change.to) for change in ways.ways[0].changes] == [
        ("pay", read_money("0.00 USD")),
        ("wait", date(2027, 1, 31)),
    ]
    assert no(policy, known, ends=date(2027, 1, 30))[1] == Ways()
    assert decision.first_yes_on is None


def test_cheaper_ways_come_first_and_a_dearer_one_on_the_same_fact_is_left_out() -> None:
    either = {
        "any": [
            term("little", "line.device_balance", at_most="20.00 USD"),
            term("nothing", "line.device_balance", at_most="0.00 USD"),
            term("none-due", "account.past_due", at_most="0.00 USD"),
            term("insured", "order.insurance", **{"is": True}),
        ]
    }
    known = {"line.device_balance": "70.00 USD", "account.past_due": "30.00 USD", "order.insurance": False}
    _, ways = no(document(either), known)
    assert [str(way.cost) for way in ways.ways] == ["None", "30.00 USD", "50.00 USD"]


def test_nobody_is_told_to_change_what_nobody_can_change() -> None:
    policy = document(term("is-consumer", "account.segment", **{"is": "consumer"}))
    assert no(policy, {"account.segment": "business"})[1] == Ways()


def test_nobody_is_told_to_owe_more() -> None:
    policy = document(term("in-debt", "account.past_due", at_least="10.00 USD"))
    assert no(policy, {"account.past_due": "0.00 USD"})[1] == Ways()


def test_more_than_eight_ways_are_cut_and_said_to_be_more() -> None:
    either = [term(f"t{index}", "account.segment", **{"is": "x"}) for index in range(1)]
    facts_of = [
        "order.insurance",
        "order.accessories",
        "order.app_signup",
        "order.credit_application",
        "presentation.paper",
    ]
    for first in facts_of[:3]:
        for second in facts_of[3:]:
            either.append(
                {
                    "all": [
                        term(f"{first[6:]}-{second[-5:]}", first, **{"is": True}),
                        term(f"b{first[6:]}-{second[-5:]}", second, **{"is": True}),
                    ]
                }
            )
    either += [term("phone", "order.device_category", one_of=["phone", "tablet", "watch"])]
    known = {"account.segment": "y", "order.device_category": "none", **dict.fromkeys(facts_of, False)}
    policy = document({"any": [*either]})
    policy["requires"] = {"any": [{"all": [{**one}]} if "term" in one else one for one in either]}
    _, ways = no(policy, known)
    assert len(ways.ways) == 8
    assert ways.more
