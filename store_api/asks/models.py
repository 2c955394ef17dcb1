"""Table of what a line's use asked the account's owner."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin


class AskRow(NodeMixin, Base):
    """One question to an owner: may this line use this voucher for this order in this store.

    `shown` is what the owner is shown and `digest` its digest: the answer names it, so that nobody answers
    to anything else. `state` is asked, approved, declined or withdrawn; that time ran out is read off
    `expires_at`. `through` says where it was answered (phone, care), `heard_by` which agent heard it.
    """

    __tablename__ = "owner_asks"
    __table_args__ = (
        Index("ix_owner_asks_visit", "visit_id"),
        Index("ix_owner_asks_by_id", "ask_id"),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    ask_id: Mapped[Id] = mapped_column(primary_key=True)
    visit_id: Mapped[Id]
    store_id: Mapped[Id]
    order_id: Mapped[Id]
    decision_id: Mapped[Id]
    terms_code: Mapped[str] = mapped_column(String(20))
    voucher_id: Mapped[Id]
    line_id: Mapped[Id]
    person_id: Mapped[Id]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    shown: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[Id]
    asked_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(12))
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[Id | None]
    through: Mapped[str | None] = mapped_column(String(10))
    heard_by: Mapped[Id | None]
    consent_id: Mapped[Id | None]
