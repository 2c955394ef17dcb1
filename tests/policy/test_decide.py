"""What `decide` promises, case by case, on policies small enough to read."""
# ruff: noqa: E501 - one case a line reads best

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from store_api.policy.decide import Decision, decide, decision_to_json
from store_api.policy.document import read_policy_file
from store_api.policy.errors import PolicyErrors
from tests.policy.documents import DEMO, TODAY, catalogue, document, policy_of, term, tiered, version_of

DAUGHTER = {
    "voucher.issued_on": "2026-03-04",
    "order.device_category": "phone",
    "order.agreement_months": 24,
    "line.last_upgrade_on": "2024-09-03",
    "order.device_price": "49.99 USD",
}


def credit(**changes: Any) -> Decision:
    version = read_policy_file(DEMO / "upgrade-credit-50-v3.yaml", catalogue())
    return decide(version, catalogue(), {**DAUGHTER, **changes}, TODAY)


def decided(requires: dict[str, Any], facts: dict[str, Any], day: date = TODAY, **changes: Any) -> Decision:
    return decide(version_of(document(requires, **changes)), catalogue(), facts, day)


PAPER = term("paper", "presentation.paper", "is", True, "Bring it on paper.")
PHONE = term("phone", "order.device_category", "is", "phone", "Buy a phone.")
PAID = term("paid", "line.device_paid_percent", "at_least", 50)
WAIT = term("wait", "line.last_upgrade_on", "at_least_ago", {"months": 24})
ROLLS = term("few", "line.upgrades_last_12_months", "at_most", 1)


def test_the_story_is_a_yes_with_what_is_applied_and_what_is_kept() -> None:
    body = decision_to_json(credit(), "en", catalogue())
    assert body["benefit"] == {
        "kind": "instant_credit",
        "tier": None,
        "amount": {"amount": "50.00", "currency": "USD"},
        "applied": {"amount": "49.99", "currency": "USD"},
        "kept": {"amount": "0.01", "currency": "USD"},
    }
    assert body["outcome"] == "eligible"
    assert body["version"] == 3
    assert [claim["claim"] for claim in body["not_required"]][:2] == ["plan-change", "paper"]


def test_the_wire_form_of_a_no_is_the_one_that_is_written_down() -> None:
    body = decision_to_json(credit(**{"line.last_upgrade_on": "2025-03-14"}), "en", catalogue())
    assert body["terms"][2] | {"bound_facts": []} == {
        "term": "since-last-upgrade",
        "tier": None,
        "status": "unmet",
        "says": "At least 24 months since this line's last upgrade.",
        "fact": "line.last_upgrade_on",
        "test": "at_least_ago",
        "negated": False,
        "bound": {"months": 24},
        "bound_fact": None,
        "bound_facts": [],
        "value": "2025-03-14",
        "met_on": "2027-03-14",
    }
    assert (body["first_yes_on"], body["earliest_possible_on"]) == ("2027-03-14", "2027-03-14")
    assert (body["benefit"], body["last_yes_on"], body["cannot_be_known"], body["codes"]) == (
        None,
        None,
        False,
        [],
    )
    assert body["digest"].startswith("sha256:")


def test_a_missing_fact_is_asked_only_where_its_source_may_be_asked() -> None:
    found = decided({"all": [PHONE, PAID]}, {})
    assert (found.outcome, found.questions, found.unavailable) == (
        "undecided",
        ("order.device_category",),
        ("line.device_paid_percent",),
    )


def test_nothing_is_asked_once_the_answer_is_no_or_another_way_is_met() -> None:
    assert decided({"all": [PHONE, PAPER]}, {"presentation.paper": False}).questions == ()
    assert decided({"any": [PHONE, PAPER]}, {"presentation.paper": True}).questions == ()
    nested = {"all": [{"any": [PHONE, PAPER]}, PAID]}
    assert decided(nested, {"presentation.paper": True}).unavailable == ("line.device_paid_percent",)


def test_a_bounds_fact_is_asked_after_the_terms_own() -> None:
    dear = term("dear", "order.plan_price", "at_least", {"fact": "line.plan_price"}, "As dear as now.")
    found = decided({"all": [dear]}, {})
    assert (found.questions, found.unavailable) == (("order.plan_price",), ("line.plan_price",))


def test_the_highest_tier_that_is_met_is_granted_whatever_the_order() -> None:
    both = version_of(tiered({"all": [PAPER]}, ("75", PHONE), ("25", PAID)))
    facts = {"presentation.paper": True, "order.device_category": "phone", "line.device_paid_percent": "60"}
    found = decide(both, catalogue(), facts, TODAY)
    assert found.benefit is not None
    assert (found.benefit.tier, [result.term.id for result in found.terms]) == (
        "t75",
        ["paper", "paid", "phone"],
    )


def test_a_better_tier_that_is_not_known_yet_is_asked_and_holds_nothing_back() -> None:
    both = version_of(tiered({"all": [PAPER]}, ("75", PHONE), ("25", PAID)))
    found = decide(both, catalogue(), {"presentation.paper": True, "line.device_paid_percent": "60"}, TODAY)
    assert found.benefit is not None
    assert (found.outcome, found.benefit.tier, found.questions) == (
        "eligible",
        "t25",
        ("order.device_category",),
    )


def test_a_lesser_tier_is_not_asked_where_a_better_one_is_met() -> None:
    both = version_of(tiered({"all": [PAPER]}, ("75", PAID), ("25", PHONE)))
    found = decide(both, catalogue(), {"presentation.paper": True, "line.device_paid_percent": "60"}, TODAY)
    assert found.questions == ()


def test_tiers_alone_are_asked_where_no_tier_is_met_yet() -> None:
    found = decide(
        version_of(tiered({"all": [PAPER]}, ("25", PHONE))), catalogue(), {"presentation.paper": True}, TODAY
    )
    assert (found.outcome, found.questions) == ("undecided", ("order.device_category",))
    refused = decide(
        version_of(tiered({"all": [PAPER]}, ("25", PHONE))), catalogue(), {"presentation.paper": False}, TODAY
    )
    assert (refused.outcome, refused.questions) == ("not_eligible", ())


def test_a_percentage_waits_for_its_price_and_rounds_half_up() -> None:
    benefit = {"kind": "percent_off", "percent": "12.5", "of": "order.device_price", "at_most": "40.00 USD"}
    version = version_of(document({"all": [PHONE]}, benefit=benefit))
    facts = {"order.device_category": "phone"}
    waiting = decide(version, catalogue(), facts, TODAY)
    assert (waiting.outcome, waiting.questions) == ("eligible", ("order.device_price",))
    for price, amount in {
        "100.20 USD": "12.53",
        "100.16 USD": "12.52",
        "900.00 USD": "40.00",
        "0 USD": "0.00",
    }.items():
        known = decide(version, catalogue(), {**facts, "order.device_price": price}, TODAY)
        assert known.benefit is not None
        assert known.benefit.amount is not None
        assert str(known.benefit.amount.amount) == amount


def test_a_bill_credits_months_add_up_to_the_cent() -> None:
    benefit = {"kind": "bill_credit", "amount": "250.00 USD", "months": 24, "starts_within_bills": 2}
    found = decided({"all": [PHONE]}, {"order.device_category": "phone"}, benefit=benefit)
    assert found.benefit is not None
    parts = found.benefit.instalments()
    assert [(count, str(each.amount)) for count, each in parts] == [(16, "10.42"), (8, "10.41")]
    assert sum(count * each.amount for count, each in parts) == 250


def test_what_is_left_of_a_credit_is_kept_or_forfeited_as_the_policy_says() -> None:
    benefit = {"kind": "instant_credit", "amount": "50.00 USD", "remainder": "forfeit"}
    facts = {"order.device_category": "phone", "order.device_price": "30 USD"}
    found = decided({"all": [PHONE]}, facts, benefit=benefit)
    assert found.benefit is not None
    assert str(found.benefit.forfeited) == "20.00 USD"
    assert found.benefit.kept is None


VERSIONS = [
    document({"all": [PHONE]}, version=1, effective={"from": "2026-01-01", "until": "2026-06-01"}),
    document({"all": [WAIT]}, version=2, effective={"from": "2027-02-01", "until": "2027-05-01"}),
]


@pytest.mark.parametrize(
    ("issued", "version", "outcome"),
    [("2025-12-31", None, "not_eligible"), ("2026-01-01", 1, "eligible"), ("2026-05-31", 1, "eligible"), ("2026-06-01", None, "not_eligible")],
)  # fmt: skip
def test_the_binding_date_picks_the_version(issued: str, version: int | None, outcome: str) -> None:
    bound = policy_of(*[{**doc, "binds": "voucher.issued_on"} for doc in VERSIONS])
    found = decide(bound, catalogue(), {"voucher.issued_on": issued, "order.device_category": "phone"}, TODAY)
    assert (found.version, found.outcome) == (version, outcome)
    assert found.codes == (() if version else ("policy.none_in_force",))
    if version is None:
        assert (found.terms, found.not_required, found.first_yes_on) == ((), (), None)


def test_an_unknown_binding_date_leaves_the_answer_open() -> None:
    bound = policy_of(*[{**doc, "binds": "voucher.issued_on"} for doc in VERSIONS])
    found = decide(bound, catalogue(), {"order.device_category": "phone"}, TODAY)
    assert (found.outcome, found.version, found.unavailable, found.codes) == (
        "undecided",
        None,
        ("voucher.issued_on",),
        (),
    )
    assert (found.terms, found.not_required) == ((), ())


@pytest.mark.parametrize(
    ("upgraded", "first"),
    [("2024-01-01", date(2027, 2, 1)), ("2025-03-10", date(2027, 3, 10)), ("2025-05-01", None)],
)
def test_between_two_versions_the_dates_are_those_of_the_next_to_begin(
    upgraded: str, first: date | None
) -> None:
    found = decide(policy_of(*VERSIONS), catalogue(), {"line.last_upgrade_on": upgraded}, TODAY)
    assert (found.outcome, found.version, found.codes) == ("not_eligible", None, ("policy.none_in_force",))
    assert (found.first_yes_on, found.earliest_possible_on) == (first, first)


def test_a_voucher_that_ends_first_has_no_first_day_and_the_day_is_remembered() -> None:
    version = version_of(document({"all": [WAIT]}))
    facts = {"line.last_upgrade_on": "2025-03-14"}
    found = decide(version, catalogue(), facts, TODAY, ends=date(2027, 3, 13))
    assert (found.first_yes_on, found.horizon.too_late_on) == (None, date(2027, 3, 14))
    assert decide(version, catalogue(), facts, TODAY, ends=date(2027, 3, 14)).first_yes_on == date(
        2027, 3, 14
    )


def test_a_fact_that_rolls_on_makes_the_day_unknowable() -> None:
    found = decided({"all": [ROLLS]}, {"line.upgrades_last_12_months": 2})
    assert (found.first_yes_on, found.cannot_be_known) == (None, True)
    hopeless = decided(
        {"all": [ROLLS, PHONE]}, {"line.upgrades_last_12_months": 2, "order.device_category": "watch"}
    )
    assert hopeless.cannot_be_known is False


def test_unknown_terms_are_taken_as_met_for_the_earliest_day_only() -> None:
    found = decided({"all": [WAIT, PAPER]}, {"line.last_upgrade_on": "2025-03-14"})
    assert (found.outcome, found.first_yes_on, found.earliest_possible_on) == (
        "not_eligible",
        None,
        date(2027, 3, 14),
    )
    open_today = decided({"all": [PAPER]}, {})
    assert open_today.earliest_possible_on == TODAY


def test_a_yes_holds_until_the_day_before_it_breaks() -> None:
    new = term("new", "line.activated_on", "within_last", {"months": 3})
    found = decided({"all": [new]}, {"line.activated_on": "2026-11-21"})
    assert found.last_yes_on == date(2027, 2, 20)
    closing = document({"all": [new]}, effective={"from": "2020-01-01", "until": "2026-12-25"})
    bound = decide(version_of(closing), catalogue(), {"line.activated_on": "2026-11-21"}, TODAY)
    assert bound.last_yes_on == date(2026, 12, 24)
    ended = decide(version_of(closing), catalogue(), {"line.activated_on": "2026-11-21"}, TODAY, ends=TODAY)
    assert ended.last_yes_on == TODAY


def test_not_turns_the_test_round_and_leaves_unknown_unknown() -> None:
    broken = {"not": term("sound", "order.trade_in_condition", "is", "broken", "Not handed in broken.")}
    for value, outcome in {"broken": "not_eligible", "good": "eligible", None: "undecided"}.items():
        found = decided({"all": [broken]}, {"order.trade_in_condition": value})
        assert found.outcome == outcome
        assert found.terms[0].term.negated


@pytest.mark.parametrize(
    ("test", "bound", "value", "met"),
    [
        ("between", [2, 3], 2, True),
        ("between", [2, 3], 3, True),
        ("between", [2, 3], 4, False),
        ("more_than", 2, 2, False),
        ("less_than", 2, 1, True),
        ("at_most", 2, 2, True),
        ("at_least", 3, 2, False),
    ],
)
def test_numbers_compare_at_their_ends(test: str, bound: Any, value: int, met: bool) -> None:
    found = decided({"all": [term("lines", "account.lines", test, bound)]}, {"account.lines": value})
    assert (found.outcome == "eligible") is met


@pytest.mark.parametrize(
    ("test", "bound", "day", "met"),
    [
        ("at_least_ago", {"months": 1}, "2026-10-21", True),
        ("at_least_ago", {"months": 1}, "2026-10-22", False),
        ("within_last", {"days": 1}, "2026-11-21", True),
        ("within_last", {"days": 1}, "2026-11-20", False),
        ("within_last", {"days": 1}, "2026-11-22", False),
        ("within_next", {"days": 1}, "2026-11-22", True),
        ("within_next", {"days": 1}, "2026-11-23", False),
        ("within_next", {"days": 1}, "2026-11-20", False),
        ("on_or_after", "2026-11-21", "2026-11-21", True),
        ("after", "2026-11-21", "2026-11-21", False),
        ("on_or_before", "2026-11-21", "2026-11-22", False),
        ("before", "2026-11-21", "2026-11-20", True),
    ],
)
def test_dates_compare_at_their_ends(test: str, bound: Any, day: str, met: bool) -> None:
    found = decided({"all": [term("d", "line.activated_on", test, bound)]}, {"line.activated_on": day})
    assert (found.outcome == "eligible") is met


def test_a_waiver_counts_as_met_and_an_unknown_name_is_refused() -> None:
    version = version_of(document({"all": [WAIT, PAPER]}))
    found = decide(
        version, catalogue(), {"line.last_upgrade_on": "2026-01-01"}, TODAY, frozenset({"wait", "paper"})
    )
    assert (found.outcome, [result.status for result in found.terms]) == ("eligible", ["waived", "waived"])
    with pytest.raises(PolicyErrors, match=r"waive\.unknown_term"):
        decide(version, catalogue(), {}, TODAY, frozenset({"nothing"}))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"order.nothing": 1}, "fact.undeclared"),
        ({"account.lines": "2"}, "value.not_integer"),
        ({"account.lines": True}, "value.not_integer"),
        ({"account.lines": 2.0}, "value.not_integer"),
        ({"presentation.paper": 1}, "value.not_boolean"),
        ({"order.device_price": "50.001 USD"}, "money.too_fine"),
        ({"order.device_price": "50.00 XXQ"}, "money.unknown_currency"),
        ({"order.device_price": "1e400 USD"}, "value.not_money"),
        ({"line.device_paid_percent": "101"}, "value.not_percent"),
        ({"line.device_paid_percent": "NaN"}, "value.not_percent"),
        ({"line.activated_on": "2026-02-30"}, "value.not_date"),
        ({"order.device_category": "fridge"}, "value.unknown_option"),
        ({"line.programmes": "student"}, "value.not_set"),
        ({"account.segment": "\ud800"}, "value.not_text"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(facts: dict[str, Any], code: str) -> None:
    with pytest.raises(PolicyErrors) as failed:
        decided({"all": [PAPER]}, facts)
    assert [error.code for error in failed.value.errors] == [code]


def test_two_currencies_are_an_error_and_never_a_guess() -> None:
    dear = term("dear", "order.plan_price", "at_least", "40.00 USD")
    with pytest.raises(PolicyErrors, match=r"money\.two_currencies"):
        decided({"any": [dear, PAPER]}, {"order.plan_price": "50.00 EUR", "presentation.paper": True})
    with pytest.raises(PolicyErrors, match=r"money\.two_currencies"):
        decided({"all": [PAPER]}, {"presentation.paper": True, "order.device_price": "9.00 EUR"})
