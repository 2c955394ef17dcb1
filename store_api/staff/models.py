"""Tables of the staff: who works in a store or the central office, and their sessions there."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, CallerMixin, Id, NodeMixin


class StaffRow(CallerMixin, NodeMixin, Base):
    """A member of staff with a number, a name to be shown, and their own PIN.

    `store_id` is empty for authors and regional managers.
    """

    __tablename__ = "staff"

    staff_id: Mapped[Id] = mapped_column(primary_key=True)
    staff_number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    role: Mapped[str] = mapped_column(sa.String(10))
    store_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("stores.store_id"))
    pin_key_id: Mapped[str] = mapped_column(sa.String(16))
    pin_hash: Mapped[str] = mapped_column(sa.String(200))
    left_at: Mapped[datetime | None]


class StaffSessionRow(CallerMixin, NodeMixin, Base):
    """A session on a tablet or desk. It ends by itself, by signing out, or with that device's enrolment."""

    __tablename__ = "staff_sessions"

    session_id: Mapped[Id] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    staff_id: Mapped[Id] = mapped_column(sa.ForeignKey("staff.staff_id"))
    device_id: Mapped[Id] = mapped_column(sa.ForeignKey("devices.device_id"))
    station: Mapped[str] = mapped_column(sa.String(80))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
