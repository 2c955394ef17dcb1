"""Holds and redemptions: deciding again, consuming under the voucher's lock, and recording it.

What it is for: the two moments at which something is consumed. Both name a decision and make it again in
the same transaction; where the answer differs, nothing is consumed and the new answer is given back.
What it must not know: how a decision is made, how a voucher is locked, visits, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.contract import Hold, HoldAnswer, Money, Redemption, RedemptionAnswer
from store_api.decisions import service as decisions
from store_api.decisions.service import DecidedAgain, DecisionRow
from store_api.errors import Conflict
from store_api.money import to_minor, to_money
from store_api.redemptions import listing, store
from store_api.redemptions.models import HoldRow, RedemptionRow
from store_api.stores import service as stores
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import HoldClaim, TakenUse, UseClaim, VoucherKey
from store_api.work import Work

__all__ = [
    "Actor", "Held", "HoldRow", "Redeemed", "RedemptionRow", "actor_of", "find_hold", "find_redemption",
    "hold", "is_live", "listing", "redeem", "release", "show_held", "show_hold", "show_redeemed",
    "show_redemption",
]  # fmt: skip

CHANGED = "terms.changed"
NOT_ELIGIBLE = "decision.not_eligible"


@dataclass(frozen=True)
class Actor:
    """Who holds or uses, by name or station, and in which store."""

    who: str
    store_id: str
    store_name: str


@dataclass(frozen=True)
class Held:
    """The outcome of asking for a hold, with the decision that now stands for the visit."""

    hold: HoldRow | None
    code: str | None
    decision: DecisionRow


@dataclass(frozen=True)
class Redeemed:
    """The outcome of a redemption, with the decision that now stands for the visit."""

    redemption: RedemptionRow | None
    code: str | None
    decision: DecisionRow


def actor_of(work: Work) -> Actor:
    """The caller as the one who holds or uses: a member of staff by name, else the station."""
    place = stores.read_place(work.session, work.caller.store_id)
    who = work.caller.staff_name or work.caller.station or work.caller.role
    return Actor(who, place.store_id, place.name)


def hold(work: Work, named: DecisionRow, actor: Actor) -> Held:
    """Reserve what a decision granted. Asked again for the same order, it gives the same hold.

    Raises Conflict for a decision without a voucher or an order: there is nothing to reserve.
    """
    key, order_id = _consumable(named)
    again = decisions.decide_again(work, named)
    refusal = _refusal(again)
    if refusal is not None:
        return Held(None, refusal, again.row)
    standing = _standing_hold(work, named, order_id)
    if standing is not None:
        return Held(standing, None, again.shown)
    claim = _hold_claim(work, order_id, actor)
    if not vouchers.hold(work.session, key, claim, work.now):
        return _lost_hold(work, named, again.shown, order_id)
    return Held(_record_hold(work, again.shown, key, claim), None, again.shown)


def redeem(work: Work, named: DecisionRow, actor: Actor) -> Redeemed:
    """Use what a decision granted, on its order, whether it was reserved before or not.

    An upgrade by right has no voucher: it is decided again, and nothing is consumed. Raises Conflict for
    a decision without an order, or a credit on an order without a price.
    """
    if named.voucher_id is None:
        return _without_voucher(work, named)
    key, order_id = _consumable(named)
    again = decisions.decide_again(work, named)
    refusal = _refusal(again)
    if refusal is not None:
        return Redeemed(None, refusal, again.row)
    _check_priced(again.shown)
    claim = _use_claim(work, again.shown, order_id, actor)
    taken = vouchers.use(work.session, key, claim, work.now)
    if taken is None:
        lost = decisions.decide_again(work, named)
        return Redeemed(None, _refusal(lost) or CHANGED, lost.row)
    _end_hold(work, named, order_id)
    return Redeemed(_record_redemption(work, again, key, claim, taken, actor), None, again.shown)


def release(work: Work, hold: HoldRow) -> None:
    """Give a hold back; one that ended before stays as it ended."""
    if hold.ended_at is not None:
        return
    vouchers.release(work.session, VoucherKey(hold.voucher_account_id, hold.voucher_id), hold.hold_id)
    hold.ended_at, hold.ended_as = work.now, "released"
    _log(work, "voucher.released", hold.voucher_id, {"hold": hold.hold_id, "order": hold.order_id})


def find_hold(session: Session, hold_id: str) -> HoldRow | None:
    """A hold by its identifier."""
    return store.find_hold(session, hold_id)


def find_redemption(session: Session, redemption_id: str) -> RedemptionRow | None:
    """A redemption by its identifier."""
    return store.find_redemption(session, redemption_id)


def is_live(hold: HoldRow, now: dt.datetime) -> bool:
    """Whether a hold stands: nobody ended it and its minutes are not over."""
    return hold.ended_at is None and now < hold.expires_at


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
        state=state,  # type: ignore[arg-type]  # the model checks it
    )


def show_redemption(row: RedemptionRow) -> Redemption:
    """The redemption as the wire has it."""
    return Redemption(
        redemption_id=row.redemption_id,
        voucher_id=row.voucher_id,
        decision_id=row.decision_id,
        terms_code=row.terms_code,
        order_id=row.order_id,
        use_number=row.use_number,
        amount=to_money(row.amount_minor, row.currency),
        balance=to_money(row.balance_minor, row.currency),
        redeemed_at=row.redeemed_at,
        store_name=row.store_name,
        confirmed_by=row.confirmed_by,
    )


def show_held(held: Held, now: dt.datetime) -> HoldAnswer:
    """The outcome of a hold as the wire has it."""
    shown = None if held.hold is None else show_hold(held.hold, now)
    return HoldAnswer(hold=shown, code=held.code, decision=decisions.show(held.decision))


def show_redeemed(redeemed: Redeemed) -> RedemptionAnswer:
    """The outcome of a redemption as the wire has it."""
    shown = None if redeemed.redemption is None else show_redemption(redeemed.redemption)
    return RedemptionAnswer(redemption=shown, code=redeemed.code, decision=decisions.show(redeemed.decision))


def _consumable(named: DecisionRow) -> tuple[VoucherKey, str]:
    """The voucher and the order that a decision is about."""
    if named.voucher_id is None or named.voucher_account_id is None or named.order_id is None:
        raise Conflict("decision.nothing_to_use")
    return VoucherKey(named.voucher_account_id, named.voucher_id), named.order_id


def _without_voucher(work: Work, named: DecisionRow) -> Redeemed:
    again = decisions.decide_again(work, named)
    return Redeemed(None, _refusal(again), again.shown)


def _check_priced(shown: DecisionRow) -> None:
    """An instant credit comes off a price; with nothing bought it would be spent on nothing."""
    benefit = decisions.show(shown).benefit
    if benefit is None or benefit.kind != "instant_credit":
        return
    if benefit.applied is None or not benefit.applied.amount:
        raise Conflict("order.without_price")


def _refusal(again: DecidedAgain) -> str | None:
    """Why nothing may be consumed, or None.

    What befell the voucher itself (used, held, void, …) says more than that the terms changed.
    """
    shown = decisions.show(again.row)
    of_voucher = next((code for code in shown.codes if code.startswith("voucher.")), None)
    if of_voucher is not None:
        return of_voucher
    if not again.is_same:
        return CHANGED
    return None if shown.outcome == "eligible" else next(iter(shown.codes), NOT_ELIGIBLE)


def _standing_hold(work: Work, named: DecisionRow, order_id: str) -> HoldRow | None:
    found = store.find_hold_of_order(work.session, named.account_id, order_id, named.voucher_id or "")
    return found if found is not None and is_live(found, work.now) else None


def _lost_hold(work: Work, named: DecisionRow, shown: DecisionRow, order_id: str) -> Held:
    """A rival took the voucher between the decision and the lock.

    Where it was another request of the same order, its hold is this one's too; else what stands now is
    decided and said.
    """
    standing = _standing_hold(work, named, order_id)
    if standing is not None:
        return Held(standing, None, shown)
    lost = decisions.decide_again(work, named)
    return Held(None, _refusal(lost) or CHANGED, lost.row)


def _hold_claim(work: Work, order_id: str, actor: Actor) -> HoldClaim:
    return HoldClaim(
        hold_id=work.new_id("hol"),
        order_id=order_id,
        store_id=actor.store_id,
        held_by=f"{actor.store_name} ({actor.who})",
        until=work.now + dt.timedelta(minutes=work.settings.hold_minutes),
    )


def _use_claim(work: Work, shown: DecisionRow, order_id: str, actor: Actor) -> UseClaim:
    applied, _ = _applied(shown)
    benefit = decisions.show(shown).benefit
    kept = to_minor(benefit.kept) if benefit is not None and benefit.kept is not None else 0
    return UseClaim(
        redemption_id=work.new_id("red"),
        order_id=order_id,
        store_id=actor.store_id,
        store_name=actor.store_name,
        amount_minor=applied,
        kept_minor=kept,
    )


def _applied(shown: DecisionRow) -> tuple[int | None, str | None]:
    """What a yes takes from the voucher: what is applied to the order, or else the whole amount."""
    benefit = decisions.show(shown).benefit
    amount: Money | None = None if benefit is None else benefit.applied or benefit.amount
    return (None, None) if amount is None else (to_minor(amount), amount.currency)


def _record_hold(work: Work, shown: DecisionRow, key: VoucherKey, claim: HoldClaim) -> HoldRow:
    amount, currency = _applied(shown)
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
    _log(work, "voucher.held", row.voucher_id, details)
    return row


def _end_hold(work: Work, named: DecisionRow, order_id: str) -> None:
    found = store.find_hold_of_order(work.session, named.account_id, order_id, named.voucher_id or "")
    if found is not None:
        found.ended_at, found.ended_as = work.now, "redeemed"


def _record_redemption(
    work: Work, again: DecidedAgain, key: VoucherKey, claim: UseClaim, taken: TakenUse, actor: Actor
) -> RedemptionRow:
    shown = again.shown
    amount, currency = _applied(shown)
    row = RedemptionRow(
        account_id=shown.account_id,
        redemption_id=claim.redemption_id,
        voucher_account_id=key.account_id,
        voucher_id=key.voucher_id,
        use_number=taken.use_number,
        decision_id=shown.decision_id,
        decided_again_id=None if again.row is shown else again.row.decision_id,
        terms_code=shown.terms_code,
        order_id=claim.order_id,
        visit_id=shown.visit_id,
        store_id=actor.store_id,
        store_name=actor.store_name,
        amount_minor=amount,
        balance_minor=taken.balance_minor,
        currency=currency,
        confirmed_by=actor.who,
        redeemed_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _log(work, "voucher.redeemed", key.voucher_id, _told(row))
    return row


def _told(row: RedemptionRow) -> dict[str, str | int | None]:
    return {
        "redemption": row.redemption_id,
        "order": row.order_id,
        "terms_code": row.terms_code,
        "use_number": row.use_number,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
    }


def _log(work: Work, action: str, subject: str, details: Mapping[str, str | int | None]) -> None:
    audit.record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=subject,
        now=work.now,
        details=details,
    )
