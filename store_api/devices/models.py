"""Table of the devices: kiosks, tablets, tills and desks, each with a token of its own."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, CallerMixin, Id, NodeMixin


class DeviceRow(CallerMixin, NodeMixin, Base):
    """A device at a station of a store, or a desk, which belongs to none.

    Only the digest of its token is kept. `owner_id` is the member of staff whose own device it is, if it is
    anybody's: nobody else signs in on it.
    """

    __tablename__ = "devices"

    device_id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    store_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("stores.store_id"))
    station: Mapped[str] = mapped_column(sa.String(80))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    owner_id: Mapped[Id | None]
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
