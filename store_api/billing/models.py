"""Table of the postings: what billing is told of credits, and what it has confirmed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin


class PostingRow(NodeMixin, Base):
    """One credit of one redemption, or its reversal.

    `state` is waiting (to be posted), posted (not confirmed yet), confirmed or rejected. `tries` counts what
    led to nothing; `next_at` is when it is looked at again. `kind` is credit or reversal;
    `form` the kind of benefit.
    """

    __tablename__ = "billing_postings"
    __table_args__ = (
        Index("ix_billing_postings_due", "state", "next_at"),
        Index("ix_billing_postings_by_redemption", "redemption_id", "kind", unique=True),
    )

    posting_id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    redemption_id: Mapped[Id]
    account_id: Mapped[Id]
    voucher_id: Mapped[Id]
    order_id: Mapped[Id]
    store_id: Mapped[Id]
    terms_code: Mapped[str] = mapped_column(String(20))
    form: Mapped[str] = mapped_column(String(20))
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    happened_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int]
    next_at: Mapped[dt.datetime]
    lease_id: Mapped[Id | None]
    leased_until: Mapped[dt.datetime | None]
    posted_at: Mapped[dt.datetime | None]
    confirmed_at: Mapped[dt.datetime | None]
    confirmation: Mapped[str | None] = mapped_column(String(80))
    billed_minor: Mapped[Minor | None]
    last_fault: Mapped[str | None] = mapped_column(String(200))
