"""Holds and redemptions on the wire."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from store_api.contract.basis import Identifier, Money, Wire, Words
from store_api.contract.decisions import Decision


class Hold(Wire):
    """A voucher reserved for minutes on one order; it can be extended, but not beyond `longest_until`."""

    hold_id: Identifier
    voucher_id: Identifier
    order_id: Identifier
    amount: Money | None
    held_by: str
    expires_at: dt.datetime
    longest_until: dt.datetime
    state: Literal["held", "released", "redeemed", "expired"]


class HoldRequest(Wire):
    """Reserve what a decision granted; the decision is made again in the same transaction."""

    decision_id: Identifier


class HoldAnswer(Wire):
    """A hold, or the new decision that says why there is none.

    `code` is null for a hold, terms.changed where the answer is no longer the one that was shown, or a
    code for "no". Nothing is consumed unless `hold` is there.
    """

    hold: Hold | None
    code: str | None
    decision: Decision


class CombinationHoldRequest(Wire):
    """Reserve the best combination of the person's vouchers for what is being bought in a visit."""

    visit_id: Identifier


class CombinationHoldAnswer(Wire):
    """What was reserved: everything that was proposed, or nothing.

    Nothing was reserved where `code` is there; `decision` then says why in words, null where there was
    nothing to reserve.
    """

    holds: tuple[Hold, ...]
    code: str | None
    decision: Decision | None


class CombinedVoucher(Wire):
    """A voucher of a combination, and what it takes."""

    voucher_id: Identifier
    title: Words
    takes: Money


class LeftOutVoucher(Wire):
    """A voucher that could be used alone, why it is left out, and the vouchers that keep it out."""

    voucher_id: Identifier
    title: Words
    why: Literal["excluded", "not_needed", "not_weighed"]
    by: tuple[Words, ...]


class Combination(Wire):
    """The best combination of a person's vouchers for an order, in the sequence of taking, and its reason.

    Empty where no voucher can be used on the order as it stands, or what is bought was not said yet.
    """

    vouchers: tuple[CombinedVoucher, ...]
    saved: Money | None
    left_out: tuple[LeftOutVoucher, ...]
    reason: Words


VoidReason = Literal["order_returned", "order_cancelled", "wrong_voucher", "rung_up_twice", "other"]


class VoidRequest(Wire):
    """Undo a redemption, and why."""

    reason: VoidReason


class Redemption(Wire):
    """One use of a voucher. One that was undone says when, why, and what became of the voucher."""

    redemption_id: Identifier
    voucher_id: Identifier
    decision_id: Identifier
    terms_code: str
    order_id: Identifier
    use_number: int
    amount: Money | None
    balance: Money | None
    redeemed_at: dt.datetime
    store_name: str
    confirmed_by: str
    voided_at: dt.datetime | None = None
    void_reason: VoidReason | None = None
    void_became: Literal["restored", "forfeited"] | None = None


class RedemptionRequest(Wire):
    """Use what a decision granted on its order; `hold_id` where it was reserved."""

    decision_id: Identifier
    hold_id: Identifier | None = None


class RedemptionAnswer(Wire):
    """A redemption, or the new decision that says why there is none; `code` as in HoldAnswer.

    `also` are those of the other vouchers that were reserved for the same order: all are used, or none.
    """

    redemption: Redemption | None
    code: str | None
    decision: Decision
    also: tuple[Redemption, ...] = ()
