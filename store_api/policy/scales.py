"""Ordered values as whole numbers and back: minor units, parts of a percent, ordinals of days.

Must know nothing of terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from store_api.policy.dates import LAST
from store_api.policy.runs import Runs
from store_api.policy.values import MAX_INTEGER, Money, Value, minor_unit, tidy

ORDERED = frozenset({"integer", "percent", "money", "date"})

# Hundredths of a percent are the finest step that anybody is told, unless a policy or a fact is finer.
_PERCENT_DIGITS = 2


@dataclass(frozen=True)
class Scale:
    """How the values of one ordered type count; `currency` for money, `digits` for percentages."""

    type: str
    currency: str | None = None
    digits: int = 0

    def number(self, value: Value) -> int:
        """The whole number that stands for a value."""
        if isinstance(value, Money):
            return int(value.amount / minor_unit(value.currency))
        if isinstance(value, date):
            return value.toordinal()
        if isinstance(value, Decimal):
            return int(value.scaleb(self.digits))
        assert isinstance(value, int)
        return value

    def value(self, number: int) -> Value:
        """The value that a whole number stands for."""
        if self.type == "money":
            assert self.currency is not None
            return Money(minor_unit(self.currency) * number, self.currency)
        if self.type == "date":
            return date.fromordinal(number)
        if self.type == "percent":
            return tidy(Decimal(number).scaleb(-self.digits))
        return number

    @property
    def whole(self) -> Runs:
        """Every value that the type has, apart from less than nothing."""
        if self.type == "date":
            return Runs.between(1, LAST)
        if self.type == "percent":
            return Runs.between(0, 100 * 10**self.digits)
        return Runs.between(0, MAX_INTEGER)


def scale_of(fact_type: str, values: Iterable[Value]) -> Scale | None:
    """The scale on which all these values are whole; None for money of no known or of two currencies."""
    known = list(values)
    if fact_type == "money":
        currencies = {value.currency for value in known if isinstance(value, Money)}
        return Scale("money", currencies.pop()) if len(currencies) == 1 else None
    if fact_type == "percent":
        digits = [_digits(value) for value in known if isinstance(value, Decimal)]
        return Scale("percent", digits=max([_PERCENT_DIGITS, *digits]))
    return Scale(fact_type)


def _digits(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
