"""Laws that hold for every policy: Kleene's logic, order, waivers, sameness, and dates to the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_api.policy.dates import Days, add, whole_months_between
from store_api.policy.decide import Decision, decide
from store_api.policy.evaluate import kleene_and, kleene_or
from store_api.policy.values import Duration
from tests.policy.documents import SEEDS, TODAY, Inventor, catalogue, policy_of, version_of

TRUTHS = st.sampled_from([True, False, None])
RANK = {"not_eligible": 0, "undecided": 1, "eligible": 2}
QUICK = settings(max_examples=120, deadline=None)


def negated(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


@given(st.lists(TRUTHS, min_size=1), st.randoms())
def test_and_and_or_do_not_depend_on_order_or_repetition(truths: list[bool | None], random: Any) -> None:
    mixed = truths + truths[:1]
    random.shuffle(mixed)
    assert kleene_and(mixed) is kleene_and(truths)
    assert kleene_or(mixed) is kleene_or(truths)


@given(TRUTHS, TRUTHS, TRUTHS)
def test_kleenes_laws_hold(a: bool | None, b: bool | None, c: bool | None) -> None:
    assert negated(kleene_and([a, b])) is kleene_or([negated(a), negated(b)])
    assert kleene_and([a, kleene_or([b, c])]) is kleene_or([kleene_and([a, b]), kleene_and([a, c])])
    assert kleene_or([a, kleene_and([a, b])]) is a
    assert kleene_and([a, kleene_and([b, c])]) is kleene_and([kleene_and([a, b]), c])


@pytest.mark.parametrize(
    ("truths", "both", "either"),
    [
        ([True, None], None, True),
        ([False, None], False, None),
        ([None, None], None, None),
        ([True, False], False, True),
    ],
)
def test_unknown_decides_nothing_by_itself(truths: list[bool | None], both: Any, either: Any) -> None:
    assert kleene_and(truths) is both
    assert kleene_or(truths) is either


def shuffled(member: dict[str, Any], random: Any) -> dict[str, Any]:
    for kind in ("all", "any"):
        if kind in member:
            inner = [shuffled(one, random) for one in member[kind]]
            random.shuffle(inner)
            return {kind: inner}
    return member


def essence(decision: Decision) -> Any:
    statuses = {result.term.id: (result.status, result.met_on) for result in decision.terms}
    asked = (frozenset(decision.questions), frozenset(decision.unavailable))
    return decision.outcome, decision.benefit, statuses, asked, decision.not_required, decision.horizon


@QUICK
@given(SEEDS)
def test_the_order_of_terms_changes_nothing_but_the_order_of_lines(seed: int) -> None:
    make = Inventor(seed)
    docs, facts = make.history(), make.facts()
    mixed = [{**doc, "requires": shuffled(doc["requires"], make.random)} for doc in docs]
    decided, again = (decide(policy_of(*each), catalogue(), facts, TODAY) for each in (docs, mixed))
    assert essence(decided) == essence(again)


@QUICK
@given(SEEDS)
def test_a_waiver_never_makes_an_answer_worse(seed: int) -> None:
    make = Inventor(seed)
    version, facts = version_of(make.document()), make.facts()
    waived: frozenset[str] = frozenset()
    before = decide(version, catalogue(), facts, TODAY)
    for term in make.random.sample(version.terms, len(version.terms)):
        waived |= {term.id}
        after = decide(version, catalogue(), facts, TODAY, waived)
        assert RANK[after.outcome] >= RANK[before.outcome]
        if before.benefit is not None and before.benefit.amount is not None:
            assert after.benefit is not None
            assert after.benefit.amount is not None
            assert after.benefit.amount.amount >= before.benefit.amount.amount
        before = after
    assert before.outcome == "eligible"


@QUICK
@given(SEEDS)
def test_the_same_arguments_give_the_same_value(seed: int) -> None:
    make = Inventor(seed)
    policy, facts = policy_of(*make.history()), make.facts()
    backwards = dict(reversed(facts.items())) | {key: None for key in catalogue().facts if key not in facts}
    decided, again = decide(policy, catalogue(), facts, TODAY), decide(policy, catalogue(), backwards, TODAY)
    assert decided == again
    assert decided.digest == again.digest


@QUICK
@given(SEEDS)
def test_dates_are_exact_the_day_before_is_no_and_the_day_is_yes(seed: int) -> None:
    make = Inventor(seed)
    policy, facts = policy_of(*make.history()), make.facts()
    ends = make.pick(None, TODAY + timedelta(days=make.random.randint(0, 500)))

    def on(day: date) -> str:
        return decide(policy, catalogue(), facts, day, ends=ends).outcome

    decided = decide(policy, catalogue(), facts, TODAY, ends=ends)
    if decided.first_yes_on is not None:
        assert on(decided.first_yes_on) == "eligible"
        day_before = decided.first_yes_on - timedelta(days=1)
        assert day_before == TODAY or on(day_before) != "eligible"
    last = decided.last_yes_on
    if last is not None and last >= TODAY:
        assert on(last) == "eligible"
        if last != ends and policy.in_force_on(last + timedelta(days=1)) == policy.in_force_on(last):
            assert on(last + timedelta(days=1)) != "eligible"


@QUICK
@given(SEEDS)
def test_more_facts_never_turn_a_no_into_a_question(seed: int) -> None:
    make = Inventor(seed)
    version, facts = version_of(make.document(binds="today")), make.facts()
    decided = decide(version, catalogue(), facts, TODAY)
    for key in decided.questions + decided.unavailable:
        told = Inventor(seed + 1).facts().get(key)
        after = decide(version, catalogue(), {**facts, key: told}, TODAY)
        assert told is None or key not in after.questions + after.unavailable


DAYS = st.dates(date(1970, 1, 1), date(2106, 12, 31))


@given(DAYS, st.integers(1, 600))
def test_months_are_added_and_clamped_to_the_end_of_the_month(day: date, months: int) -> None:
    reached = add(day, Duration(months, "months"))
    assert reached is not None
    assert (reached.year * 12 + reached.month) - (day.year * 12 + day.month) == months
    assert reached.day == day.day or (reached.day < day.day and (reached + timedelta(days=1)).day == 1)
    assert whole_months_between(day, reached) >= months


@pytest.mark.parametrize(
    ("day", "duration", "expected"),
    [
        (date(2026, 1, 31), Duration(1, "months"), date(2026, 2, 28)),
        (date(2028, 1, 31), Duration(1, "months"), date(2028, 2, 29)),
        (date(2028, 2, 29), Duration(1, "years"), date(2029, 2, 28)),
        (date(2026, 12, 31), Duration(2, "months"), date(2027, 2, 28)),
        (date(9999, 12, 31), Duration(1, "days"), None),
        (date(9999, 1, 1), Duration(1, "years"), None),
        (date(2026, 1, 1), Duration(10**14, "months"), None),
        (date(2026, 1, 1), Duration(10**14, "days"), None),
    ],
)
def test_a_day_past_the_calendars_end_is_never_reached(day: date, duration: Duration, expected: Any) -> None:
    assert add(day, duration) == expected


RUNS = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 6)), max_size=4).map(
    lambda starts: [Days.between(low, low + length) for low, length in starts]
)


@given(RUNS, RUNS)
def test_sets_of_days_behave_like_sets(left: list[Days], right: list[Days]) -> None:
    def as_set(days: Days) -> set[int]:
        return {day for low, high in days.runs for day in range(low, min(high, 60) + 1)}

    one, other = Days(()), Days(())
    for days in left:
        one |= days
    for days in right:
        other |= days
    assert as_set(one | other) == as_set(one) | as_set(other)
    assert as_set(one & other) == as_set(one) & as_set(other)
    assert as_set(one.others()) == set(range(1, 61)) - as_set(one)
    assert one.others().others() == one
