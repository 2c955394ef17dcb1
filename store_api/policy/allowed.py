"""What one fact may become so that one term is met, the term's other facts being known.

Numbers, amounts and dates as exact runs. Must know nothing of groups, ways or costs.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import cast

from store_api.policy.dates import LAST, add
from store_api.policy.evaluate import Facts, resolve
from store_api.policy.model import Between, Bound, Literally, Term
from store_api.policy.runs import Runs
from store_api.policy.scales import Scale
from store_api.policy.values import Duration, Value
from store_api.policy.vocabulary import FactRef

_NONE = Runs(())
_EVERY = Runs.between(-(10**40), 10**40)

# The test that a bound sees when it is looked at from its own side.
_MIRRORED = {
    "at_least": "at_most",
    "at_most": "at_least",
    "more_than": "less_than",
    "less_than": "more_than",
    "on_or_after": "at_most",
    "on_or_before": "at_least",
    "after": "less_than",
    "before": "more_than",
    "size_at_most": "at_least",
}


def _ordered(test: str, bound: int) -> Runs:
    low, high = -(10**40), 10**40
    if test in ("at_least", "on_or_after"):
        return Runs.between(bound, high)
    if test in ("at_most", "on_or_before"):
        return Runs.between(low, bound)
    if test in ("more_than", "after"):
        return Runs.between(bound + 1, high)
    return Runs.between(low, bound - 1)


def allowed(term: Term, key: str, facts: Facts, on: date, scale: Scale) -> Runs:
    """The numbers on the scale that fact `key` may take so that the term is met on the day.

    Empty where another fact of the term is missing, or where the fact stands on both sides.
    """
    both_sides = key == term.fact and key in term.bound_facts
    if both_sides or any(other not in facts for other in term.facts if other != key):
        return _NONE
    met = _as_fact(term, facts, on, scale) if key == term.fact else _as_bound(term, key, facts, scale)
    return _EVERY.without(met) if term.negated else met


def _as_fact(term: Term, facts: Facts, on: date, scale: Scale) -> Runs:
    bound = resolve(term.bound, facts)
    if isinstance(bound, Duration):
        return days_that_meet(term.test, bound, on)
    if isinstance(bound, tuple):
        low, high = bound
        return Runs.between(scale.number(low), scale.number(high))
    return _ordered(term.test, scale.number(cast(Value, bound)))


def days_that_meet(test: str, span: Duration, on: date) -> Runs:
    """The day numbers that a date may have so that a test with a duration holds on a day."""
    today = on.toordinal()
    # The last day that is so long ago: adding a clamped duration never turns an order of days round.
    days = range(1, today + 1)
    last = bisect_right(days, today, key=lambda day: _reached(day, span))
    if test == "at_least_ago":
        return Runs.between(1, last)
    if test == "within_last":
        return Runs.between(last + 1, today)
    latest = add(on, span)
    return Runs.between(today, latest.toordinal() if latest is not None else LAST)


def _reached(day: int, span: Duration) -> int:
    reached = add(date.fromordinal(day), span)
    return reached.toordinal() if reached is not None else LAST + 1


def _as_bound(term: Term, key: str, facts: Facts, scale: Scale) -> Runs:
    tested = facts[term.fact]
    value = len(tested) if isinstance(tested, frozenset) else scale.number(tested)
    if not isinstance(term.bound, Between):
        return _ordered(_MIRRORED[term.test], value)
    runs = _EVERY
    for end, test in ((term.bound.low, "at_most"), (term.bound.high, "at_least")):
        if isinstance(end, FactRef) and end.key == key:
            runs &= _ordered(test, value)
        elif not _end_holds(end, test, value, facts, scale):
            return _NONE
    return runs


def _end_holds(end: Bound, test: str, value: int, facts: Facts, scale: Scale) -> bool:
    assert isinstance(end, (Literally, FactRef))
    bound = scale.number(cast(Value, resolve(end, facts)))
    return bound <= value if test == "at_most" else bound >= value
