"""Campaigns on the wire: series of vouchers, their budgets and limits, and files of vouchers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from store_api.contract.basis import Identifier, Money, Wire, Words

CampaignState = Literal["active", "paused", "ended"]
LimitPer = Literal["account", "line", "person", "store"]
LimitPeriod = Literal["day", "week", "month", "year", "ever"]
Day = Annotated[dt.date, Field(strict=False)]


class CampaignLimit(Wire):
    """At most so many uses for each account, line, person or store in each period.

    Periods are those of the store's calendar; a week begins on Monday.
    """

    per: LimitPer
    period: LimitPeriod = "ever"
    uses: Annotated[int, Field(ge=1, le=1_000_000)]


class CampaignRequest(Wire):
    """Begin a campaign: vouchers under one policy, each worth `amount` where the policy's benefit is money.

    `amount` null is the policy's own amount. `uses_each` is how often one voucher may be used. The days are
    the vouchers' first and last day in the store's zone. A budget that is null has no end.
    """

    campaign_id: Identifier
    policy: Identifier
    amount: Money | None = None
    uses_each: Annotated[int, Field(ge=1, le=1000)] = 1
    starts_on: Day | None = None
    ends_on: Day | None = None
    budget: Money | None = None
    budget_uses: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    limits: Annotated[tuple[CampaignLimit, ...], Field(max_length=20)] = ()


class Campaign(Wire):
    """A campaign as it stands. `budget_left` and `budget_uses_left` are null where there is no budget.

    A paused campaign's vouchers cannot be used until it goes on; an ended one issues none any more, and
    what it issued is honoured.
    """

    campaign_id: Identifier
    policy: Identifier
    title: Words
    state: CampaignState
    amount: Money | None
    uses_each: int
    starts_on: dt.date | None
    ends_on: dt.date | None
    budget: Money | None
    budget_uses: int | None
    budget_left: Money | None
    budget_uses_left: int | None
    limits: tuple[CampaignLimit, ...]


class CampaignList(Wire):
    """Every campaign, by name."""

    campaigns: tuple[Campaign, ...]


class CampaignChange(Wire):
    """Pause a campaign, let it go on, or end it for good."""

    state: CampaignState


class ImportRequest(Wire):
    """Vouchers to be made under a campaign, as CSV or JSON lines; docs/campaigns.md has the columns."""

    campaign_id: Identifier
    format: Literal["csv", "json_lines"]
    content: Annotated[str, StringConstraints(min_length=1, max_length=900_000)]


class RefusedLine(Wire):
    """A row that made no voucher: its line in the file (from 1), the column that is to blame, and why."""

    line: int
    column: str | None
    reason: str


class Import(Wire):
    """A file of vouchers and how far it has come. The same file again is the same import.

    `refused` holds the first hundred rows that made no voucher; the whole report is a list of its own.
    """

    import_id: Identifier
    campaign_id: Identifier
    state: Literal["running", "done"]
    rows: int
    made: int
    refused_rows: int
    refused: tuple[RefusedLine, ...]


class RefusedLines(Wire):
    """A page of an import's refused rows; `next_after` is where the next page begins, null at the end."""

    refused: tuple[RefusedLine, ...]
    next_after: int | None
