"""Table of the calls to customer care: whom an agent has on the telephone, and how that was checked."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class CareCallRow(NodeMixin, Base):
    """A caller whom an agent authenticated. An agent has one at a time; it ends by itself after an hour."""

    __tablename__ = "care_calls"
    __table_args__ = (Index("ix_care_calls_staff", "staff_id", "ended_at"),)

    call_id: Mapped[Id] = mapped_column(primary_key=True)
    staff_id: Mapped[Id]
    account_id: Mapped[Id]
    person_id: Mapped[Id]
    line_id: Mapped[Id]
    identity: Mapped[str] = mapped_column(String(20))
    began_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
