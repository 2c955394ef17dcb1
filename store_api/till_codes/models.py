"""Table of the codes on slips: what a till scans to learn what is reserved."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class TillCodeRow(NodeMixin, Base):
    """A code as the keyed hash of it, with the hold that it is for; it counts once, until it expires."""

    __tablename__ = "till_codes"
    __table_args__ = (
        Index("ix_till_codes_by_hold", "hold_id", unique=True),
        Index("ix_till_codes_by_store", "store_id", "verified_at"),
    )

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16))
    hold_id: Mapped[Id]
    account_id: Mapped[Id]
    order_id: Mapped[Id]
    store_id: Mapped[Id]
    made_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    verified_at: Mapped[dt.datetime | None]
    verified_by: Mapped[str | None] = mapped_column(String(80))
