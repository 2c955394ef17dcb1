"""Orders that a till opens under its own reference, before or while the customer's visit goes on.

What it is for: what was rung up once is not typed again: it waits for the visit's person and becomes the
order of the visit.
What it must not know: visits (but their names), decisions, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.contract import TillOrderRequest
from store_api.orders.models import TillOrderRow


def find(session: Session, store_id: str | None, till_reference: str) -> TillOrderRow | None:
    """What a till of a store has rung up under its reference."""
    if store_id is None:
        return None
    return session.get(TillOrderRow, (store_id, till_reference), populate_existing=True)


def find_of_order(session: Session, order_id: str) -> TillOrderRow | None:
    """What became an order, by that order."""
    return session.scalars(sa.select(TillOrderRow).where(TillOrderRow.order_id == order_id)).first()


def find_waiting(session: Session, visit_id: str) -> TillOrderRow | None:
    """The newest that waits to become the order of a visit."""
    chosen = sa.select(TillOrderRow).where(TillOrderRow.visit_id == visit_id, TillOrderRow.order_id.is_(None))
    return session.scalars(chosen.order_by(TillOrderRow.opened_at.desc()).limit(1)).first()


def keep(
    session: Session,
    place: tuple[str, str],
    body: TillOrderRequest,
    items: list[Any],
    opened_by: str,
    now: dt.datetime,
) -> TillOrderRow:
    """Keep what was rung up, for a visit; `place` names the store and the visit. A reference that is there
    already gets its new contents."""
    store_id, visit_id = place
    row = find(session, store_id, body.till_reference)
    if row is None:
        row = TillOrderRow(store_id=store_id, till_reference=body.till_reference, opened_at=now)
        session.add(row)
        row.visit_id, row.opened_by = visit_id, opened_by
    row.items, row.agreement_months = items, body.agreement_months
    session.flush()
    return row
