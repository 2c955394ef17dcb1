"""Table of what an account's owner is told of."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class OwnerNoticeRow(NodeMixin, Base):
    """One thing that an owner is told: a use of the account's voucher, or an identity check by somebody else.

    `kind` is used, used_without_customer_face or identity_checked. `seen_at` is when the owner read it.
    """

    __tablename__ = "owner_notices"
    __table_args__ = (Index("ix_owner_notices_by_time", "account_id", "at"),)

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    notice_id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]
    store_id: Mapped[Id]
    line_id: Mapped[Id | None]
    policy: Mapped[str | None] = mapped_column(String(80))
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    terms_code: Mapped[str | None] = mapped_column(String(20))
    redemption_id: Mapped[Id | None]
    by_whom: Mapped[str] = mapped_column(String(200))
    seen_at: Mapped[dt.datetime | None]
