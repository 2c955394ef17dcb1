"""Table of the phones that joined a visit: a browser somewhere else, for as long as the visit lasts."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, CallerMixin, Id, NodeMixin


class PhoneSessionRow(CallerMixin, NodeMixin, Base):
    """A phone in a visit. `account_id` and `person_id` are null until its holder passed a check of their own.

    Only the digest of its token is kept.
    """

    __tablename__ = "phone_sessions"
    __table_args__ = (Index("ix_phone_sessions_visit", "visit_id"),)

    session_id: Mapped[Id] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    visit_id: Mapped[Id]
    store_id: Mapped[Id]
    began_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    identity: Mapped[str | None] = mapped_column(String(20))
    identified_at: Mapped[dt.datetime | None]
    account_id: Mapped[Id | None]
    person_id: Mapped[Id | None]
    line_id: Mapped[Id | None]
