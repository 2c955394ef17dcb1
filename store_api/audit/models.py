"""Tables of the append-only log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, NodeMixin


class LogEntryRow(NodeMixin, Base):
    """One entry. `commitments` holds, per personal field, a salted digest; nothing else of a person."""

    __tablename__ = "log_entries"

    entry_id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(sa.String(60))
    actor: Mapped[str] = mapped_column(sa.String(80))
    subject: Mapped[str] = mapped_column(sa.String(80), index=True)
    details: Mapped[dict[str, Any]]
    commitments: Mapped[dict[str, Any]]


class LogPersonalField(NodeMixin, Base):
    """A personal field of an entry with its salt. Erasing the row leaves the entry's digest standing."""

    __tablename__ = "log_personal_fields"

    entry_id: Mapped[str] = mapped_column(sa.ForeignKey("log_entries.entry_id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[str] = mapped_column(sa.Text)
    salt: Mapped[str] = mapped_column(sa.String(64))
