"""Table of the partners: other systems of the carrier, each with a token of its own."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, CallerMixin, Id, NodeMixin


class PartnerRow(CallerMixin, NodeMixin, Base):
    """A system that is told of events and reads reports: of one store, or of every store.

    Only the digest of its token is kept.
    """

    __tablename__ = "partners"

    partner_id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    store_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("stores.store_id"))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    added_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
