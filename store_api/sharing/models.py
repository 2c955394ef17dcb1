"""Tables of a shared visit: who is in it and what each shows, codes to join by, taps, and what care quoted.

What they must not know: any other feature's tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class ParticipantRow(NodeMixin, Base):
    """Somebody in a visit with a face of their own.

    `caller_id` is the kiosk's device, the member of staff or the phone. `terms_code` is the one that the
    face has reported as drawn on its screen, and null where it shows no sheet; `seen_at` is its last report.
    """

    __tablename__ = "visit_participants"
    __table_args__ = (UniqueConstraint("visit_id", "caller_id"),)

    visit_id: Mapped[Id] = mapped_column(primary_key=True)
    participant_id: Mapped[Id] = mapped_column(primary_key=True)
    caller_id: Mapped[Id]
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(String(80))
    joined_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    terms_code: Mapped[str | None] = mapped_column(String(20))
    left_at: Mapped[dt.datetime | None]


class JoinCodeRow(NodeMixin, Base):
    """A code by which one other face joins a visit, once and within minutes: a phone, or a kiosk.

    Only its keyed hash is kept.
    """

    __tablename__ = "join_codes"
    __table_args__ = (Index("ix_join_codes_visit", "visit_id"),)

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    visit_id: Mapped[Id]
    face: Mapped[str] = mapped_column(String(10))
    made_by: Mapped[Id]
    made_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class JoinTryRow(NodeMixin, Base):
    """Wrong join codes of one subject (a device, or all phones) in one hour."""

    __tablename__ = "join_tries"

    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    hour: Mapped[dt.datetime] = mapped_column(primary_key=True)
    wrong: Mapped[int]


class QuoteRow(NodeMixin, Base):
    """A term of the visit's sheet that customer care has quoted to everybody in it, in its own words."""

    __tablename__ = "visit_quotes"

    visit_id: Mapped[Id] = mapped_column(primary_key=True)
    quote_id: Mapped[Id] = mapped_column(primary_key=True)
    terms_code: Mapped[str] = mapped_column(String(20))
    term: Mapped[str] = mapped_column(String(80))
    says: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(20))
    said_by: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    at: Mapped[dt.datetime]
