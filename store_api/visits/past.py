"""Visits that are over: their times, read for the figures, and entered for a world that is to have a past.

What it must not know: who works in a store, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store_api.visits import store
from store_api.visits.models import VisitRow
from store_api.visits.timing import VisitTime, time_of
from store_api.work import Work


@dataclass(frozen=True)
class PastVisit:
    """A visit that is over, of a made-up person. Spans are in seconds."""

    store_id: str
    station: str
    opened_at: dt.datetime
    answered_after: int
    waited: int
    called: int
    outcome: str
    rating: int | None
    person: str


def read_times(session: Session, since: dt.datetime, before: dt.datetime) -> list[VisitTime]:
    """How the time of every visit of these moments was spent."""
    return [time_of(visit) for visit in store.find_opened(session, since, before)]


def add_past(work: Work, past: PastVisit) -> None:
    """Enter a visit that is over."""
    closed_at = past.opened_at + dt.timedelta(seconds=past.answered_after + past.waited + past.called)
    visit = VisitRow(
        visit_id=work.new_id("vis"),
        store_id=past.store_id,
        station=past.station,
        channel="kiosk",
        code="",
        language="en",
        state="closed",
        opened_at=past.opened_at,
        closed_at=closed_at,
        revision=1,
        paper=False,
        outcome=past.outcome,
        account_id=past.person,
        person_id=past.person,
        phase="done",
        phase_at=closed_at,
        deciding_seconds=past.answered_after,
        waiting_seconds=past.waited,
        calling_seconds=past.called,
        answered_at=past.opened_at + dt.timedelta(seconds=past.answered_after),
        rating=past.rating,
    )
    work.session.add(visit)
    work.session.flush()
