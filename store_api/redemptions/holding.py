"""Holds: reserving what a decision granted for minutes, extending that, giving it back.

What it is for: a hold names a decision, which is made again in the same transaction; where the answer differs
nothing is reserved and the new answer is given back. A hold ends by itself, and is never extended beyond an
hour after it began, so that it never blocks a voucher for longer.
What it must not know: how a decision is made, how a voucher is locked, visits, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store_api.campaigns import service as campaigns
from store_api.contract import Hold, HoldAnswer
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.errors import Conflict
from store_api.money import to_money
from store_api.redemptions import store
from store_api.redemptions.consuming import (
    CHANGED,
    Actor,
    applied,
    consumable,
    grant_of,
    record,
    refusal_of,
)
from store_api.redemptions.models import HoldRow
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import HoldClaim, VoucherKey
from store_api.work import Work

LONGEST_HOLD = dt.timedelta(hours=1)
"""After this a hold cannot be extended any more, counted from its beginning."""


@dataclass(frozen=True)
class Held:
    """The outcome of asking for a hold, with the decision that now stands for the visit."""

    hold: HoldRow | None
    code: str | None
    decision: DecisionRow


def hold(work: Work, named: DecisionRow, actor: Actor) -> Held:
    """Reserve what a decision granted. Asked again for the same order, it gives the same hold.

    Raises Conflict for a decision without a voucher or an order, or where nothing is left to pay.
    """
    key, order_id = consumable(work, named)
    again = decisions.decide_again(work, named)
    refusal = refusal_of(again)
    if refusal is not None:
        return Held(None, refusal, again.row)
    standing = standing_hold(work, named, order_id)
    if standing is not None:
        return Held(standing, None, again.shown)
    _check_something_to_pay(again.shown)
    claim = _claim(work, order_id, actor)
    taken = vouchers.hold(work.session, key, claim, work.now)
    if taken is None:
        return _lost(work, named, again.shown, order_id)
    wanted = grant_of(again.shown, key, actor, taken.campaign_id, claim.until)
    code = campaigns.grant(work.session, wanted, work.now)
    if code is not None:
        vouchers.release(work.session, key, claim.hold_id)
        lost = decisions.decide_again(work, named)
        return Held(None, refusal_of(lost) or code, lost.row)
    return Held(_record(work, again.shown, key, claim), None, again.shown)


def release(work: Work, hold: HoldRow) -> None:
    """Give a hold back; one that ended before stays as it ended."""
    if hold.ended_at is not None:
        return
    session = work.session
    vouchers.release(session, VoucherKey(hold.voucher_account_id, hold.voucher_id), hold.hold_id)
    campaigns.give_back(session, _own_grant(work, hold), work.now)
    hold.ended_at, hold.ended_as = work.now, "released"
    record(work, "voucher.released", hold.voucher_id, {"hold": hold.hold_id, "order": hold.order_id})


def renew_or_release(work: Work, named: DecisionRow, now: DecisionRow) -> None:
    """Let the hold of a voucher that was refused stand for the answer that its customer is shown now.

    Where that answer takes nothing there is nothing to reserve: the hold is released.
    """
    held = standing_hold(work, named, str(named.order_id))
    if held is None:
        return
    if not takes_something(now):
        release(work, held)
        return
    held.amount_minor, held.currency = applied(now)
    held.decision_id = now.decision_id
    work.session.flush()


def named_by_holds(work: Work, named: DecisionRow) -> DecisionRow:
    """The decision by which an order is settled: the named one, if it takes something from a voucher.

    Else the decision of what is reserved for the order last, if anything is: what somebody asked besides,
    and was refused, does not stand in the way of what is reserved.
    """
    if named.order_id is None or (named.voucher_id is not None and takes_something(named)):
        return named
    held = holds_of_order(work, named.account_id, named.order_id)
    found = decisions.find(work.session, held[-1].decision_id) if held else None
    return named if found is None else found


def takes_something(shown: DecisionRow) -> bool:
    """Whether a decision is a yes that takes something: money, or a benefit without an amount."""
    amount, _ = applied(shown)
    return decisions.gist(shown).outcome == "eligible" and amount != 0


def extend(work: Work, hold: HoldRow) -> None:
    """Let the holds of an order last as long again as a new one would, within an hour of their beginning.

    Raises Conflict where the hold stands no longer.
    """
    if not is_live(hold, work.now):
        raise Conflict("hold.over")
    for each in holds_of_order(work, hold.account_id, hold.order_id):
        until = min(work.now + _minutes(work), longest_until(each))
        if until <= each.expires_at:
            continue
        key = VoucherKey(each.voucher_account_id, each.voucher_id)
        if vouchers.extend(work.session, key, each.hold_id, until, work.now):
            each.expires_at = until
            own = _own_grant(work, each)
            if own is not None:
                own.until = until
            work.session.flush()
            record(work, "hold.extended", each.voucher_id, _told_of(each))


def _told_of(hold: HoldRow) -> dict[str, str | int | None]:
    until = hold.expires_at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"hold": hold.hold_id, "order": hold.order_id, "until": until}


def find_hold(session: Session, hold_id: str) -> HoldRow | None:
    """A hold by its identifier."""
    return store.find_hold(session, hold_id)


def holds_of_order(work: Work, account_id: str, order_id: str) -> Sequence[HoldRow]:
    """The holds that stand on an order now, oldest first."""
    rows = store.find_holds_of_order(work.session, account_id, order_id)
    return [row for row in rows if is_live(row, work.now)]


def standing_hold(work: Work, named: DecisionRow, order_id: str) -> HoldRow | None:
    """The hold of a decision's voucher that stands on its order."""
    found = store.find_hold_of_order(work.session, named.account_id, order_id, named.voucher_id or "")
    return found if found is not None and is_live(found, work.now) else None


def is_live(hold: HoldRow, now: dt.datetime) -> bool:
    """Whether a hold stands: nobody ended it and its minutes are not over."""
    return hold.ended_at is None and now < hold.expires_at


def longest_until(hold: HoldRow) -> dt.datetime:
    """The moment beyond which a hold cannot be extended."""
    return max(hold.held_at + LONGEST_HOLD, hold.expires_at)


def show_hold(hold: HoldRow, now: dt.datetime) -> Hold:
    """The hold as the wire has it; its state is derived from the moment."""
    state = hold.ended_as or ("held" if now < hold.expires_at else "expired")
    return Hold(
        hold_id=hold.hold_id,
        voucher_id=hold.voucher_id,
        order_id=hold.order_id,
        amount=to_money(hold.amount_minor, hold.currency),
        held_by=hold.held_by,
        expires_at=hold.expires_at,
        longest_until=longest_until(hold),
        state=state,  # type: ignore[arg-type]  # the model checks it
    )


def show_held(held: Held, now: dt.datetime) -> HoldAnswer:
    """The outcome of a hold as the wire has it."""
    shown = None if held.hold is None else show_hold(held.hold, now)
    return HoldAnswer(hold=shown, code=held.code, decision=decisions.show(held.decision))


def _check_something_to_pay(shown: DecisionRow) -> None:
    """A credit that other vouchers leave nothing to pay for would be reserved for nothing."""
    benefit = decisions.show(shown).benefit
    if benefit is not None and benefit.applied is not None and not benefit.applied.amount:
        raise Conflict("order.without_price")


def _lost(work: Work, named: DecisionRow, shown: DecisionRow, order_id: str) -> Held:
    """A rival took the voucher between the decision and the lock.

    Where it was another request of the same order, its hold is this one's too; else what stands now is
    decided and said.
    """
    standing = standing_hold(work, named, order_id)
    if standing is not None:
        return Held(standing, None, shown)
    lost = decisions.decide_again(work, named)
    return Held(None, refusal_of(lost) or CHANGED, lost.row)


def _minutes(work: Work) -> dt.timedelta:
    return dt.timedelta(minutes=work.settings.hold_minutes)


def _claim(work: Work, order_id: str, actor: Actor) -> HoldClaim:
    return HoldClaim(
        hold_id=work.new_id("hol"),
        order_id=order_id,
        store_id=actor.store_id,
        held_by=f"{actor.store_name} ({actor.who})",
        until=work.now + _minutes(work),
    )


def _own_grant(work: Work, hold: HoldRow) -> vouchers.GrantRow | None:
    found = vouchers.grants.of_voucher(work.session, hold.account_id, hold.order_id, hold.voucher_id)
    return found if found is not None and found.until is not None else None


def _record(work: Work, shown: DecisionRow, key: VoucherKey, claim: HoldClaim) -> HoldRow:
    amount, currency = applied(shown)
    row = HoldRow(
        account_id=shown.account_id,
        hold_id=claim.hold_id,
        voucher_account_id=key.account_id,
        voucher_id=key.voucher_id,
        order_id=claim.order_id,
        visit_id=shown.visit_id,
        store_id=claim.store_id,
        decision_id=shown.decision_id,
        amount_minor=amount,
        currency=currency,
        held_by=claim.held_by,
        held_at=work.now,
        expires_at=claim.until,
    )
    work.session.add(row)
    work.session.flush()
    details = {"hold": row.hold_id, "order": row.order_id, "terms_code": shown.terms_code}
    record(work, "voucher.held", row.voucher_id, details)
    return row
