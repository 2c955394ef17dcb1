"""Reading and writing visits.

What it must not know: decisions, vouchers, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.visits.models import VisitRow


def find_visit(session: Session, visit_id: str) -> VisitRow | None:
    """A visit by its identifier."""
    chosen = sa.select(VisitRow).where(VisitRow.visit_id == visit_id)
    return session.scalars(chosen.execution_options(populate_existing=True)).one_or_none()


def lock_visit(session: Session, visit_id: str) -> VisitRow | None:
    """A visit by its identifier, locked until this transaction ends.

    The lock keeps two faces from writing over each other's change of one visit.
    """
    chosen = sa.select(VisitRow).where(VisitRow.visit_id == visit_id).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).one_or_none()


def find_open_visits(session: Session, store_id: str, since: dt.datetime) -> Sequence[VisitRow]:
    """A store's visits that are open and were opened since a moment, newest first."""
    chosen = sa.select(VisitRow).where(
        VisitRow.store_id == store_id, VisitRow.state == "open", VisitRow.opened_at >= since
    )
    newest_first = (VisitRow.opened_at.desc(), VisitRow.visit_id.desc())
    return session.scalars(chosen.order_by(*newest_first).limit(200)).all()


def is_code_taken(session: Session, store_id: str, code: str, since: dt.datetime) -> bool:
    """Whether an open visit of the store goes by a spoken code."""
    chosen = sa.select(VisitRow.visit_id).where(
        VisitRow.store_id == store_id,
        VisitRow.state == "open",
        VisitRow.opened_at >= since,
        VisitRow.code == code,
    )
    return session.scalars(chosen.limit(1)).first() is not None
