"""Captures: what a till sold, kept as it was sent.

What it is for: telling a capture that is sent again from another one, and the captures of a day.
What it must not know: what was used on an order, visits, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.contract import Capture, FieldError
from store_api.errors import Conflict, Invalid
from store_api.money import to_minor
from store_api.orders.models import CaptureRow, OrderRow


def find(session: Session, order: OrderRow) -> CaptureRow | None:
    """The capture of an order, if it was captured."""
    return session.get(CaptureRow, (order.account_id, order.order_id), populate_existing=True)


def refuse_another(known: CaptureRow, body: Capture) -> None:
    """Raise Conflict where an order was captured with other contents."""
    if known.digest != _digest(body):
        raise Conflict("order.captured_otherwise")


def keep(session: Session, order: OrderRow, body: Capture, captured_by: str, now: dt.datetime) -> CaptureRow:
    """Keep a capture as it was sent."""
    row = CaptureRow(
        account_id=order.account_id,
        order_id=order.order_id,
        store_id=order.store_id,
        till_reference=body.till_reference,
        digest=_digest(body),
        credit_minor=None if body.credit is None else to_minor(body.credit),
        currency=None if body.credit is None else body.credit.currency,
        captured_at=now,
        captured_by=captured_by,
    )
    session.add(row)
    session.flush()
    return row


def check_credit(body: Capture) -> None:
    """Raise Invalid where what the till says that it took off is no amount."""
    try:
        is_amount = body.credit is None or to_minor(body.credit) >= 0
    except ValueError:
        is_amount = False
    if not is_amount:
        raise Invalid(errors=(FieldError(pointer="/credit", detail="not an amount"),))


def of_store(session: Session, store_id: str, start: dt.datetime, end: dt.datetime) -> Sequence[CaptureRow]:
    """The captures of a store from a moment until before another, by time."""
    chosen = sa.select(CaptureRow).where(
        CaptureRow.store_id == store_id, CaptureRow.captured_at >= start, CaptureRow.captured_at < end
    )
    return session.scalars(chosen.order_by(CaptureRow.captured_at, CaptureRow.order_id)).all()


def of_orders(session: Session, order_ids: Sequence[str]) -> dict[str, CaptureRow]:
    """The captures of orders, by the order."""
    found: dict[str, CaptureRow] = {}
    for start in range(0, len(order_ids), 500):
        part = order_ids[start : start + 500]
        rows = session.scalars(sa.select(CaptureRow).where(CaptureRow.order_id.in_(part)))
        found.update({row.order_id: row for row in rows})
    return found


def _digest(body: Capture) -> str:
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()
