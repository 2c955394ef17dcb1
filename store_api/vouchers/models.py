"""Tables of the vouchers: entitlements, the codes that point to them, their uses and their ledger.

The account leads every key that is used while a customer waits, so that the tables can be spread over
machines by account. A bearer voucher belongs to no account; its own identifier stands in its place.
What they must not know: any other feature's tables (accounts and orders are identifiers here).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin


class Voucher(NodeMixin, Base):
    """An entitlement. Its state is derived: from its dates, its live hold, and its uses not voided.

    Amounts are in the currency's minor units. `issued_on`, `starts_on` and `ends_on` are days in the
    store's zone; the last is the last day of use. The `hold_*` columns name the one live hold.
    `last_use_number` only rises, so that a number never comes back.
    """

    __tablename__ = "vouchers"
    __table_args__ = (Index("ix_vouchers_by_line", "account_id", "line_id"),)

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


class VoucherCodeRow(NodeMixin, Base):
    """A code on paper: the keyed hash of it (with the key's name), pointing to a voucher."""

    __tablename__ = "voucher_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[Id]
    voucher_id: Mapped[Id]


class VoucherUse(NodeMixin, Base):
    """One use of a voucher. A voided use stays, does not count, and keeps its number."""

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


class LedgerEntry(NodeMixin, Base):
    """One movement of a voucher's money, in minor units: issued above zero, redeemed or forfeited below.

    Entries are added and never changed. The balance of a voucher is the sum of its entries.
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


class CodeTry(NodeMixin, Base):
    """How many codes that do not exist a device tried in one hour; `hour` is that hour's start."""

    __tablename__ = "voucher_code_tries"

    device: Mapped[str] = mapped_column(String(200), primary_key=True)
    hour: Mapped[dt.datetime] = mapped_column(primary_key=True)
    wrong: Mapped[int] = mapped_column(default=0)
