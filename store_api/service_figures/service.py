"""Service figures by store: how long an answer takes, how many are helped in one visit, how it is rated.

What it is for: reading what the visits recorded of their own time, and reckoning it for each store. There is
no figure of a person in it, and no way to ask for one.
What it must not know: staff, sales, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from store_api.claims import service as claims
from store_api.contract import FieldError, Figure, Money, ServiceFigures, StoreFigures
from store_api.errors import Invalid
from store_api.service_figures.reckoning import COMES_AGAIN, LEAST, Reckoned, Sampled, reckon
from store_api.stores import service as stores
from store_api.stores.service import Place
from store_api.visits import service as visits
from store_api.visits.service import VisitTime
from store_api.work import Work

LONGEST_SPAN = dt.timedelta(days=366)
USUAL_SPAN = dt.timedelta(days=27)


def read_figures(work: Work, since: dt.date | None, until: dt.date | None) -> ServiceFigures:
    """The figures of some days (UTC), by default the last four weeks; a manager sees their store's.

    Raises Invalid where the days are in the wrong order or lie too far apart.
    """
    last = until or work.now.date()
    first = since or last - USUAL_SPAN
    if not dt.timedelta() <= last - first <= LONGEST_SPAN:
        raise Invalid(errors=(FieldError(pointer="/since", detail="at most a year, first day first"),))
    begin, end = _midnight(first), _midnight(last) + dt.timedelta(days=1)
    every = visits.read_times(work.session, begin, end + COMES_AGAIN)
    wrong = claims.misquoted_visits(work.session, begin, end)
    cost = _cost(work.settings.minute_cost)
    found = [
        _store(place, [each for each in every if each.store_id == place.store_id and each.opened_at < end],
               every, wrong, cost)
        for place in stores.find_places(work.session)
        if work.caller.store_id in (None, place.store_id)
    ]  # fmt: skip
    return ServiceFigures(since=first, until=last, least=LEAST, minute_cost=cost, stores=tuple(found))


def _store(
    place: Place, own: list[VisitTime], every: list[VisitTime], wrong: frozenset[str], cost: Money
) -> StoreFigures:
    reckoned = reckon(own, every, wrong, cost.amount)
    return StoreFigures(
        store_id=place.store_id,
        name=place.name,
        visits=reckoned.visits,
        minutes_to_answer=_figure(reckoned.to_answer),
        minutes_deciding=_figure(reckoned.spent["deciding"]),
        minutes_waiting=_figure(reckoned.spent["waiting"]),
        minutes_calling=_figure(reckoned.spent["calling"]),
        resolved_in_one_visit=_figure(reckoned.resolved_percent),
        rating=_figure(reckoned.rating),
        misquoted_visits=reckoned.misquoted,
        minutes_lost=_figure(reckoned.minutes_lost),
        money_lost=_money(reckoned, cost),
        outcomes=_outcomes(own),
    )


def _outcomes(own: list[VisitTime]) -> dict[str, int] | None:
    """How the visits ended; null where they are too few to tell."""
    counted = Counter(each.outcome or "open" for each in own)
    return dict(sorted(counted.items())) if len(own) >= LEAST else None


def _money(reckoned: Reckoned, cost: Money) -> Money | None:
    lost = reckoned.money_lost
    return None if lost is None else Money(amount=lost, currency=cost.currency)


def _figure(found: Sampled) -> Figure:
    return Figure(value=None if found.value is None else str(found.value), sample=found.sample)


def _cost(written: str) -> Money:
    amount, _, currency = written.partition(" ")
    return Money(amount=Decimal(amount), currency=currency)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
