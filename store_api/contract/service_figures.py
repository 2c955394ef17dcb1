"""Service figures on the wire: by store. No value here has a place for a member of staff."""

from __future__ import annotations

import datetime as dt

from store_api.contract.basis import Identifier, Money, Wire


class Figure(Wire):
    """A figure and the number of visits that it was made from; null where they are too few to tell."""

    value: str | None
    sample: int


class StoreFigures(Wire):
    """One store's figures. Minutes to the answer are the middle visit's; those of a phase are the average.

    `resolved_in_one_visit` is out of a hundred: with an answer, and the same person did not come back
    within a week. `rating` is from 1 (not good) to 3 (good). `minutes_lost` is what visits with misquoted
    terms took beyond the middle one of the store's others.
    """

    store_id: Identifier
    name: str
    visits: int
    minutes_to_answer: Figure
    minutes_deciding: Figure
    minutes_waiting: Figure
    minutes_calling: Figure
    resolved_in_one_visit: Figure
    rating: Figure
    misquoted_visits: int
    minutes_lost: Figure
    money_lost: Money | None
    outcomes: dict[str, int] | None


class ServiceFigures(Wire):
    """The figures of some days, by store. A figure from fewer than `least` visits is not told."""

    since: dt.date
    until: dt.date
    least: int
    minute_cost: Money
    stores: tuple[StoreFigures, ...]
