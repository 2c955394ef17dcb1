"""Tables of the campaigns: series of vouchers, their budgets in slots, their limits, and files of vouchers.

What they must not know: any other feature's tables (vouchers and policies are names here).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin


class CampaignRow(NodeMixin, Base):
    """A series of vouchers under one policy. `state` is active, paused or ended.

    `amount_minor` is what one voucher is worth, null for a benefit without a fixed amount; `uses_each` is how
    often one may be used. `starts_on` and `ends_on` are the first and last day of its vouchers in the store's
    zone. A budget that is null has no end. `limits` holds {"per", "period", "uses"} each.
    """

    __tablename__ = "campaigns"

    campaign_id: Mapped[Id] = mapped_column(primary_key=True)
    policy: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10))
    amount_minor: Mapped[Minor | None]
    currency: Mapped[Currency | None]
    uses_each: Mapped[int]
    starts_on: Mapped[dt.date | None]
    ends_on: Mapped[dt.date | None]
    budget_minor: Mapped[Minor | None]
    budget_count: Mapped[Minor | None]
    limits: Mapped[list[Any]]
    made_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]


class CampaignSlot(NodeMixin, Base):
    """A part of a campaign's budget. There are several, so that no row is waited for by every till."""

    __tablename__ = "campaign_slots"

    campaign_id: Mapped[Id] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    money_left: Mapped[Minor | None]
    count_left: Mapped[Minor | None]


class LimitLock(NodeMixin, Base):
    """Whose turn it is to count against a limit: a row for each account, line, person or store.

    The row is only locked. What it was used for is counted from the grants, and `turns` is never believed.
    """

    __tablename__ = "campaign_limit_locks"

    campaign_id: Mapped[Id] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(100), primary_key=True)
    turns: Mapped[Minor]


class FileJob(NodeMixin, Base):
    """A file that makes vouchers, and how far it has come. `kind` is import, accounts, lines or bearers.

    The same bytes for the same campaign and kind are the same job. `rows_done` counts rows that are settled,
    made or refused; it moves in the same transaction as their vouchers. `codes_bytes` is how much of the
    file of new codes belongs to them.
    """

    __tablename__ = "campaign_jobs"
    __table_args__ = (Index("uq_campaign_jobs_of_file", "campaign_id", "kind", "digest", unique=True),)

    job_id: Mapped[Id] = mapped_column(primary_key=True)
    campaign_id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64))
    rows_done: Mapped[Minor]
    rows_made: Mapped[Minor]
    rows_refused: Mapped[Minor]
    codes_bytes: Mapped[Minor]
    started_by: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]


class RefusedRow(NodeMixin, Base):
    """A row of a file that made no voucher: its line (from 1), the column and the reason's code."""

    __tablename__ = "campaign_refused_rows"

    job_id: Mapped[Id] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(40))
