"""Proofs: every law with a policy that keeps it and one that breaks it; whoever is shown does show it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_api.policy.claims import put_in
from store_api.policy.dates import add
from store_api.policy.decide import Decision, decide
from store_api.policy.findings import Customer, Finding
from store_api.policy.model import PolicyVersion
from store_api.policy.prove import prove
from store_api.policy.values import Duration
from tests.policy.documents import SEEDS, Inventor, catalogue, document, term, version_of

PHONE = term("phone", "order.device_category", "is", "phone", "A phone.")
CLAIMS = ("plan-change", "paper", "insurance", "certain-payment")


def proved(
    requires: dict[str, Any], *claims: str, **changes: Any
) -> tuple[PolicyVersion, dict[str, Finding]]:
    version = version_of(document(requires, not_required=[{"claim": claim} for claim in claims], **changes))
    return version, {finding.subject or finding.law: finding for finding in prove(version, catalogue())}


def decided(version: PolicyVersion, customer: Customer, *waived: str) -> Decision:
    return decide(version, catalogue(), customer.facts, customer.on, frozenset(waived))


def worth(decision: Decision) -> Any:
    return decision.benefit.amount.amount if decision.benefit and decision.benefit.amount else 0


def test_somebody_can_be_eligible_and_is_shown() -> None:
    version, found = proved({"all": [PHONE]})
    assert found["somebody"].verdict == "shown"
    assert decided(version, found["somebody"].customers[0]).outcome == "eligible"


def test_that_nobody_can_be_eligible_is_proved() -> None:
    _, found = proved({"all": [PHONE, term("tablet", "order.device_category", "is", "tablet")]})
    assert (found["somebody"].verdict, found["somebody"].customers) == ("fails", ())
    assert found["somebody"].holds_up


def test_a_term_that_is_never_the_only_reason_is_a_warning() -> None:
    _, found = proved(
        {
            "all": [
                term("a-year", "order.agreement_months", "at_least", 12),
                term("two-years", "order.agreement_months", "at_least", 24),
            ]
        }
    )
    assert (found["a-year"].verdict, found["two-years"].verdict) == ("redundant", "shown")
    assert found["a-year"].is_warning
    assert not found["a-year"].holds_up


def test_months_and_years_are_added_alike() -> None:
    _, found = proved(
        {
            "all": [
                term("months", "line.last_upgrade_on", "at_least_ago", {"months": 24}, "{bound}."),
                term("years", "line.last_upgrade_on", "at_least_ago", {"years": 2}, "{bound}."),
                term("less", "line.last_upgrade_on", "at_least_ago", {"months": 23}, "{bound}."),
            ]
        }
    )
    assert {found[key].verdict for key in ("months", "years", "less")} == {"redundant"}


def test_clamped_months_are_not_taken_for_thirty_days() -> None:
    days = term("days", "line.last_upgrade_on", "at_least_ago", {"days": 30}, "{bound}.")
    month = term("month", "line.last_upgrade_on", "at_least_ago", {"months": 1}, "{bound}.")
    version, found = proved({"all": [days, month]})
    for key in ("days", "month"):
        shown = found[key].customers[0]
        outcomes = (decided(version, shown).outcome, decided(version, shown, key).outcome)
        assert outcomes == ("not_eligible", "eligible")


def test_a_law_that_no_term_touches_is_proved() -> None:
    _, found = proved({"all": [PHONE]}, "plan-change", "paper", "certain-payment")
    assert {found[key].verdict for key in ("plan-change", "paper", "certain-payment")} == {"proved"}


def test_a_law_that_holds_through_any_is_proved() -> None:
    either = {
        "any": [
            term("insured", "order.insurance", "is", True),
            {"not": term("not-insured", "order.insurance", "is", True)},
        ]
    }
    _, found = proved({"all": [PHONE, either]}, "insurance")
    # Of somebody who has not said, the answer is still open: the law is about them too.
    assert found["insurance"].verdict == "fails"
    without, withit = found["insurance"].customers
    assert "order.insurance" not in without.facts
    assert withit.facts["order.insurance"] is False


@pytest.mark.parametrize(
    ("claim", "broken"),
    [
        ("paper", term("paper", "presentation.paper", "is", True)),
        ("plan-change", term("plan", "order.plan_price", "at_least", "60.00 USD", "At least {bound}.")),
        ("plan-change", term("more", "order.plan_price", "more_than", {"fact": "line.plan_price"})),
        ("insurance", {"not": term("none", "order.insurance", "is", False)}),
        ("certain-payment", term("card", "order.payment", "is", "card")),
    ],
)
def test_a_broken_law_shows_two_customers_who_differ_in_that_alone(
    claim: str, broken: dict[str, Any]
) -> None:
    version, found = proved({"all": [PHONE, broken]}, claim)
    finding = found[claim]
    assert finding.verdict == "fails"
    one, other = finding.customers
    assert put_in(catalogue().claims[claim], one.facts) == other.facts
    assert decided(version, one).outcome == "eligible"
    assert decided(version, other).outcome != "eligible"


def test_a_law_is_broken_by_a_smaller_benefit_too() -> None:
    benefit = {
        "kind": "instant_credit",
        "tiers": [
            tier("small", "25.00 USD", term("some", "order.plan_price", "at_least", "30.00 USD", "{bound}.")),
            tier("large", "75.00 USD", term("much", "order.plan_price", "at_least", "60.00 USD", "{bound}.")),
        ],
    }
    version, found = proved({"all": [PHONE]}, "plan-change", benefit=benefit)
    assert found["plan-change"].verdict == "fails"
    assert len({worth(decided(version, one)) for one in found["plan-change"].customers}) == 2


def tier(name: str, amount: str, *terms: dict[str, Any]) -> dict[str, Any]:
    says = {"en": "So.", "es": "Así."}
    return {"tier": name, "amount": amount, "says": says, "requires": {"all": list(terms)}}


def two_tiers(lesser: dict[str, Any]) -> dict[str, Any]:
    better = (
        term("dear", "order.plan_price", "at_least", "79.99 USD", "{bound}."),
        term("always-dear", "line.plan_price_lowest_3_months", "at_least", "79.99 USD", "{bound}."),
    )
    return {
        "kind": "instant_credit",
        "tiers": [tier("small", "50.00 USD", lesser), tier("large", "100.00 USD", *better)],
    }


def test_a_better_tier_that_costs_nobody_the_lesser_one_is_proved() -> None:
    lesser = term("some", "order.plan_price", "at_least", "34.99 USD", "{bound}.")
    assert proved({"all": [PHONE]}, benefit=two_tiers(lesser))[1]["large"].verdict == "proved"


def test_a_step_towards_the_better_tier_that_loses_the_lesser_one_is_shown() -> None:
    lesser = term("some", "order.plan_price", "between", ["34.99 USD", "79.99 USD"], "{bound}.")
    version, found = proved({"all": [PHONE]}, benefit=two_tiers(lesser))
    assert found["large"].verdict == "fails"
    before, after = found["large"].customers
    assert {key for key in before.facts if before.facts[key] != after.facts[key]} == {"order.plan_price"}
    assert worth(decided(version, before)) == 50
    assert decided(version, after).outcome == "not_eligible"
    assert decided(version, after).result_of("dear").status == "met"


def test_two_currencies_on_one_fact_are_not_proved() -> None:
    _, found = proved(
        {
            "all": [
                term("dollars", "order.plan_price", "at_least", "30.00 USD", "{bound}."),
                term("euros", "order.plan_price", "at_most", "60.00 EUR", "{bound}."),
            ]
        },
        "paper",
    )
    assert {(finding.verdict, finding.why) for finding in found.values()} == {
        ("not_proved", "two_currencies")
    }


def test_what_the_solver_gives_up_on_is_not_proved() -> None:
    requires = {"all": [term("long", "line.last_upgrade_on", "at_least_ago", {"days": 500}, "{bound}.")]}
    found = prove(version_of(document(requires)), catalogue(), give_up_after=1)
    assert {(finding.verdict, finding.why) for finding in found} <= {
        ("not_proved", "gave_up"),
        ("shown", None),
    }
    assert ("not_proved", "gave_up") in {(finding.verdict, finding.why) for finding in found}


def check(version: PolicyVersion, finding: Finding) -> None:
    """Decide the customers of a finding: they show what is claimed."""
    first = decided(version, finding.customers[0])
    if finding.law == "somebody":
        assert first.outcome == "eligible"
    elif finding.law == "term":
        waived = decided(version, finding.customers[0], finding.subject or "")
        assert waived.outcome == "eligible"
        assert first.outcome == "not_eligible" or first.benefit != waived.benefit
    elif finding.law == "claim":
        other = decided(version, finding.customers[1])
        assert (first.outcome, first.benefit) != (other.outcome, other.benefit)
    else:
        assert worth(decided(version, finding.customers[-1])) < worth(first)


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_every_customer_of_a_finding_shows_what_is_claimed(seed: int) -> None:
    inventor = Inventor(seed)
    made = inventor.history()[0]
    version = version_of({**made, "not_required": [{"claim": claim} for claim in CLAIMS]})
    findings = prove(version, catalogue(), give_up_after=400_000)
    for finding in findings:
        assert finding.why in (None, "gave_up")
        if finding.customers:
            check(version, finding)
    for _ in range(15):
        contradict(version, findings, inventor.facts())


def contradict(version: PolicyVersion, findings: tuple[Finding, ...], facts: Mapping[str, Any]) -> None:
    """No customer made up at random shows the opposite of what was proved."""
    verdicts = {(finding.law, finding.subject): finding.verdict for finding in findings}
    customer = Customer(facts, date(2026, 11, 21))
    decision = decided(version, customer)
    if decision.outcome == "eligible":
        assert verdicts["somebody", None] == "shown"
    for result in decision.terms:
        if verdicts["term", result.term.id] == "redundant" and result.tier is None:
            waived = decided(version, customer, result.term.id)
            assert (decision.outcome, waived.outcome) != ("not_eligible", "eligible")
    for claim in CLAIMS:
        if verdicts["claim", claim] == "proved" and decision.document is not None:
            other = decided(version, Customer(put_in(catalogue().claims[claim], decision.facts), customer.on))
            assert (decision.outcome, decision.benefit) == (other.outcome, other.benefit)


@settings(max_examples=6, deadline=None)
@given(
    st.dates(date(1990, 1, 1), date(2060, 12, 31)),
    st.integers(1, 40),
    st.sampled_from(["months", "days", "years"]),
)
def test_the_solver_adds_months_as_the_calendar_does(day: date, count: int, unit: Any) -> None:
    # Bound to one known day, the first day of the yes is the one that `dates.add` gives.
    reached = add(day, Duration(count, unit))
    assert reached is not None
    says = "{bound}."
    requires = {
        "all": [
            term("from", "line.last_upgrade_on", "on_or_after", day.isoformat(), says),
            term("until", "line.last_upgrade_on", "on_or_before", day.isoformat(), says),
            term("ago", "line.last_upgrade_on", "at_least_ago", {unit: count}, says),
        ]
    }
    span = {"from": "1980-01-01", "until": reached.isoformat()}
    day_before = version_of(document(requires, effective=span))
    span = {"from": "1980-01-01", "until": date.fromordinal(reached.toordinal() + 1).isoformat()}
    that_day = version_of(document(requires, effective=span))
    assert prove(day_before, catalogue())[0].verdict == "fails"
    shown = prove(that_day, catalogue())[0]
    assert (shown.verdict, [customer.on for customer in shown.customers]) == ("shown", [reached])
