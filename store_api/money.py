"""Amounts between the database (whole minor units) and the wire (exact decimals).

What it is for: one place that turns cents into "50.00" and back, so that nothing passes through a float.
What it must not know: any feature, Flask.
"""

from __future__ import annotations

from decimal import Decimal

from store_api.contract import Money
from store_api.policy.currencies import MINOR_DIGITS

NO_CURRENCY = 3 * "X"
"""ISO 4217's code where no currency is involved."""


def to_money(minor: int | None, currency: str | None) -> Money | None:
    """An amount in minor units as the wire has it; None where amount or currency is missing."""
    if minor is None or currency is None:
        return None
    return Money(amount=Decimal(minor).scaleb(-MINOR_DIGITS[currency]), currency=currency)


def to_minor(money: Money) -> int:
    """An amount in its currency's minor units.

    Raises ValueError where the currency is unknown or the amount is finer than its minor unit.
    """
    if money.currency not in MINOR_DIGITS:
        raise ValueError(f"{money.currency} is not a currency of ISO 4217")
    minor = money.amount.scaleb(MINOR_DIGITS[money.currency])
    if minor != minor.to_integral_value():
        raise ValueError("the amount is finer than the currency's minor unit")
    return int(minor)


def to_text(money: Money) -> str:
    """An amount as a fact's value on the wire: `50.00 USD`."""
    return f"{money.amount} {money.currency}"
