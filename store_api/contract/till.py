"""The till on the wire: orders that it opens and captures, codes on slips, the day's reconciliation."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from store_api.contract.basis import Identifier, Language, Money, Wire
from store_api.contract.orders import CapturedItem, Order
from store_api.contract.redemptions import RedemptionAnswer


class TillOrderRequest(Wire):
    """What a till has rung up so far, under its own reference.

    With `visit_code` it joins the open visit of that code; else a visit is opened for it.
    """

    till_reference: Identifier
    items: Annotated[tuple[CapturedItem, ...], Field(max_length=50)]
    agreement_months: int | None = Field(default=None, ge=0, le=120)
    visit_code: Annotated[str, StringConstraints(pattern=r"^[0-9]-[0-9]{3}$")] | None = None
    language: Language = "en"


class TillOrder(Wire):
    """An order that a till opened. `order` is null until the visit's person is known; then it has an id."""

    till_reference: Identifier
    visit_id: Identifier
    visit_code: str
    order: Order | None


class OrderVisit(Wire):
    """The visit in which an order is made."""

    visit_id: Identifier
    order_id: Identifier | None
    till_reference: Identifier | None


class AppliedVoucher(Wire):
    """A voucher that was used on an order. `amount` is taken off the order where `comes_off` is true;
    else it is credited on bills."""

    redemption_id: Identifier
    voucher_id: Identifier
    policy: str
    terms_code: str
    amount: Money | None
    comes_off: bool


class CaptureAnswer(RedemptionAnswer):
    """What was applied to a captured order; `code` and `decision` as in RedemptionAnswer.

    Totals are before tax and fees, null for an order without a price or in several currencies. `again` is
    true where the same capture had been made before: nothing was done this time.
    """

    order_id: Identifier
    applied: tuple[AppliedVoucher, ...]
    total_before: Money | None
    total_after: Money | None
    captured_at: dt.datetime | None
    again: bool


class TillCodeRequest(Wire):
    """Ask for the code on the slip of a hold."""

    hold_id: Identifier


class TillCode(Wire):
    """The code for a slip's bar code; the same hold has the same code until the hold is over."""

    code: str
    expires_at: dt.datetime


class TillCodeCheck(Wire):
    """A code as the till has scanned it from a slip."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class SlipVoucher(Wire):
    """What a till needs of a voucher on a slip. `state` is reserved until the order is captured."""

    voucher_id: Identifier
    policy: str
    terms_code: str
    amount: Money | None
    comes_off: bool
    state: Literal["reserved", "used"]


class TillCodeAnswer(Wire):
    """What a slip's code stands for, told once.

    `code` is null, or till_code.wrong_check (scanned wrongly), till_code.unknown, till_code.expired or
    till_code.verified_before, which says when and by which device and tells nothing else.
    """

    code: str | None
    verified_at: dt.datetime | None
    verified_by: str | None
    order: Order | None
    vouchers: tuple[SlipVoucher, ...]
    total_before: Money | None
    total_after: Money | None


DifferenceKind = Literal[
    "verified_not_captured",
    "redeemed_not_captured",
    "captured_not_redeemed",
    "captured_other_amount",
    "redeemed_not_billed",
    "billed_other_amount",
    "billing_rejected",
    "voided_not_reversed",
]


class Difference(Wire):
    """One thing in which the three do not agree; amounts are null where that side has nothing."""

    kind: DifferenceKind
    order_id: Identifier
    redemption_id: Identifier | None
    voucher_id: Identifier | None
    till_reference: Identifier | None
    redeemed: Money | None
    captured: Money | None
    billed: Money | None


class ReconciledAmount(Wire):
    """One currency's sums of a day. Captured is what tills said that they took off."""

    currency: str
    redemptions: int
    redeemed: Money
    captures: int
    captured: Money
    postings: int
    billed: Money


class Reconciliation(Wire):
    """A store's day, in its own time zone: sums, and every difference.

    `billing` is false where credits are not posted to billing; nothing is then missing there.
    """

    store_id: Identifier
    day: dt.date
    zone: str
    billing: bool
    amounts: tuple[ReconciledAmount, ...]
    differences: tuple[Difference, ...]


class Reconciliations(Wire):
    """The day of every store that the caller sees, by identifier."""

    day: dt.date
    stores: tuple[Reconciliation, ...]
