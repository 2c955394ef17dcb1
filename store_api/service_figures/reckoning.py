"""Service figures from the times of visits: plain arithmetic, with the size of every sample.

What it is for: minutes to the answer, resolved in one visit, rating, and what misquoted terms cost.
What it must not know: the database, Flask, the clock, who works in a store.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from store_api.visits.service import SPENT, VisitTime

LEAST = 5
"""A figure from fewer visits than these is not told: it would be about somebody, and it would say little."""
COMES_AGAIN = dt.timedelta(days=7)
"""A person who is back within a week had not been helped the first time."""
Middle = Callable[[Sequence[Decimal]], Decimal]
TENTH, CENT = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True)
class Sampled:
    """A figure and how many visits it was made from; null where they are too few."""

    value: Decimal | None
    sample: int


@dataclass(frozen=True)
class Reckoned:
    """One store's figures. Times are in minutes; `money` is in the currency of the cost of a minute."""

    visits: int
    to_answer: Sampled
    spent: dict[str, Sampled]
    resolved_percent: Sampled
    rating: Sampled
    misquoted: int
    minutes_lost: Sampled
    money_lost: Decimal | None


def reckon(
    visits: Sequence[VisitTime], again: Iterable[VisitTime], misquoted: Collection[str], minute_cost: Decimal
) -> Reckoned:
    """The figures of one store's visits. `again` are all visits of these days and the week after, anywhere;
    `misquoted` are visits in which a customer had heard terms that there are not.
    """
    answered = [each for each in visits if each.answered_at is not None]
    plain = [_to_answer(each) for each in answered if each.visit_id not in misquoted]
    wrong = [_to_answer(each) for each in answered if each.visit_id in misquoted]
    lost = _lost(wrong, plain)
    money = None if lost.value is None else (lost.value * minute_cost).quantize(CENT, ROUND_HALF_EVEN)
    done = [each for each in visits if each.is_done]
    return Reckoned(
        visits=len(visits),
        to_answer=_sampled([_to_answer(each) for each in answered], _median),
        spent={phase: _sampled([_minutes(each.spent[phase]) for each in done], _mean) for phase in SPENT},
        resolved_percent=_resolved(answered, again),
        rating=_sampled([Decimal(each.rating) for each in visits if each.rating is not None], _mean, CENT),
        misquoted=len(wrong),
        minutes_lost=lost,
        money_lost=money,
    )


def _lost(wrong: Sequence[Decimal], plain: Sequence[Decimal]) -> Sampled:
    """What visits with misquoted terms took beyond the middle one of the store's other visits."""
    if len(wrong) < LEAST or len(plain) < LEAST:
        return Sampled(None, len(wrong))
    usual = _median(plain)
    return Sampled(
        sum((max(Decimal(), each - usual) for each in wrong), Decimal()).quantize(TENTH), len(wrong)
    )


def _resolved(answered: Sequence[VisitTime], again: Iterable[VisitTime]) -> Sampled:
    """Of a hundred visits with an answer, after how many their person did not come back within a week."""
    known = [each for each in answered if each.person_id is not None]
    moments: dict[tuple[str | None, str | None], list[dt.datetime]] = defaultdict(list)
    for each in again:
        moments[each.account_id, each.person_id].append(each.opened_at)
    if len(known) < LEAST:
        return Sampled(None, len(known))
    settled = [each for each in known if not _came_again(each, moments[each.account_id, each.person_id])]
    return Sampled((Decimal(100 * len(settled)) / len(known)).quantize(Decimal(1)), len(known))


def _came_again(visit: VisitTime, moments: Iterable[dt.datetime]) -> bool:
    return any(visit.opened_at < moment <= visit.opened_at + COMES_AGAIN for moment in moments)


def _to_answer(visit: VisitTime) -> Decimal:
    if visit.answered_at is None:
        raise ValueError("there was no answer")
    return _minutes(int((visit.answered_at - visit.opened_at).total_seconds()))


def _minutes(seconds: int) -> Decimal:
    return Decimal(seconds) / 60


def _sampled(values: Sequence[Decimal], middle: Middle, step: Decimal = TENTH) -> Sampled:
    if len(values) < LEAST:
        return Sampled(None, len(values))
    return Sampled(middle(values).quantize(step, ROUND_HALF_EVEN), len(values))


def _median(values: Sequence[Decimal]) -> Decimal:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal()) / len(values)
