"""When a limit's period began, in a store's calendar.

What it must not know: campaigns, the database, the clock.
"""

from __future__ import annotations

import datetime as dt

from store_api.contract import LimitPeriod


def began_on(period: LimitPeriod, today: dt.date) -> dt.date | None:
    """The first day of the period that a day lies in; null for ever. A week begins on Monday."""
    if period == "day":
        return today
    if period == "week":
        return today - dt.timedelta(days=today.weekday())
    if period == "month":
        return today.replace(day=1)
    return today.replace(month=1, day=1) if period == "year" else None
