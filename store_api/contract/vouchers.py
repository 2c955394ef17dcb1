"""Vouchers on the wire: as their person sees them, and as the carrier's own systems and managers do."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from store_api.contract.basis import Identifier, Money, ShortText, Wire, Words

VoucherState = Literal["usable", "held", "used", "expired", "void", "not_yet_valid"]
VoucherVoidReason = Literal["issued_in_error", "lost_or_stolen", "misused", "asked_by_customer", "other"]


class VoucherSummary(Wire):
    """A voucher as a person who passed the identity check may see it. `state` is derived.

    `ends_on` is its last day. `balance` is what is left of a money voucher.
    """

    voucher_id: Identifier
    policy: str
    title: Words
    belongs_to: Literal["account", "line", "bearer"]
    state: VoucherState
    code_last_four: str
    issued_on: dt.date
    ends_on: dt.date | None
    amount: Money | None
    balance: Money | None
    used_at: dt.datetime | None = None
    used_at_store: str | None = None


class VoucherSymbolRequest(Wire):
    """Codes of vouchers, of thirteen characters, of which somebody prints the QR codes."""

    codes: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=13, max_length=20)], ...],
        Field(min_length=1, max_length=500),
    ]


class VoucherSymbol(Wire):
    """What the QR code of a voucher carries: `text`, in a GS1 QR code where `form` is gs1.

    `coupon_number` is its GS1 Global Coupon Number with its serial, null where the carrier issues none.
    """

    code: str
    form: Literal["code", "gs1", "digital_link"]
    text: str
    coupon_number: str | None


class VoucherSymbols(Wire):
    """In the order in which they were asked for. It does not say whether a voucher has a code."""

    symbols: tuple[VoucherSymbol, ...]


class VoucherCode(Wire):
    """A code as scanned or typed. `paper` is true where it was read from something that was shown."""

    code: Annotated[str, StringConstraints(max_length=512)]
    paper: bool = True
    symbology: ShortText | None = None


class VoucherSearch(Wire):
    """What to look for: a code, a line's telephone number, an account or a campaign; one of these.

    `line_id` narrows an account, `state` anything. A line's number finds its own vouchers and its account's.
    `after` is the last voucher of the page before.
    """

    code: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
    telephone: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    account_id: Identifier | None = None
    line_id: Identifier | None = None
    campaign_id: Identifier | None = None
    state: VoucherState | None = None
    after: Identifier | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class VoucherRecord(Wire):
    """A voucher as it stands. `state` and `balance` are derived from its ledger, `uses` are those that count.

    Whose it is, `account_id` and `line_id`, is told to the carrier's own systems alone, and null for a
    bearer's.
    """

    voucher_id: Identifier
    policy: Identifier
    title: Words
    campaign_id: Identifier | None
    belongs_to: Literal["account", "line", "bearer"]
    account_id: Identifier | None
    line_id: Identifier | None
    state: VoucherState
    code_last_four: str
    issued_on: dt.date
    starts_on: dt.date | None
    ends_on: dt.date | None
    amount: Money | None
    balance: Money | None
    uses: int
    uses_allowed: int
    held_until: dt.datetime | None
    voided_at: dt.datetime | None


class VoucherList(Wire):
    """A page of vouchers, oldest first; `next_after` is where the next page begins, null at the end.

    `code` says why a code that was looked for is none: code.unreadable, code.wrong_check,
    code.not_a_voucher or voucher.not_found.
    """

    vouchers: tuple[VoucherRecord, ...]
    code: str | None = None
    next_after: Identifier | None = None


class VoucherMovement(Wire):
    """One entry of a voucher's ledger: what its balance grew by, and its uses."""

    kind: Literal["issued", "redeemed", "forfeited", "returned", "withdrawn"]
    amount: Money | None
    uses: int
    at: dt.datetime
    redemption_id: Identifier | None


class VoucherHistory(Wire):
    """A voucher with its ledger, oldest first, which is told to the carrier's own systems alone."""

    voucher: VoucherRecord
    movements: tuple[VoucherMovement, ...] | None


class VoucherVoidRequest(Wire):
    """Make a voucher void, and why."""

    reason: VoucherVoidReason
