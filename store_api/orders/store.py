"""Reading orders and the price list.

What it must not know: policies, decisions, Flask, the clock.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.orders.models import AgreementLength, OrderRow, PriceListDevice


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
    """An order by its whole key."""
    return session.get(OrderRow, (account_id, order_id), populate_existing=True)


def lock_order(session: Session, account_id: str, order_id: str) -> OrderRow | None:
    """The same, locked until this transaction ends."""
    chosen = sa.select(OrderRow).where(OrderRow.account_id == account_id, OrderRow.order_id == order_id)
    chosen = chosen.with_for_update().execution_options(populate_existing=True)
    return session.scalars(chosen).one_or_none()


def find_order_by_id(session: Session, order_id: str) -> OrderRow | None:
    """An order by its identifier alone, as a till or a rep names it."""
    return session.scalars(sa.select(OrderRow).where(OrderRow.order_id == order_id)).one_or_none()
