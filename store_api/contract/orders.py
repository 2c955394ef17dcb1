"""Orders on the wire: what is being bought, as said, confirmed or captured."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from store_api.contract.basis import FactValue, Identifier, Money, Wire, Words


class OrderItem(Wire):
    """One thing being bought; the price is before tax and fees."""

    sku: Identifier
    name: str
    category: str
    price: Money


class OrderVoucher(Wire):
    """A voucher that stands on an order, reserved until `expires_at` (then `hold_id` is there) or used."""

    voucher_id: Identifier
    title: Words
    amount: Money | None
    hold_id: Identifier | None
    expires_at: dt.datetime | None


class Order(Wire):
    """What is being bought: `said` by the customer until a till captures it or a rep confirms it.

    `vouchers` are those that are reserved for it or were used on it.
    """

    order_id: Identifier
    state: Literal["said", "confirmed", "captured"]
    items: tuple[OrderItem, ...]
    agreement_months: int | None
    total: Money | None
    facts: dict[str, FactValue]
    vouchers: tuple[OrderVoucher, ...] = ()


class Answers(Wire):
    """The customer's answers: the chosen device by its price-list number, and other order facts.

    A fact set to null is taken back. `sku` "none" says that no device is bought.
    """

    sku: Identifier | None = None
    facts: dict[str, FactValue] = Field(default_factory=dict, max_length=40)


class CapturedItem(Wire):
    """One item as a till sold it."""

    sku: Identifier
    price: Money


class Capture(Wire):
    """An order as a till captured it. What differs from what was said is decided again."""

    items: Annotated[tuple[CapturedItem, ...], Field(max_length=50)]
    agreement_months: int | None = Field(default=None, ge=0, le=120)
    till_reference: Identifier
