"""Campaigns: series of vouchers under one policy, with budgets and limits.

What it is for: the door to the feature. Beginning, pausing and ending a campaign is here, giving in
giving.py, vouchers from files in rows.py, making.py and importing.py, and into files in telling.py.
What it must not know: decisions, visits, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.campaigns import store
from store_api.campaigns.giving import (
    Refusal,
    find_faults,
    give_back,
    grant,
    left_of,
    limits_of,
    refusal,
    slots_of,
)
from store_api.campaigns.importing import Open, import_file, import_now, issue_bearers
from store_api.campaigns.making import find_job, refused_rows, show_job
from store_api.campaigns.models import CampaignRow, FileJob
from store_api.campaigns.rows import (
    BadFile,
    FileRow,
    Format,
    RowFault,
    digest_of_file,
    lines_of_file,
    lines_of_text,
    list_rows,
    read_rows,
)
from store_api.campaigns.telling import tell
from store_api.contract import Campaign, CampaignRequest, CampaignState, FieldError, Money
from store_api.errors import Conflict, Invalid, NotFound
from store_api.money import to_minor, to_money
from store_api.policies import service as policies
from store_api.policy.model import Benefit, PolicyVersion
from store_api.work import Work

__all__ = [
    "BadFile", "CampaignRow", "FileJob", "FileRow", "Format", "Open", "Refusal", "RowFault", "begin",
    "change", "digest_of_file", "find", "find_all", "find_faults", "find_job", "give_back", "grant",
    "import_file", "import_now", "issue_bearers", "lines_of_file", "lines_of_text", "list_rows",
    "read_rows", "refusal", "refused_rows", "show", "show_job", "tell",
]  # fmt: skip


def begin(work: Work, request: CampaignRequest) -> CampaignRow:
    """Begin a campaign. Asked again with the same words, it gives the one that was begun.

    Raises Conflict where that name has other words, Invalid for what cannot be.
    """
    row = _row(work, request)
    known = store.lock_campaign(work.session, row.campaign_id)
    if known is not None:
        if _words_of(known) != _words_of(row):
            raise Conflict("campaign.exists")
        return known
    work.session.add(row)
    work.session.flush()
    work.session.add_all(slots_of(row))
    work.session.flush()
    _record(work, "campaign.opened", row)
    return row


def change(work: Work, campaign_id: str, state: CampaignState) -> CampaignRow:
    """Pause a campaign, let it go on, or end it. Raises NotFound, and Conflict for one that has ended."""
    row = store.lock_campaign(work.session, campaign_id)
    if row is None:
        raise NotFound
    if row.state == state:
        return row
    if row.state == "ended":
        raise Conflict("campaign.ended")
    row.state, row.changed_at = state, work.now
    work.session.flush()
    if state == "paused":
        _record(work, "campaign.paused", row)
    elif state == "ended":
        _record(work, "campaign.ended", row)
    else:
        _record(work, "campaign.resumed", row)
    return row


def find(session: Session, campaign_id: str) -> CampaignRow | None:
    """A campaign by its name."""
    return store.find_campaign(session, campaign_id)


def find_all(session: Session) -> tuple[CampaignRow, ...]:
    """Every campaign, by name."""
    return tuple(store.find_campaigns(session))


def show(work: Work, row: CampaignRow) -> Campaign:
    """The campaign as the wire has it; what is reserved is no longer left."""
    money, uses = left_of(work.session, row, work.now)
    book = policies.open_book(work.session, work.settings.catalogue_files)
    return Campaign(
        campaign_id=row.campaign_id,
        policy=row.policy,
        title=book.title(row.policy),
        state=row.state,  # type: ignore[arg-type]  # the model checks it
        amount=to_money(row.amount_minor, row.currency),
        uses_each=row.uses_each,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        budget=to_money(row.budget_minor, row.currency),
        budget_uses=row.budget_count,
        budget_left=to_money(money, row.currency),
        budget_uses_left=uses,
        limits=limits_of(row),
    )


def _row(work: Work, request: CampaignRequest) -> CampaignRow:
    """The campaign that a request asks for. Raises Invalid with each fault's place."""
    benefit = _benefit(work, request.policy)
    amount = request.amount or _own_amount(benefit)
    _check(request, benefit, amount)
    money = amount or request.budget
    return CampaignRow(
        campaign_id=request.campaign_id,
        policy=request.policy,
        state="active",
        amount_minor=None if amount is None else to_minor(amount),
        currency=None if money is None else money.currency,
        uses_each=request.uses_each,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        budget_minor=None if request.budget is None else to_minor(request.budget),
        budget_count=request.budget_uses,
        limits=[limit.model_dump() for limit in request.limits],
        made_at=work.now,
        changed_at=work.now,
    )


def _benefit(work: Work, policy: str) -> Benefit:
    """What a policy's newest version gives. Raises Invalid where there is none, or it needs no voucher."""
    book = policies.open_book(work.session, work.settings.catalogue_files)
    known = book.policies.get(policy)
    version: PolicyVersion | None = known.versions[-1] if known else None
    if version is None or version.benefit.kind == policies.UPGRADE:
        raise _invalid("/policy", "not a policy that has vouchers")
    return version.benefit


def _own_amount(benefit: Benefit) -> Money | None:
    """What a voucher is worth by its policy: the amount, or that of the highest tier."""
    own = benefit.tiers[-1].amount if benefit.tiers else benefit.amount
    return None if own is None else Money(amount=own.amount, currency=own.currency)


def _check(request: CampaignRequest, benefit: Benefit, amount: Money | None) -> None:
    if request.amount is not None and _own_amount(benefit) is None:
        raise _invalid("/amount", "this policy's benefit has no amount of its own")
    for pointer, money in (("/amount", amount), ("/budget", request.budget)):
        if money is not None and not _is_positive(money):
            raise _invalid(pointer, "not an amount above zero in a currency of ISO 4217")
    own = _own_amount(benefit)
    if own is not None and amount is not None and amount.currency != own.currency:
        raise _invalid("/amount", "not the currency of the policy")
    if amount is not None and request.budget is not None and amount.currency != request.budget.currency:
        raise _invalid("/budget", "not the currency of the vouchers")
    if request.starts_on and request.ends_on and request.ends_on < request.starts_on:
        raise _invalid("/ends_on", "before the first day")
    if len({(limit.per, limit.period) for limit in request.limits}) < len(request.limits):
        raise _invalid("/limits", "two limits for the same")


def _is_positive(money: Money) -> bool:
    try:
        return to_minor(money) > 0
    except ValueError:
        return False


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid(errors=(FieldError(pointer=pointer, detail=detail),))


def _words_of(row: CampaignRow) -> tuple[object, ...]:
    """What a campaign was begun with."""
    money = (row.amount_minor, row.currency, row.budget_minor, row.budget_count)
    days: tuple[dt.date | None, ...] = (row.starts_on, row.ends_on)
    return row.policy, row.uses_each, money, days, row.limits


def _record(work: Work, action: str, row: CampaignRow) -> None:
    audit.record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=row.campaign_id,
        now=work.now,
        details={"policy": row.policy},
    )
