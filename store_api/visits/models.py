"""Tables of the visits: one customer's time in the store, and the taps with which they agreed to something.

What it must not know: any other feature's tables (what it names is named by identifier).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Boolean, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class VisitRow(NodeMixin, Base):
    """A visit. `account_id`, `person_id` and `line_id` are null until somebody is identified.

    `channel` is where it was opened: kiosk or tablet. `paper` is true where the voucher's code was read
    from something that was shown. `left_at` is when the customer left the station while a hold still
    stood, so that staff can finish what was reserved. `revision` rises with every change, so that a face
    knows when it lags. `phase` to `rating` are the visit's time; timing.py tells what they mean.
    """

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_open", "store_id", "state", "opened_at"),
        Index("ix_visits_account", "account_id", "opened_at"),
        Index("ix_visits_opened", "opened_at"),
    )

    visit_id: Mapped[Id] = mapped_column(primary_key=True)
    store_id: Mapped[Id]
    station: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[dt.datetime]
    left_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    revision: Mapped[int]
    identity: Mapped[str | None] = mapped_column(String(20))
    identified_at: Mapped[dt.datetime | None]
    account_id: Mapped[Id | None]
    person_id: Mapped[Id | None]
    line_id: Mapped[Id | None]
    paper: Mapped[bool] = mapped_column(Boolean, default=False)
    scanned_policy: Mapped[str | None] = mapped_column(String(80))
    scanned_version: Mapped[int | None]
    scanned_voucher_id: Mapped[Id | None]
    scanned_account_id: Mapped[Id | None]
    order_id: Mapped[Id | None]
    decision_id: Mapped[Id | None]
    hold_id: Mapped[Id | None]
    redemption_id: Mapped[Id | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    phase: Mapped[str | None] = mapped_column(String(10))
    phase_at: Mapped[dt.datetime | None]
    deciding_seconds: Mapped[int | None]
    waiting_seconds: Mapped[int | None]
    calling_seconds: Mapped[int | None]
    answered_at: Mapped[dt.datetime | None]
    rating: Mapped[int | None]


class TapRow(NodeMixin, Base):
    """A customer's own tap, on a face of theirs that showed a terms code: reserve it, use it."""

    __tablename__ = "customer_taps"

    visit_id: Mapped[Id] = mapped_column(primary_key=True)
    terms_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    face: Mapped[str] = mapped_column(String(10))
    caller_id: Mapped[Id]
    at: Mapped[dt.datetime]
