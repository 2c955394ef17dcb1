"""Tables of the orders: the price list, and what is being bought.

What they must not know: any other feature's tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin


class PriceListDevice(NodeMixin, Base):
    """One device for sale. The price is in minor units of its currency, before tax and fees."""

    __tablename__ = "price_list_devices"

    sku: Mapped[Id] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(40))
    price_minor: Mapped[Minor]
    currency: Mapped[Currency]


class AgreementLength(NodeMixin, Base):
    """A length of agreement on offer, in months; 0 is none."""

    __tablename__ = "agreement_lengths"

    months: Mapped[int] = mapped_column(primary_key=True)


class OrderRow(NodeMixin, Base):
    """What is being bought in one visit.

    `state` is said, confirmed (by a named rep) or captured (by a till). `items` holds the things bought
    as they were priced then; `sku_said` tells "none" (nothing is bought) from null (not asked yet).
    `facts` holds the other answers on the wire's form. Prices are before tax and fees. `has_waiver` says that
    a term was ever waived for it, so that no other order is asked for waivers.
    """

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_by_id", "order_id"),)

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id] = mapped_column(primary_key=True)
    visit_id: Mapped[Id]
    store_id: Mapped[Id]
    line_id: Mapped[Id]
    state: Mapped[str] = mapped_column(String(10))
    sku_said: Mapped[Id | None]
    items: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    changed_at: Mapped[dt.datetime]
    settled_by: Mapped[str | None] = mapped_column(String(200))
    till_reference: Mapped[Id | None]
    has_waiver: Mapped[bool] = mapped_column(default=False, server_default=false())


class TillOrderRow(NodeMixin, Base):
    """What a till has rung up under its own reference, for a visit; `order_id` is there once it was taken
    into the visit's order."""

    __tablename__ = "till_orders"
    __table_args__ = (
        Index("ix_till_orders_by_visit", "visit_id"),
        Index("ix_till_orders_by_order", "order_id"),
    )

    store_id: Mapped[Id] = mapped_column(primary_key=True)
    till_reference: Mapped[Id] = mapped_column(primary_key=True)
    visit_id: Mapped[Id]
    order_id: Mapped[Id | None]
    items: Mapped[list[Any]]
    agreement_months: Mapped[int | None]
    opened_at: Mapped[dt.datetime]
    opened_by: Mapped[Id]


class CaptureRow(NodeMixin, Base):
    """A capture as it was made, so that the same one again gets the same answer and changes nothing.

    `digest` is SHA-256 of what was sent; `credit_minor` what the till says that it took off.
    """

    __tablename__ = "captures"
    __table_args__ = (
        Index("ix_captures_by_order", "order_id"),
        Index("ix_captures_by_store", "store_id", "captured_at"),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id] = mapped_column(primary_key=True)
    store_id: Mapped[Id]
    till_reference: Mapped[Id]
    digest: Mapped[str] = mapped_column(String(64))
    credit_minor: Mapped[Minor | None]
    currency: Mapped[Currency | None]
    captured_at: Mapped[dt.datetime]
    captured_by: Mapped[Id]
