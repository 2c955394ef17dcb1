"""Redemptions: using what decisions granted on an order, once, and recording it.

What it is for: a redemption names a decision, which is made again in the same transaction. Where several
vouchers are reserved for the order all of them are used, or none.
What it must not know: how a decision is made, how a voucher is locked, visits, Flask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from store_api.campaigns import service as campaigns
from store_api.contract import Redemption, RedemptionAnswer
from store_api.decisions import service as decisions
from store_api.decisions.service import DecidedAgain, DecisionRow
from store_api.errors import Conflict
from store_api.keys import KeyRing
from store_api.money import to_minor, to_money
from store_api.ready_json import ReadyJson, with_stored
from store_api.receipt_proofs import sign_receipt
from store_api.redemptions import store
from store_api.redemptions.consuming import (
    CHANGED,
    Actor,
    applied,
    consumable,
    grant_of,
    is_part,
    record,
    refusal_of,
)
from store_api.redemptions.holding import holds_of_order, is_live, renew_or_release
from store_api.redemptions.models import HoldRow, RedemptionRow
from store_api.rows import add_plain_row
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import HoldClaim, TakenUse, UseClaim, VoucherKey
from store_api.waivers import service as waivers
from store_api.work import Work


@dataclass(frozen=True)
class Redeemed:
    """The outcome of a redemption, with the decision that now stands for the visit.

    `also` are the redemptions of the other vouchers that were reserved for the order. `was_held` says that
    what was used had been reserved, and the reservation stood.
    """

    redemption: RedemptionRow | None
    code: str | None
    decision: DecisionRow
    also: tuple[RedemptionRow, ...] = ()
    was_held: bool = False


def redeem(work: Work, named: DecisionRow, actor: Actor) -> Redeemed:
    """Use what a decision granted, on its order, whether it was reserved before or not.

    An upgrade by right has no voucher: it is decided again, and nothing is consumed. Raises Conflict for
    a decision without an order, or a credit on an order without a price.
    """
    if named.voucher_id is None:
        again = decisions.decide_again(work, named)
        refused = refusal_of(again)
        if refused is None:
            _end_waiver(work, again.shown)
        return Redeemed(None, refused, again.shown)
    key, order_id = consumable(work, named)
    again = decisions.decide_again(work, named)
    refusal = refusal_of(again)
    if refusal is not None:
        return Redeemed(None, refusal, again.row)
    _check_priced(again.shown)
    return _use(work, named, again, key, _claim(work, again.shown, order_id, actor), actor)


def redeem_order(work: Work, named: DecisionRow, actor: Actor) -> Redeemed:
    """Use what a decision granted together with every other voucher that is reserved for its order.

    All are used, or none: where one of them is refused, its code and its decision are given back, and its
    hold stands for the new answer or, where that takes nothing, is released.
    """
    others = _other_holds(work, named)
    if not others:
        alone = redeem(work, named, actor)
        if alone.redemption is None and alone.code is not None:
            renew_or_release(work, named, alone.decision)
        return alone
    consumable(work, named)
    rows = [named, *(_decision_of(work, hold) for hold in others)]
    step = work.session.begin_nested()
    used: dict[str, Redeemed] = {}
    for row in sorted(rows, key=lambda each: str(each.voucher_id)):
        used[row.decision_id] = redeemed = redeem(work, row, actor)
        if redeemed.redemption is None:
            step.rollback()
            now = decisions.decide_again(work, row).row
            renew_or_release(work, row, now)
            return replace(redeemed, decision=now)
    step.commit()
    also = tuple(each.redemption for row, each in _but(used, named) if each.redemption is not None)
    return replace(used[named.decision_id], also=also)


def find_redemption(session: Session, redemption_id: str) -> RedemptionRow | None:
    """A redemption by its identifier."""
    return store.find_redemption(session, redemption_id)


def show_redemption(row: RedemptionRow, keys: KeyRing) -> Redemption:
    """The redemption as the wire has it, with its receipt's line signed by the newest of `keys`."""
    amount = to_money(row.amount_minor, row.currency)
    return Redemption(
        redemption_id=row.redemption_id,
        voucher_id=row.voucher_id,
        decision_id=row.decision_id,
        terms_code=row.terms_code,
        order_id=row.order_id,
        use_number=row.use_number,
        amount=amount,
        balance=to_money(row.balance_minor, row.currency),
        redeemed_at=row.redeemed_at,
        store_name=row.store_name,
        confirmed_by=row.confirmed_by,
        proof=sign_receipt(
            keys,
            row.redemption_id,
            row.terms_code,
            None if amount is None else amount.amount,
            None if amount is None else amount.currency,
            row.redeemed_at,
            row.use_number,
        ),
        voided_at=row.voided_at,
        void_reason=row.void_reason,  # type: ignore[arg-type]  # the model checks it
        void_became=row.void_became,  # type: ignore[arg-type]  # the model checks it
    )


def show_redeemed(redeemed: Redeemed, keys: KeyRing) -> ReadyJson:
    """The outcome of a redemption as the wire has it."""
    stored, fields = parts_of_redeemed(redeemed, keys)
    return with_stored(RedemptionAnswer, stored, **fields)


def parts_of_redeemed(redeemed: Redeemed, keys: KeyRing) -> tuple[dict[str, str], dict[str, Any]]:
    """The same in its parts: those that go out as they were stored, and those that are written now."""
    shown = None if redeemed.redemption is None else show_redemption(redeemed.redemption, keys)
    also = tuple(show_redemption(each, keys) for each in redeemed.also)
    return {"decision": redeemed.decision.wire}, {"redemption": shown, "code": redeemed.code, "also": also}


def _use(
    work: Work, named: DecisionRow, again: DecidedAgain, key: VoucherKey, claim: UseClaim, actor: Actor
) -> Redeemed:
    """Consume under the voucher's lock: the voucher first, then what its campaign gives."""
    found = store.find_hold_of_order(work.session, named.account_id, claim.order_id, key.voucher_id)
    held = found if found is not None and is_live(found, work.now) else None
    taken = vouchers.take(work.session, key, claim, work.now)
    code = CHANGED
    if taken is not None:
        wanted = grant_of(again.shown, key, actor, taken.campaign_id, None)
        refused = campaigns.grant(work.session, wanted, work.now)
        if refused is None:
            use = vouchers.record_use(work.session, key, claim, taken, work.now)
            if found is not None:
                found.ended_at, found.ended_as = work.now, "redeemed"
            recorded = _record(work, again, key, claim, use, actor)
            _end_waiver(work, again.shown)
            return Redeemed(recorded, None, again.shown, was_held=held is not None)
        code = refused
    if held is not None:
        vouchers.put_hold_back(work.session, key, _claim_of(held))
    lost = decisions.decide_again(work, named)
    return Redeemed(None, refusal_of(lost) or code, lost.row)


def _end_waiver(work: Work, shown: DecisionRow) -> None:
    """An exception is for one use: with it, it is over."""
    waiver = shown.presented.get("waiver")
    if waiver is not None:
        waivers.end_used(work.session, shown.account_id, waiver["waiver_id"], work.now)


def _other_holds(work: Work, named: DecisionRow) -> list[HoldRow]:
    if named.order_id is None:
        return []
    held = holds_of_order(work, named.account_id, named.order_id)
    return [hold for hold in held if hold.voucher_id != named.voucher_id]


def _decision_of(work: Work, hold: HoldRow) -> DecisionRow:
    found = decisions.find(work.session, hold.decision_id)
    if found is None:
        raise LookupError(f"{hold.hold_id} names a decision that is not there")
    return found


def _but(used: dict[str, Redeemed], named: DecisionRow) -> list[tuple[str, Redeemed]]:
    return [(name, each) for name, each in used.items() if name != named.decision_id]


def _check_priced(shown: DecisionRow) -> None:
    """An instant credit comes off a price; with nothing bought it would be spent on nothing."""
    benefit = decisions.gist(shown).benefit
    if benefit is None or benefit.kind != "instant_credit":
        return
    if benefit.applied is None or not benefit.applied.amount:
        raise Conflict("order.without_price")


def _claim(work: Work, shown: DecisionRow, order_id: str, actor: Actor) -> UseClaim:
    amount, _ = applied(shown)
    benefit = decisions.gist(shown).benefit
    kept = to_minor(benefit.kept) if benefit is not None and benefit.kept is not None else 0
    return UseClaim(
        redemption_id=work.new_id("red"),
        order_id=order_id,
        store_id=actor.store_id,
        store_name=actor.store_name,
        amount_minor=amount,
        kept_minor=kept,
        is_part=is_part(shown),
    )


def _claim_of(hold: HoldRow) -> HoldClaim:
    return HoldClaim(hold.hold_id, hold.order_id, hold.store_id, hold.held_by, hold.expires_at)


def _record(
    work: Work, again: DecidedAgain, key: VoucherKey, claim: UseClaim, taken: TakenUse, actor: Actor
) -> RedemptionRow:
    shown = again.shown
    amount, currency = applied(shown)
    row = add_plain_row(
        work.session,
        RedemptionRow,
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
    record(work, "voucher.redeemed", key.voucher_id, _told(row))
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
