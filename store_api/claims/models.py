"""Table of the claims that were checked: at most one row a visit, person, policy and claim.

What it must not know: any other feature's tables (what it names is named by identifier).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin

NOBODY = ""
"""Account and person of a check in a visit in which nobody was identified."""


class ClaimCheckRow(NodeMixin, Base):
    """A claim that was checked. Asking again brings the answer up to date and counts no second time.

    `identified` rows are counted. `term` is the first that the claim is about. `answer` is the answer as the
    API gave it, with its lines in every language.
    """

    __tablename__ = "claim_checks"
    __table_args__ = (Index("ix_claim_checks_first_at", "first_at"),)

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    visit_id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id] = mapped_column(primary_key=True)
    policy: Mapped[str] = mapped_column(String(80), primary_key=True)
    claim: Mapped[str] = mapped_column(String(80), primary_key=True)
    check_id: Mapped[Id]
    store_id: Mapped[Id]
    identified: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int | None]
    term: Mapped[str | None] = mapped_column(String(80))
    result: Mapped[str] = mapped_column(String(20))
    decision_id: Mapped[Id | None]
    first_at: Mapped[dt.datetime]
    checked_at: Mapped[dt.datetime]
    answer: Mapped[dict[str, Any]]
