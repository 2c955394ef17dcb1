"""Table of the messages that wait to be sent. A message that was sent, or is too late, is gone from it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class MessageRow(NodeMixin, Base):
    """One message, sealed: number and text are readable with the service's keys alone.

    `is_real` is false where nobody has the number: the row is made, so that the same work is done, and
    dropped unsent. `give_up_at` is when the message has lost its use.
    """

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_due", "next_at"),)

    message_id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str] = mapped_column(Text)
    is_real: Mapped[bool]
    tries: Mapped[int]
    next_at: Mapped[dt.datetime]
    give_up_at: Mapped[dt.datetime]
    lease_id: Mapped[Id | None]
    leased_until: Mapped[dt.datetime | None]
    last_fault: Mapped[str | None] = mapped_column(String(80))
