"""Holds and redemptions on the wire."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from store_api.contract.basis import Identifier, Money, Wire
from store_api.contract.decisions import Decision


class Hold(Wire):
    """A voucher reserved for minutes on one order."""

    hold_id: Identifier
    voucher_id: Identifier
    order_id: Identifier
    amount: Money | None
    held_by: str
    expires_at: dt.datetime
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


class Redemption(Wire):
    """One use of a voucher. `proof` is the signed line that its receipt carries as a QR code."""

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
    proof: str = ""


class RedemptionRequest(Wire):
    """Use what a decision granted on its order; `hold_id` where it was reserved."""

    decision_id: Identifier
    hold_id: Identifier | None = None


class RedemptionAnswer(Wire):
    """A redemption, or the new decision that says why there is none; `code` as in HoldAnswer."""

    redemption: Redemption | None
    code: str | None
    decision: Decision
