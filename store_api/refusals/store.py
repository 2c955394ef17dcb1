"""Reading refusals.

What it must not know: visits, decisions, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.refusals.models import RefusalRow


def lock(session: Session, refusal_id: str) -> RefusalRow | None:
    """A refusal by its identifier, its row locked until the transaction ends."""
    chosen = sa.select(RefusalRow).where(RefusalRow.refusal_id == refusal_id).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).first()


def of_visit(session: Session, visit_id: str) -> Sequence[RefusalRow]:
    """The refusals of a visit, newest first."""
    chosen = sa.select(RefusalRow).where(RefusalRow.visit_id == visit_id)
    return session.scalars(chosen.order_by(RefusalRow.noted_at.desc(), RefusalRow.refusal_id.desc())).all()


def find_same(session: Session, visit_id: str, subject_key: str) -> RefusalRow | None:
    """The refusal of a subject in a visit."""
    chosen = sa.select(RefusalRow).where(
        RefusalRow.visit_id == visit_id, RefusalRow.subject_key == subject_key
    )
    return session.scalars(chosen.with_for_update().execution_options(populate_existing=True)).first()


def without_reason(session: Session, store_id: str, since: dt.datetime) -> Sequence[RefusalRow]:
    """The refusals of a store since a moment to which the store gave no reason yet, newest first."""
    chosen = sa.select(RefusalRow).where(
        RefusalRow.store_id == store_id, RefusalRow.noted_at >= since, RefusalRow.reason.is_(None)
    )
    return session.scalars(chosen.order_by(RefusalRow.noted_at.desc())).all()


def of_period(
    session: Session, since: dt.datetime, before: dt.datetime, store_id: str | None
) -> Sequence[RefusalRow]:
    """Every refusal that was noted in a span, of one store or of all, oldest first."""
    chosen = sa.select(RefusalRow).where(RefusalRow.noted_at >= since, RefusalRow.noted_at < before)
    if store_id is not None:
        chosen = chosen.where(RefusalRow.store_id == store_id)
    return session.scalars(chosen.order_by(RefusalRow.noted_at, RefusalRow.refusal_id)).all()
