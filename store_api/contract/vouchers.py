"""Vouchers on the wire, as a person who passed the identity check may see them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import StringConstraints

from store_api.contract.basis import Identifier, Money, ShortText, Wire, Words


class VoucherSummary(Wire):
    """A voucher as a person who passed the identity check may see it. `state` is derived.

    `ends_on` is its last day. `balance` is what is left of a money voucher.
    """

    voucher_id: Identifier
    policy: str
    title: Words
    belongs_to: Literal["account", "line", "bearer"]
    state: Literal["usable", "held", "used", "expired", "void", "not_yet_valid"]
    code_last_four: str
    issued_on: dt.date
    ends_on: dt.date | None
    amount: Money | None
    balance: Money | None
    used_at: dt.datetime | None = None
    used_at_store: str | None = None


class VoucherCode(Wire):
    """A code as scanned or typed. `paper` is true where it was read from something that was shown."""

    code: Annotated[str, StringConstraints(max_length=512)]
    paper: bool = True
    symbology: ShortText | None = None
