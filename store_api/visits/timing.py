"""How a visit's time was spent: deciding, waiting, calling, done; when there was an answer; how it was rated.

What it is for: each change of a visit may end one phase and begin another; the seconds of each add up beside
the visit, in the statement that changes it. The figures are about stores: no member of staff stands beside
them.
What it must not know: who works in the visit, the database's statements, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from store_api.visits.models import VisitRow

Phase = Literal["deciding", "waiting", "calling", "done"]
SPENT: tuple[Phase, ...] = ("deciding", "waiting", "calling")
"""The phases whose seconds are kept; `done` is the end."""
AFTER: Mapping[str, Phase] = {
    "voucher.held": "waiting",
    "visit.left": "waiting",
    "owner.asked": "calling",
    "decision.made": "deciding",
    "person.left": "deciding",
    "voucher.redeemed": "done",
    "visit.closed": "done",
}
"""The phase that an event of a visit begins; any other leaves the phase as it is."""


@dataclass(frozen=True)
class VisitTime:
    """One visit as the figures read it: whose it was only to tell whether the same person came again."""

    visit_id: str
    store_id: str
    account_id: str | None
    person_id: str | None
    opened_at: dt.datetime
    answered_at: dt.datetime | None
    is_done: bool
    outcome: str | None
    rating: int | None
    spent: Mapping[Phase, int]


def fields_after(
    visit: VisitRow, what: str, fields: Mapping[str, Any], now: dt.datetime, wanted: Phase | None = None
) -> dict[str, Any]:
    """What an event writes of the visit's time; empty where no phase ends. `wanted`: told by staff."""
    phase = wanted or _phase_after(what, fields)
    current = visit.phase or "deciding"
    if phase is None or phase == current or current == "done":
        return {}
    since = visit.phase_at or visit.opened_at
    seconds = max(0, int((now - since).total_seconds()))
    spent = f"{current}_seconds"
    return {spent: (getattr(visit, spent) or 0) + seconds, "phase": phase, "phase_at": now}


def answer_fields(visit: VisitRow, outcome: str, now: dt.datetime) -> dict[str, Any]:
    """The moment of the visit's first answer, where this is it; a question back is none."""
    return {"answered_at": now} if visit.answered_at is None and outcome != "undecided" else {}


def time_of(visit: VisitRow) -> VisitTime:
    """A visit as the figures read it."""
    return VisitTime(
        visit_id=visit.visit_id,
        store_id=visit.store_id,
        account_id=visit.account_id,
        person_id=visit.person_id,
        opened_at=visit.opened_at,
        answered_at=visit.answered_at,
        is_done=visit.phase == "done",
        outcome=visit.outcome,
        rating=visit.rating,
        spent={phase: getattr(visit, f"{phase}_seconds") or 0 for phase in SPENT},
    )


def _phase_after(what: str, fields: Mapping[str, Any]) -> Phase | None:
    if what == "voucher.released":
        return "deciding" if fields.get("hold_id") is None else None
    if what.startswith("owner.") and what != "owner.asked":
        return "deciding"
    return AFTER.get(what)
