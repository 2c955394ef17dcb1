"""Reading and writing overrides, and counting those of a day.

What it must not know: decisions, staff, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store_api.overrides.models import OverrideDayRow, OverrideRow

OPEN = "asked"
GIVEN = ("approved", "stopped")


@dataclass(frozen=True)
class DayLimit:
    """At most so many approvals of a subject on a day, and for so much, in minor units of a currency."""

    kind: str
    subject: str
    day: dt.date
    currency: str
    most: int | None = None
    most_minor: int | None = None


def find(session: Session, override_id: str) -> OverrideRow | None:
    """An override by its identifier."""
    return _of_id(session, override_id, lock=False)


def lock(session: Session, override_id: str) -> OverrideRow | None:
    """The same, its row locked until the transaction ends."""
    return _of_id(session, override_id, lock=True)


def newest(session: Session, visit_id: str) -> OverrideRow | None:
    """The newest override of a visit."""
    chosen = sa.select(OverrideRow).where(OverrideRow.visit_id == visit_id)
    return session.scalars(
        chosen.order_by(OverrideRow.asked_at.desc(), OverrideRow.override_id.desc()).execution_options(
            populate_existing=True
        )
    ).first()


def open_of_visit(session: Session, visit_id: str) -> Sequence[OverrideRow]:
    """Requests of a visit that nobody has answered."""
    chosen = sa.select(OverrideRow).where(OverrideRow.visit_id == visit_id, OverrideRow.state == OPEN)
    return session.scalars(chosen).all()


def of_visit(session: Session, visit_id: str) -> Sequence[OverrideRow]:
    """Every override of a visit, oldest first."""
    chosen = sa.select(OverrideRow).where(OverrideRow.visit_id == visit_id)
    return session.scalars(chosen.order_by(OverrideRow.asked_at, OverrideRow.override_id)).all()


def waiting(session: Session, store_id: str | None, now: dt.datetime) -> Sequence[OverrideRow]:
    """Requests that wait, of one store or of all, oldest first."""
    chosen = sa.select(OverrideRow).where(
        OverrideRow.state == OPEN, OverrideRow.expires_at > now, OverrideRow.asked_at <= now
    )
    if store_id is not None:
        chosen = chosen.where(OverrideRow.store_id == store_id)
    return session.scalars(chosen.order_by(OverrideRow.asked_at, OverrideRow.override_id)).all()


def given_by(session: Session, staff_id: str, since: dt.datetime) -> Sequence[OverrideRow]:
    """What was approved in somebody's name since a moment, newest first."""
    chosen = sa.select(OverrideRow).where(
        OverrideRow.answered_by == staff_id,
        OverrideRow.answered_at >= since,
        OverrideRow.state.in_(GIVEN),
    )
    return session.scalars(chosen.order_by(OverrideRow.answered_at.desc())).all()


def of_period(
    session: Session, since: dt.datetime, before: dt.datetime, store_id: str | None
) -> Sequence[OverrideRow]:
    """Every override that was asked in a span, of one store or of all, oldest first."""
    chosen = sa.select(OverrideRow).where(OverrideRow.asked_at >= since, OverrideRow.asked_at < before)
    if store_id is not None:
        chosen = chosen.where(OverrideRow.store_id == store_id)
    return session.scalars(chosen.order_by(OverrideRow.asked_at, OverrideRow.override_id)).all()


def approvals(
    session: Session, store_id: str, account_id: str, day_began: dt.datetime, since: dt.datetime
) -> frozenset[tuple[str, str]]:
    """Who approved whose request: in a store since its day began, and for an account since a moment."""
    row = OverrideRow
    near = sa.or_(
        sa.and_(row.store_id == store_id, row.answered_at >= day_began),
        sa.and_(row.account_id == account_id, row.answered_at >= since),
    )
    chosen = sa.select(row.answered_by, row.asked_by).where(row.state == "approved", near)
    return frozenset((str(approver), asker) for approver, asker in session.execute(chosen))


def count_approval(session: Session, limit: DayLimit, amount_minor: int) -> bool:
    """Count one approval of a day under the lock of its row; False where that would be too many or too much.

    One guarded statement checks and counts.
    """
    row = OverrideDayRow
    first = {
        "kind": limit.kind,
        "subject": limit.subject,
        "day": limit.day,
        "currency": limit.currency,
        "approved": 1,
        "amount_minor": amount_minor,
        "node_id": session.info["node_id"],
    }
    if _is_over(1, limit.most) or _is_over(amount_minor, limit.most_minor):
        return False
    within = []
    if limit.most is not None:
        within.append(row.approved < limit.most)
    if limit.most_minor is not None:
        within.append(row.amount_minor + amount_minor <= limit.most_minor)
    counted = (
        _insert_of(session)(row)
        .values(**first)
        .on_conflict_do_update(
            index_elements=[row.kind, row.subject, row.day, row.currency],
            set_={"approved": row.approved + 1, "amount_minor": row.amount_minor + amount_minor},
            where=sa.and_(sa.true(), *within),
        )
        .returning(row.approved)
    )
    return session.execute(counted).first() is not None


def _is_over(value: int, most: int | None) -> bool:
    return most is not None and value > most


def _of_id(session: Session, override_id: str, *, lock: bool) -> OverrideRow | None:
    chosen = sa.select(OverrideRow).where(OverrideRow.override_id == override_id)
    chosen = chosen.with_for_update() if lock else chosen
    return session.scalars(chosen.execution_options(populate_existing=True)).first()


def _insert_of(session: Session) -> Callable[..., Any]:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
