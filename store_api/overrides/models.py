"""Tables of the overrides: what was asked and answered, and how often on a day.

What they must not know: any other feature's tables (what they name is named by identifier).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin


class OverrideRow(NodeMixin, Base):
    """One request to waive named terms of one decision, and its answer.

    `shown` is what the approver is shown and `digest` its digest: an answer names it. `roles` are those that
    the policy lets waive all of the terms. `amount_minor` is what the waived decision would grant,
    `cost_minor` what that is more than without. `state` is asked, approved, declined, withdrawn or stopped;
    that time ran out is read off `expires_at`, that it was used off its waiver. `through` says whether the
    answer was given on a device of the approver's own. `decision_id` and `terms_code` are those of the answer
    before, `waived_decision_id` and `waived_terms_code` of the one with the waiver.
    """

    __tablename__ = "overrides"
    __table_args__ = (
        Index("ix_overrides_by_id", "override_id"),
        Index("ix_overrides_by_visit", "visit_id"),
        Index("ix_overrides_by_store", "store_id", "asked_at"),
        Index("ix_overrides_by_approver", "answered_by", "answered_at"),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    override_id: Mapped[Id] = mapped_column(primary_key=True)
    visit_id: Mapped[Id]
    store_id: Mapped[Id]
    order_id: Mapped[Id]
    decision_id: Mapped[Id]
    terms_code: Mapped[str] = mapped_column(String(20))
    subject_key: Mapped[str] = mapped_column(String(300))
    policy: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    voucher_id: Mapped[Id | None]
    line_id: Mapped[Id]
    person_id: Mapped[Id]
    terms: Mapped[list[Any]]
    roles: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(300))
    shown: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    amount_minor: Mapped[Minor | None]
    cost_minor: Mapped[Minor | None]
    currency: Mapped[Currency | None]
    asked_by: Mapped[Id]
    asked_name: Mapped[str] = mapped_column(String(80))
    asked_role: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(12))
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[Id | None]
    answered_name: Mapped[str | None] = mapped_column(String(80))
    answered_role: Mapped[str | None] = mapped_column(String(20))
    through: Mapped[str | None] = mapped_column(String(16))
    station: Mapped[str | None] = mapped_column(String(80))
    waiver_id: Mapped[Id | None]
    waiver_until: Mapped[dt.datetime | None]
    waived_decision_id: Mapped[Id | None]
    waived_terms_code: Mapped[str | None] = mapped_column(String(20))
    seen_at: Mapped[dt.datetime | None]
    disowned_at: Mapped[dt.datetime | None]


class OverrideDayRow(NodeMixin, Base):
    """How many overrides were approved on a day, and for how much, for one store, account or approver.

    Its row is the lock under which the limits of a day are kept, and circles are looked for.
    """

    __tablename__ = "override_days"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    subject: Mapped[Id] = mapped_column(primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    currency: Mapped[Currency] = mapped_column(primary_key=True)
    approved: Mapped[int]
    amount_minor: Mapped[Minor]
