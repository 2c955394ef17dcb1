"""Tables of the vouchers: entitlements, the codes that point to them, their uses and their ledger.

The account leads every key that is used while a customer waits, so that the tables can be spread over
machines by account. A bearer voucher belongs to no account; its own identifier stands in its place.
What they must not know: any other feature's tables (accounts and orders are identifiers here).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin

OF_A_CAMPAIGN: Any = {
    "sqlite_where": text("campaign_id IS NOT NULL"),
    "postgresql_where": text("campaign_id IS NOT NULL"),
}
"""For indexes in which only what belongs to a campaign is looked for."""


class Voucher(NodeMixin, Base):
    """An entitlement. Its state is derived: from its dates, its live hold, and its uses not voided.

    Amounts are in the currency's minor units. `issued_on`, `starts_on` and `ends_on` are days in the
    store's zone; the last is the last day of use. The `hold_*` columns name the one live hold.
    `last_use_number` only rises, so that a number never comes back.
    """

    __tablename__ = "vouchers"
    __table_args__ = (
        Index("ix_vouchers_by_line", "account_id", "line_id"),
        Index("ix_vouchers_by_campaign", "campaign_id", "voucher_id"),
        Index("ix_vouchers_by_id", "voucher_id"),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_id: Mapped[Id] = mapped_column(primary_key=True)
    belongs_to: Mapped[str] = mapped_column(String(10))
    line_id: Mapped[Id | None]
    policy: Mapped[str] = mapped_column(String(80))
    code_last_four: Mapped[str] = mapped_column(String(4))
    issued_on: Mapped[dt.date]
    starts_on: Mapped[dt.date | None]
    ends_on: Mapped[dt.date | None]
    amount_minor: Mapped[Minor | None]
    currency: Mapped[Currency | None]
    uses_allowed: Mapped[int] = mapped_column(default=1)
    last_use_number: Mapped[int] = mapped_column(default=0)
    hold_id: Mapped[Id | None]
    hold_order_id: Mapped[Id | None]
    hold_store_id: Mapped[Id | None]
    hold_by: Mapped[str | None] = mapped_column(String(200))
    hold_until: Mapped[dt.datetime | None]
    voided_at: Mapped[dt.datetime | None]
    campaign_id: Mapped[Id | None]


class VoucherCodeRow(NodeMixin, Base):
    """A code on paper: the keyed hash of it (with the key's name), pointing to a voucher."""

    __tablename__ = "voucher_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[Id]
    voucher_id: Mapped[Id]


class VoucherUse(NodeMixin, Base):
    """One use of a voucher. A voided use stays, does not count, and keeps its number.

    `is_part` is a use for which the customer chose less than could have been used: what is left can be used
    again, so it does not count towards the uses that are allowed.
    """

    __tablename__ = "voucher_uses"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "voucher_id"], ["vouchers.account_id", "vouchers.voucher_id"]),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_id: Mapped[Id] = mapped_column(primary_key=True)
    use_number: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[Id]
    used_at: Mapped[dt.datetime]
    store_id: Mapped[Id]
    store_name: Mapped[str] = mapped_column(String(200))
    voided_at: Mapped[dt.datetime | None]
    is_part: Mapped[bool] = mapped_column(default=False, server_default=false())


class LedgerEntry(NodeMixin, Base):
    """One thing that happened to a voucher: its money in minor units, and uses begun or undone.

    Entries are added and never changed. The sum of the amounts is the voucher's balance, the sum of `uses`
    its uses that stand (those of a part do not count). `kind` is one of ledger.KINDS. A voucher without money
    moves nothing, in ISO 4217's code for no currency.
    """

    __tablename__ = "voucher_ledger"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "voucher_id"], ["vouchers.account_id", "vouchers.voucher_id"]),
        Index("ix_voucher_ledger_by_voucher", "account_id", "voucher_id"),
        Index("ix_voucher_ledger_by_time", "at", "entry_id"),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    entry_id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(12))
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    at: Mapped[dt.datetime]
    redemption_id: Mapped[Id | None]
    uses: Mapped[int] = mapped_column(default=0, server_default="0")


class GrantRow(NodeMixin, Base):
    """What a voucher takes of an order: while it is held (`until`), and for good once it was used (null).

    One that was given back or undone has `ended_at`; one whose `until` has passed counts no longer. What goes
    together on an order, and how often and for how much a campaign was used, is counted from these rows.
    `granted_on` is a day in the store's zone; `account_id`, `line_id` and `person_id` are those of the visit.
    """

    __tablename__ = "voucher_grants"
    __table_args__ = (
        Index("ix_voucher_grants_by_order", "account_id", "order_id"),
        Index("ix_voucher_grants_by_campaign", "campaign_id", "account_id", **OF_A_CAMPAIGN),
        Index("ix_voucher_grants_by_store", "campaign_id", "store_id", "granted_on", **OF_A_CAMPAIGN),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    grant_id: Mapped[Id] = mapped_column(primary_key=True)
    voucher_account_id: Mapped[Id]
    voucher_id: Mapped[Id]
    order_id: Mapped[Id]
    line_id: Mapped[Id]
    person_id: Mapped[Id]
    store_id: Mapped[Id]
    campaign_id: Mapped[Id | None]
    policy: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    granted_on: Mapped[dt.date]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    until: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]


class CodeTry(NodeMixin, Base):
    """How many codes that do not exist a device tried in one hour; `hour` is that hour's start."""

    __tablename__ = "voucher_code_tries"

    device: Mapped[str] = mapped_column(String(200), primary_key=True)
    hour: Mapped[dt.datetime] = mapped_column(primary_key=True, index=True)
    wrong: Mapped[int] = mapped_column(default=0)
