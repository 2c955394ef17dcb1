"""Giving what a campaign grants: limits counted and budgets taken, in the transaction of the use.

What it is for: `refusal` only looks, for a decision; `grant` gives under the voucher's lock. A budget stands
in slots, so that no row is waited for by every till. A limit is counted from the grants that stand while
the row of whom it counts for is locked; a counter is never believed.
What it must not know: decisions, visits, Flask, the clock.

Locks are taken in one order: the voucher, the rows of limits by name, the voucher's own grant, the slots.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store_api.campaigns import store
from store_api.campaigns.limits import began_on
from store_api.campaigns.models import CampaignRow, CampaignSlot
from store_api.campaigns.store import Share
from store_api.contract import CampaignLimit
from store_api.vouchers.service import Grant, GrantRow, grants

PAUSED, SPENT, LIMITED = "campaign.paused", "campaign.budget_spent", "campaign.limit_reached"
SLOTS = 16
"""Parts of a budget. Tills that use vouchers of one campaign at the same moment seldom meet in one."""
NOTHING = Share(0, 0)


@dataclass(frozen=True)
class Refusal:
    """Why a campaign does not give now: a code, and what its sentences may tell."""

    code: str
    details: dict[str, str]


def refusal(session: Session, wanted: Grant, now: dt.datetime) -> Refusal | None:
    """Why the campaign of a voucher does not give what is wanted; null where it does, or there is none.

    It only looks: `grant` looks again under the locks.
    """
    row = store.find_campaign(session, wanted.campaign_id) if wanted.campaign_id else None
    if row is None:
        return None
    if row.state == "paused":
        return Refusal(PAUSED, {})
    limited = _limit_reached(session, row, wanted, now)
    if limited is not None:
        return limited
    own = grants.of_voucher(session, wanted.account_id, wanted.order_id, wanted.key.voucher_id)
    missing = Share(wanted.amount_minor, 1).minus(_share_of(own))
    money, uses = left_of(session, row, now)
    if own is not None and own.until is not None and own.until <= now:
        # What is over was counted as left; it is this voucher's own.
        missing = Share(wanted.amount_minor, 1)
    has_money = money is None or money >= missing.money
    return None if has_money and (uses is None or uses >= missing.uses) else Refusal(SPENT, {})


def grant(session: Session, wanted: Grant, now: dt.datetime) -> str | None:
    """Give what is wanted and write it down; or the code that says why not, and then nothing is written.

    Call it under the voucher's lock. The locks end with the transaction.
    """
    row = store.find_campaign(session, wanted.campaign_id) if wanted.campaign_id else None
    code = None if row is None else _take(session, row, wanted, now)
    if code is None:
        grants.keep(session, wanted, now)
    return code


def give_back(session: Session, given: GrantRow | None, now: dt.datetime) -> None:
    """End a grant and give its budget back; nothing happens where it was ended before."""
    if given is None or not grants.end(session, given, now) or given.campaign_id is None:
        return
    store.give_to_slot(session, given.campaign_id, _slot_of(given.order_id), _share_of(given, used=True))


def left_of(session: Session, row: CampaignRow, now: dt.datetime) -> tuple[int | None, int | None]:
    """What is left of a budget in minor units and in uses; reservations that are over are left again."""
    money, uses = store.find_left(session, row.campaign_id)
    over, amount = grants.expired(session, row.campaign_id, now)
    return (None if money is None else money + amount), (None if uses is None else uses + over)


def slots_of(row: CampaignRow) -> Iterator[CampaignSlot]:
    """A campaign's budget in slots: as even as whole numbers are."""
    for slot in range(SLOTS):
        yield CampaignSlot(
            campaign_id=row.campaign_id,
            slot=slot,
            money_left=_part(row.budget_minor, slot),
            count_left=_part(row.budget_count, slot),
        )


def limits_of(row: CampaignRow) -> tuple[CampaignLimit, ...]:
    """A campaign's limits."""
    return tuple(CampaignLimit.model_validate(limit) for limit in row.limits)


def find_faults(session: Session) -> Iterator[str]:
    """Each campaign whose slots do not add up to its budget less what was granted, in words."""
    for row in store.find_campaigns(session):
        money, uses = store.find_left(session, row.campaign_id)
        granted, amount = grants.unended(session, row.campaign_id)
        if row.budget_minor is not None and money != row.budget_minor - amount:
            yield f"campaign {row.campaign_id} has other money left than its budget less its grants"
        if row.budget_count is not None and uses != row.budget_count - granted:
            yield f"campaign {row.campaign_id} has other uses left than its budget less its grants"


def _take(session: Session, row: CampaignRow, wanted: Grant, now: dt.datetime) -> str | None:
    if row.state == "paused":
        return PAUSED
    for subject in sorted({_subject(limit, wanted) for limit in limits_of(row)}):
        store.lock_subject(session, row.campaign_id, subject)
    if _limit_reached(session, row, wanted, now) is not None:
        return LIMITED
    if row.budget_minor is None and row.budget_count is None:
        return None
    own = grants.lock_of_voucher(session, wanted.account_id, wanted.order_id, wanted.key.voucher_id)
    missing = Share(wanted.amount_minor, 1).minus(_share_of(own))
    if store.take_from_slot(session, row.campaign_id, _slot_of(wanted.order_id), missing):
        return None
    return None if _take_from_all(session, row, missing, now) else SPENT


def _take_from_all(session: Session, row: CampaignRow, missing: Share, now: dt.datetime) -> bool:
    """Take from all slots together, with what reservations that are over give back."""
    slots = store.lock_slots(session, row.campaign_id)
    over, amount = grants.end_expired(session, row.campaign_id, now)
    _put(slots[0], Share(-amount, -over))
    has_money = row.budget_minor is None or sum(slot.money_left or 0 for slot in slots) >= missing.money
    has_uses = row.budget_count is None or sum(slot.count_left or 0 for slot in slots) >= missing.uses
    if has_money and has_uses:
        for slot in slots:
            part = Share(min(missing.money, slot.money_left or 0), min(missing.uses, slot.count_left or 0))
            _put(slot, part)
            missing = missing.minus(part)
    session.flush()
    return has_money and has_uses


def _put(slot: CampaignSlot, part: Share) -> None:
    """Take a part out of a slot that is locked; a part below nothing puts it in."""
    if slot.money_left is not None:
        slot.money_left -= part.money
    if slot.count_left is not None:
        slot.count_left -= part.uses


def _limit_reached(session: Session, row: CampaignRow, wanted: Grant, now: dt.datetime) -> Refusal | None:
    for limit in limits_of(row):
        since = began_on(limit.period, wanted.granted_on)
        if grants.count(session, row.campaign_id, wanted, limit.per, since, now) >= limit.uses:
            details = {"uses": str(limit.uses), "per": limit.per, "period": limit.period}
            return Refusal(LIMITED, details)
    return None


def _share_of(given: GrantRow | None, used: bool = False) -> Share:
    """What a reservation has taken already; what was used before on the same order was another use."""
    if given is None or (given.until is None and not used):
        return NOTHING
    return Share(given.amount_minor, 1)


def _subject(limit: CampaignLimit, wanted: Grant) -> str:
    whose = {
        "account": wanted.account_id,
        "line": wanted.line_id,
        "person": wanted.person_id,
        "store": wanted.store_id,
    }
    return f"{limit.per}|{whose[limit.per]}"


def _slot_of(order_id: str) -> int:
    """The slot from which an order takes: one for all its vouchers, so that they never wait crosswise."""
    return zlib.crc32(order_id.encode()) % SLOTS


def _part(budget: int | None, slot: int) -> int | None:
    if budget is None:
        return None
    return budget // SLOTS + (slot < budget % SLOTS)
