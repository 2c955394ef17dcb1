"""Table of the refusals: benefits that a customer could have had and did not get.

What it must not know: any other feature's tables (what it names is named by identifier).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class RefusalRow(NodeMixin, Base):
    """A benefit that a decision granted and a customer did not get in a visit; one a visit and subject.

    `origin` is who noted it: staff, or the customer at their own face. `reason` is the store's, with who gave
    it; `word` is the customer's own to that reason, agrees or disagrees, on which face, and null where they
    did not say. Giving another reason takes the customer's word to the one before away.
    """

    __tablename__ = "refusals"
    __table_args__ = (
        UniqueConstraint("visit_id", "subject_key"),
        Index("ix_refusals_by_id", "refusal_id"),
        Index("ix_refusals_by_store", "store_id", "noted_at"),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    refusal_id: Mapped[Id] = mapped_column(primary_key=True)
    visit_id: Mapped[Id]
    store_id: Mapped[Id]
    decision_id: Mapped[Id]
    terms_code: Mapped[str] = mapped_column(String(20))
    subject_key: Mapped[str] = mapped_column(String(300))
    policy: Mapped[str] = mapped_column(String(80))
    version: Mapped[int | None]
    voucher_id: Mapped[Id | None]
    line_id: Mapped[Id]
    person_id: Mapped[Id]
    origin: Mapped[str] = mapped_column(String(10))
    noted_by: Mapped[Id]
    noted_at: Mapped[dt.datetime]
    said_at: Mapped[dt.datetime | None]
    reason: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(300))
    reason_by: Mapped[Id | None]
    reason_name: Mapped[str | None] = mapped_column(String(80))
    reason_at: Mapped[dt.datetime | None]
    word: Mapped[str | None] = mapped_column(String(10))
    word_at: Mapped[dt.datetime | None]
    word_face: Mapped[str | None] = mapped_column(String(10))
