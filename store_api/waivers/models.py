"""Table of the waivers that were given: which terms, on which order, until when.

What it must not know: who asked and who agreed (overrides), any other feature's tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin


class WaiverRow(NodeMixin, Base):
    """Terms that are waived once, for one subject on one order as it stood.

    `subject_key` names policy, voucher or upgrade, and line; `version` is the policy's at that time,
    `order_digest` the order's. `limit_minor` is the most that it may release, null where the benefit has no
    amount. `role` and `reason` are told on the sheet.
    """

    __tablename__ = "waivers"
    __table_args__ = (Index("ix_waivers_by_order", "account_id", "order_id"),)

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    waiver_id: Mapped[Id] = mapped_column(primary_key=True)
    override_id: Mapped[Id]
    order_id: Mapped[Id]
    subject_key: Mapped[str] = mapped_column(String(300))
    version: Mapped[int]
    terms: Mapped[list[Any]]
    role: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(20))
    order_digest: Mapped[str] = mapped_column(String(64))
    limit_minor: Mapped[Minor | None]
    currency: Mapped[Currency | None]
    given_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    stopped_at: Mapped[dt.datetime | None]
