"""Reading orders and the price list.

What it must not know: policies, decisions, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.orders.models import AgreementLength, OrderRow, PriceListDevice
from store_api.prepared import Prepared
from store_api.rows import plain_row, refresh_row

_FIND = (
    sa.select(OrderRow)
    .where(OrderRow.account_id == sa.bindparam("account"), OrderRow.order_id == sa.bindparam("named"))
    .execution_options(populate_existing=True)
)
_O = OrderRow.__table__.c
_LOCK = Prepared(
    sa.select(*_O)
    .where(_O.account_id == sa.bindparam("account"), _O.order_id == sa.bindparam("named"))
    .with_for_update()
)
_SETTLE = Prepared(
    sa.update(OrderRow.__table__)  # type: ignore[arg-type]  # a mapped class's table
    .where(_O.account_id == sa.bindparam("account"), _O.order_id == sa.bindparam("named"))
    .values({name: sa.bindparam(f"new_{name}") for name in ("state", "settled_by", "changed_at")})
)


def find_devices(session: Session) -> Sequence[PriceListDevice]:
    """The price list in its own order."""
    return session.scalars(sa.select(PriceListDevice).order_by(PriceListDevice.position)).all()


def find_device(session: Session, sku: str) -> PriceListDevice | None:
    """One device of the price list."""
    return session.get(PriceListDevice, sku)


def find_agreement_lengths(session: Session) -> Sequence[int]:
    """The lengths of agreement on offer in months, the longest first."""
    return session.scalars(sa.select(AgreementLength.months).order_by(AgreementLength.months.desc())).all()


def find_order(session: Session, account_id: str, order_id: str) -> OrderRow | None:
    """An order by its whole key, as the database has it now; one that this transaction locked is known."""
    locked: OrderRow | None = session.info.get(("locked order", account_id, order_id))
    if locked is not None:
        return locked
    return session.scalars(_FIND, {"account": account_id, "named": order_id}).one_or_none()


def lock_order(session: Session, account_id: str, order_id: str) -> OrderRow | None:
    """The same, locked until this transaction ends. It is changed by `write_settled` alone."""
    found = _LOCK.first(session, {"account": account_id, "named": order_id})
    row = None if found is None else plain_row(OrderRow, found)
    session.info["locked order", account_id, order_id] = row
    return row


def write_settled(session: Session, order: OrderRow, state: str, settled_by: str, now: dt.datetime) -> None:
    """Write who settled an order, and that it is settled."""
    values = {"state": state, "settled_by": settled_by, "changed_at": now}
    named = {"account": order.account_id, "named": order.order_id}
    _SETTLE.count(session, {**named, **{f"new_{name}": value for name, value in values.items()}})
    refresh_row(order, values)


def find_order_by_id(session: Session, order_id: str) -> OrderRow | None:
    """An order by its identifier alone, as a till or a rep names it."""
    return session.scalars(sa.select(OrderRow).where(OrderRow.order_id == order_id)).one_or_none()
