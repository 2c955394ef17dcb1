"""Reading orders and the price list.

What it must not know: policies, decisions, Flask, the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

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


@cache
def _change(names: tuple[str, ...]) -> Prepared:
    """The statement that writes these fields."""
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names}
    changed = sa.update(OrderRow.__table__).values(values)  # type: ignore[arg-type]  # a mapped class's table
    return Prepared(
        changed.where(_O.account_id == sa.bindparam("account"), _O.order_id == sa.bindparam("named"))
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
    """The same, locked until this transaction ends. It is changed by `change_order` alone.

    Who found the order before carries from now on what stands under the lock.
    """
    found = _LOCK.first(session, {"account": account_id, "named": order_id})
    if found is None:
        return None
    row = _followed(session, account_id, order_id) or plain_row(OrderRow, found)
    refresh_row(row, found._asdict())
    session.info["locked order", account_id, order_id] = row
    return row


def change_order(session: Session, order: OrderRow, values: Mapping[str, Any]) -> None:
    """Write fields of an order, whether a session follows its row or not; all who know it carry them."""
    account_id, order_id = order.account_id, order.order_id
    named = {"account": account_id, "named": order_id}
    _change(tuple(values)).count(session, {**named, **{f"new_{name}": each for name, each in values.items()}})
    locked = session.info.get(("locked order", account_id, order_id))
    for row in (order, locked, _followed(session, account_id, order_id)):
        if row is not None:
            refresh_row(row, values)


def _followed(session: Session, account_id: str, order_id: str) -> OrderRow | None:
    """The row of an order that the session follows, where it has found it."""
    return session.identity_map.get(identity_key(OrderRow, (account_id, order_id)))


def find_order_by_id(session: Session, order_id: str) -> OrderRow | None:
    """An order by its identifier alone, as a till or a rep names it."""
    return session.scalars(sa.select(OrderRow).where(OrderRow.order_id == order_id)).one_or_none()
