"""What holding and using have in common: who does it, what is wanted, and why it is refused.

What it must not know: how a decision is made, how a voucher is locked, visits, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from store_api.audit import service as audit
from store_api.decisions import service as decisions
from store_api.decisions.service import DecidedAgain, DecisionRow
from store_api.errors import Conflict
from store_api.money import NO_CURRENCY, to_minor
from store_api.orders import service as orders
from store_api.stores import service as stores
from store_api.vouchers.service import Grant, VoucherKey
from store_api.work import Work

CHANGED = decisions.CHANGED


@dataclass(frozen=True)
class Actor:
    """Who holds or uses, by name or station, and in which store."""

    who: str
    store_id: str
    store_name: str


def actor_of(work: Work) -> Actor:
    """The caller as the one who holds or uses: a member of staff by name, else the station."""
    place = stores.read_place(work.session, work.caller.store_id)
    who = work.caller.staff_name or work.caller.station or work.caller.role
    return Actor(who, place.store_id, place.name)


def consumable(work: Work, named: DecisionRow) -> tuple[VoucherKey, str]:
    """The voucher and the order that a decision is about; the order is locked from here on.

    So two requests of one order never reckon with a price that the other is taking from. Raises Conflict for
    a decision without either: there is nothing to use.
    """
    if named.voucher_id is None or named.voucher_account_id is None or named.order_id is None:
        raise Conflict("decision.nothing_to_use")
    orders.lock(work.session, named.account_id, named.order_id)
    return VoucherKey(named.voucher_account_id, named.voucher_id), named.order_id


def refusal_of(again: DecidedAgain) -> str | None:
    """Why nothing may be consumed, or None."""
    return decisions.why_not(decisions.gist(again.row), again.is_same)


def applied(shown: DecisionRow) -> tuple[int | None, str | None]:
    """What a yes takes from the voucher: what is applied to the order, or else the whole amount."""
    amount = decisions.gist(shown).amount
    return (None, None) if amount is None else (to_minor(amount), amount.currency)


def is_part(shown: DecisionRow) -> bool:
    """Whether the customer chose to use less than could be used."""
    benefit = decisions.gist(shown).benefit
    if benefit is None or benefit.most is None or benefit.applied is None:
        return False
    return benefit.applied.amount < benefit.most.amount


def grant_of(
    shown: DecisionRow, key: VoucherKey, actor: Actor, campaign_id: str | None, until: dt.datetime | None
) -> Grant:
    """What a decision takes of its order, until a moment or for good."""
    amount, currency = applied(shown)
    return Grant(
        key=key,
        account_id=shown.account_id,
        order_id=str(shown.order_id),
        line_id=shown.line_id,
        person_id=shown.person_id,
        store_id=actor.store_id,
        campaign_id=campaign_id,
        policy=shown.policy,
        version=shown.version or 0,
        granted_on=shown.on,
        amount_minor=amount or 0,
        currency=currency or NO_CURRENCY,
        until=until,
    )


def record(work: Work, action: str, subject: str, details: Mapping[str, str | int | None]) -> None:
    """Write an entry about a voucher."""
    audit.record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=subject,
        now=work.now,
        details=details,
    )
