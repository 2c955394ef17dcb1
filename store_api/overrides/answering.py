"""Answering a request: who answers, through which device, what stands in their way, and what a yes does.

What it must not know: how a request is made, how it is shown, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from store_api import permissions
from store_api.audit import service as audit
from store_api.contract import OverrideRefusal
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.errors import Conflict
from store_api.money import NO_CURRENCY, to_minor, to_money
from store_api.orders import service as orders
from store_api.overrides import previewing, store
from store_api.overrides.entitlement import ROLES, Approver, Request, hindrance
from store_api.overrides.models import OverrideRow
from store_api.overrides.store import DayLimit
from store_api.staff import service as staff
from store_api.stores import service as stores
from store_api.visits import service as visits
from store_api.waivers import service as waivers
from store_api.waivers.service import Limit, WaiverRow
from store_api.work import Work

HOLDS = dt.timedelta(minutes=60)
"""How long an approval stands if it is not used: as a reservation can last, and never past midnight."""
CIRCLE_OF_ACCOUNT = dt.timedelta(days=30)
"""In this, two people do not approve each other's requests for one account; in one store, in a day."""
OWN, SHARED = "own_device", "shared_device"

TookPart = Callable[[Session, str, str], bool]
"""Whether somebody had a visit's sheet on a face of theirs: (session, visit_id, staff_id)."""


@dataclass(frozen=True)
class Answering:
    """Whoever answers: at their own session, or at a colleague's with their own PIN."""

    staff_id: str
    name: str
    role: str
    store_id: str | None
    through: str


def caller_of(work: Work) -> Answering:
    """The caller as one who answers at their own session."""
    caller = work.caller
    is_own = staff.is_on_own_device(work.session, caller.session_id, caller.subject_id)
    name = caller.staff_name or ""
    return Answering(caller.subject_id, name, caller.role, caller.store_id, OWN if is_own else SHARED)


def colleague_of(colleague: staff.Colleague) -> Answering:
    """Somebody who answers at another's session."""
    return Answering(colleague.staff_id, colleague.name, colleague.role, colleague.store_id, SHARED)


def hindrance_of(work: Work, row: OverrideRow, who: Answering, took_part: TookPart) -> OverrideRefusal | None:
    """Why somebody may not answer a request now; None where they may."""
    text = work.settings.permissions
    here = "override.approve_on_shared_device"
    approver = Approver(
        staff_id=who.staff_id,
        role=who.role,
        store_id=who.store_id,
        took_part=_took_part(work, row, who.staff_id, took_part),
        approved=store.approvals(
            work.session, row.store_id, row.account_id, _day_began(work, row), work.now - CIRCLE_OF_ACCOUNT
        ),
        may_approve=permissions.permission(text, "override.approve", who.role) == "allowed",
        may_here=who.through == OWN or permissions.permission(text, here, who.role) == "allowed",
    )
    is_open = row.state == "asked" and work.now < row.expires_at
    return hindrance(Request(row.asked_by, row.store_id, frozenset(row.roles), is_open), approver)


def approve(work: Work, row: OverrideRow, who: Answering) -> OverrideRefusal | None:
    """Give the waiver that was asked for, where it is still what was shown and within the day's limits.

    The code says why not; then nothing was given. Raises Conflict where the visit is over.
    """
    visit = visits.find_joinable(work, row.visit_id)
    named = decisions.find(work.session, row.decision_id)
    order = orders.lock(work.session, row.account_id, row.order_id)
    if visit is None or named is None or order is None or visit.redemption_id is not None:
        raise Conflict("visit.closed")
    if not _is_as_shown(work, row, named):
        return "override.changed"
    step = work.session.begin_nested()
    refused = _count(work, row, who)
    if refused is not None:
        step.rollback()
        return refused
    _give(work, row, who)
    orders.note_waiver(work.session, order)
    again = decisions.decide_again(work, named).row
    if decisions.gist(again).outcome != "eligible":
        step.rollback()
        return "override.changed"
    step.commit()
    row.waived_decision_id, row.waived_terms_code = again.decision_id, again.terms_code
    return None


def close_answer(work: Work, row: OverrideRow, who: Answering, state: str) -> None:
    """Note who answered, how, and where."""
    row.state = state
    row.answered_at, row.answered_by, row.answered_name = work.now, who.staff_id, who.name
    row.answered_role, row.through = ROLES[who.role], who.through
    row.station = work.caller.station
    work.session.flush()


def _is_as_shown(work: Work, row: OverrideRow, named: DecisionRow) -> bool:
    weighed = previewing.weigh(work, named, row.terms, "", row.reason)
    now = previewing.substance(work, named, weighed, row.reason, row.note)
    return weighed.code is None and all(row.shown.get(name) == value for name, value in now.items())


def _count(work: Work, row: OverrideRow, who: Answering) -> OverrideRefusal | None:
    """Count this approval in its store, for its account and for its approver, in this order everywhere."""
    day, amount = _local(work, row).date(), row.amount_minor or 0
    currency = row.currency or NO_CURRENCY
    settings = work.settings
    units = _minor_units(settings.override_amount_of_approver, currency)
    of_store = DayLimit("store", row.store_id, day, NO_CURRENCY)
    of_case = DayLimit("case", row.account_id, day, NO_CURRENCY, settings.overrides_of_case)
    of_approver = DayLimit("approver", who.staff_id, day, NO_CURRENCY, settings.overrides_of_approver)
    of_money = DayLimit("approver", who.staff_id, day, currency, None, units)
    store.count_approval(work.session, of_store, 0)
    if not store.count_approval(work.session, of_case, 0):
        return "override.limit_of_case"
    if not store.count_approval(work.session, of_approver, 0):
        return "override.limit_of_approver"
    if currency != NO_CURRENCY and not store.count_approval(work.session, of_money, amount):
        return "override.limit_of_approver"
    return _circle_by_now(work, row, who)


def _circle_by_now(work: Work, row: OverrideRow, who: Answering) -> OverrideRefusal | None:
    """Look for circles once more under the locks of store and account: two may approve each other at once."""
    since = work.now - CIRCLE_OF_ACCOUNT
    pairs = store.approvals(work.session, row.store_id, row.account_id, _day_began(work, row), since)
    request = Request(row.asked_by, row.store_id, frozenset(row.roles), True)
    approver = Approver(who.staff_id, who.role, who.store_id, False, pairs)
    return hindrance(request, approver)


def _give(work: Work, row: OverrideRow, who: Answering) -> None:
    row.waiver_id, row.waiver_until = work.new_id("wai"), _until(work, row)
    limit = None if row.amount_minor is None else Limit(row.amount_minor, str(row.currency))
    waivers.give(
        work.session,
        WaiverRow(
            account_id=row.account_id,
            waiver_id=row.waiver_id,
            override_id=row.override_id,
            order_id=row.order_id,
            subject_key=row.subject_key,
            version=row.version,
            terms=list(row.terms),
            role=ROLES[who.role],
            reason=row.reason,
            order_digest=row.shown["order"],
            limit_minor=limit.amount_minor if limit else None,
            currency=limit.currency if limit else None,
            given_at=work.now,
            expires_at=row.waiver_until,
        ),
    )


def _took_part(work: Work, row: OverrideRow, staff_id: str, took_part: TookPart) -> bool:
    subjects = (row.visit_id, row.decision_id, row.order_id)
    return took_part(work.session, row.visit_id, staff_id) or audit.has_acted(
        work.session, staff_id, subjects
    )


def _local(work: Work, row: OverrideRow) -> dt.datetime:
    """The moment in the zone of the request's store."""
    return work.now.astimezone(ZoneInfo(stores.read_place(work.session, row.store_id).zone))


def _day_began(work: Work, row: OverrideRow) -> dt.datetime:
    return _local(work, row).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(dt.UTC)


def _until(work: Work, row: OverrideRow) -> dt.datetime:
    local = _local(work, row)
    midnight = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), local.tzinfo)
    return min(work.now + HOLDS, midnight.astimezone(dt.UTC))


def _minor_units(units: int, currency: str) -> int:
    """Whole units of a currency in its minor units."""
    one = to_money(1, currency) if currency != NO_CURRENCY else None
    return units if one is None else to_minor(one.model_copy(update={"amount": one.amount * 0 + units}))
