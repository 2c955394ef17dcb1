"""The demo's past: visits of the last four weeks, so that a store's figures are not empty on the first day.

What it must not know: the database, who was there (nobody was).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from store_api.demo.people import HARBOR, MAPLE
from store_api.visits.service import PastVisit

VISITS_OF = {MAPLE: 46, HARBOR: 31}
OUTCOMES = ("used", "used", "saved_for_later", "not_eligible", "used", "reserved")


def derived_past(today: dt.date) -> Iterator[PastVisit]:
    """The same visits at every loading, counted back from its day; spans are in seconds."""
    for store_id, count in VISITS_OF.items():
        for number in range(count):
            day = today - dt.timedelta(days=1 + number * 27 // count)
            opened = dt.datetime.combine(day, dt.time(15, number * 7 % 60), dt.UTC)
            yield PastVisit(
                store_id=store_id,
                station="kiosk-1" if store_id == MAPLE else "harbor-kiosk-1",
                opened_at=opened,
                answered_after=95 + number * 37 % 160 + (60 if store_id == HARBOR else 0),
                waited=40 + number * 53 % 200,
                called=240 if number % 9 == 0 else 0,
                outcome=OUTCOMES[number % len(OUTCOMES)],
                person=f"past_{store_id}_{number - 1 if number % 11 == 10 else number}",
                rating=None if number % 4 == 3 else (1 if number % 17 == 5 else 2 if number % 5 == 2 else 3),
            )
