"""Tables of the holds and redemptions: who reserved and who used a voucher, on which order.

What they must not know: any other feature's tables. Whether a voucher may be used is decided on the
voucher's own row; these rows tell the story beside it.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin


class HoldRow(NodeMixin, Base):
    """A voucher reserved on an order until `expires_at`, unless `ended_at` says how it ended before.

    `ended_as` is released or redeemed. `account_id` is the account of the visit's person.
    """

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_by_id", "hold_id"),)

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    hold_id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_account_id: Mapped[Id]
    voucher_id: Mapped[Id]
    order_id: Mapped[Id]
    visit_id: Mapped[Id]
    store_id: Mapped[Id]
    decision_id: Mapped[Id]
    amount_minor: Mapped[Minor | None]
    currency: Mapped[Currency | None]
    held_by: Mapped[str] = mapped_column(String(200))
    held_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    ended_as: Mapped[str | None] = mapped_column(String(10))


class RedemptionRow(NodeMixin, Base):
    """One use of a voucher on an order. Amounts are in minor units; `balance_minor` is what was left.

    `decision_id` is the decision that was shown; `decided_again_id` the one made at the moment of use
    where its digest differs. A redemption that was undone says when, by whom and why, and what became of the
    voucher: restored or forfeited.
    """

    __tablename__ = "redemptions"
    __table_args__ = (Index("ix_redemptions_by_id", "redemption_id"),)

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    redemption_id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_account_id: Mapped[Id]
    voucher_id: Mapped[Id]
    use_number: Mapped[int]
    decision_id: Mapped[Id]
    decided_again_id: Mapped[Id | None]
    terms_code: Mapped[str] = mapped_column(String(20))
    order_id: Mapped[Id]
    visit_id: Mapped[Id]
    store_id: Mapped[Id]
    store_name: Mapped[str] = mapped_column(String(200))
    amount_minor: Mapped[Minor | None]
    balance_minor: Mapped[Minor | None]
    currency: Mapped[Currency | None]
    confirmed_by: Mapped[str] = mapped_column(String(200))
    redeemed_at: Mapped[dt.datetime]
    voided_at: Mapped[dt.datetime | None]
    voided_by: Mapped[str | None] = mapped_column(String(200))
    void_reason: Mapped[str | None] = mapped_column(String(40))
    void_became: Mapped[str | None] = mapped_column(String(10))
