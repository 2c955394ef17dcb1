"""Values of facts: their types, how they are read and how they are written.

Nothing here passes through a float. Must know nothing of files, policies or languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal, Protocol

from store_api.policy.currencies import MINOR_DIGITS
from store_api.policy.errors import Refused, shown

FactType = Literal["boolean", "choice", "text", "integer", "percent", "money", "date", "set"]
Unit = Literal["months", "days", "years", "items"]
DurationUnit = Literal["days", "months", "years"]

MAX_INTEGER = 10**15 - 1  # exact in every JSON reader
MAX_TEXT = 2_000
MAX_SET = 500

_MONEY = re.compile(r"(-?[0-9]{1,15})(?:\.([0-9]{1,6}))? ([A-Z]{3})")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EXACT = Context(prec=80)


@dataclass(frozen=True)
class Money:
    """An exact amount in one ISO 4217 currency, always with that currency's minor digits."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def to_json(self) -> dict[str, str]:
        """The wire form: {"amount": "50.00", "currency": "USD"}."""
        return {"amount": str(self.amount), "currency": self.currency}

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise Refused("money.two_currencies", f"{self.currency} and {other.currency} cannot be compared")

    def minus(self, other: Money) -> Money:
        """The difference; two currencies raise Refused."""
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def plus(self, other: Money) -> Money:
        """The sum; two currencies raise Refused."""
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def compared_with(self, other: Money) -> int:
        """-1, 0 or 1; two currencies raise Refused."""
        self._same(other)
        return (self.amount > other.amount) - (self.amount < other.amount)

    def percent(self, percent: Decimal) -> Money:
        """That many hundredths of it, rounded half up to the minor digit."""
        exact = _EXACT.divide(_EXACT.multiply(self.amount, percent), Decimal(100))
        return Money(exact.quantize(minor_unit(self.currency), ROUND_HALF_UP, _EXACT), self.currency)


@dataclass(frozen=True)
class Duration:
    """A whole number of days, months or years; a year is twelve months."""

    count: int
    unit: DurationUnit

    def to_json(self) -> dict[str, int]:
        """The wire form: {"months": 24}."""
        return {self.unit: self.count}


Value = bool | int | str | Decimal | Money | date | frozenset[str]
JsonValue = bool | int | str | dict[str, str] | dict[str, int] | list["JsonValue"] | None


class TypedFact(Protocol):
    """What a reader must know of a fact."""

    @property
    def type(self) -> FactType: ...
    @property
    def options(self) -> tuple[str, ...] | None: ...


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency, such as 0.01."""
    return Decimal(1).scaleb(-MINOR_DIGITS[currency])


def read_money(raw: object) -> Money:
    """`50.00 USD`, `50 USD`, {"amount": "50.00", "currency": "USD"} or Money. Raises Refused."""
    if isinstance(raw, Money):
        digits = -MINOR_DIGITS.get(raw.currency, -1)
        if raw.amount.as_tuple().exponent == digits and 0 < abs(raw.amount) < 10**15:
            return raw
        raw = str(raw)
    if isinstance(raw, Mapping) and set(raw) == {"amount", "currency"}:
        raw = f"{raw['amount']} {raw['currency']}"
    found = _MONEY.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        raise Refused("value.not_money", f"expected an amount such as 50.00 USD, not {shown(raw)}")
    whole, fraction, currency = found.groups()
    if currency not in MINOR_DIGITS:
        raise Refused("money.unknown_currency", f"{currency} is not a currency of ISO 4217")
    if len(fraction or "") > MINOR_DIGITS[currency]:
        raise Refused("money.too_fine", f"{currency} has {MINOR_DIGITS[currency]} digits after the point")
    amount = Decimal(f"{whole}.{fraction or '0'}").quantize(minor_unit(currency), context=_EXACT)
    return Money(abs(amount) if amount.is_zero() else amount, currency)


def read_percent(raw: object) -> Decimal:
    """A number from 0 to 100 given as an integer, a Decimal or decimal text. Raises Refused."""
    # "f" and not str(): a millionth would be written with an exponent, which nobody may write.
    text = format(raw, "f") if isinstance(raw, Decimal) else str(raw) if type(raw) is int else raw
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise Refused("value.not_percent", f"expected a number from 0 to 100, not {shown(raw)}")
    number = Decimal(text)
    if not 0 <= number <= 100:
        raise Refused("value.not_percent", f"a percentage is from 0 to 100, not {text}")
    return tidy(number)


def tidy(number: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent, so that 33.50 and 33.5 write alike."""
    if number == number.to_integral_value():
        return (
            abs(number.quantize(Decimal(1), context=_EXACT))
            if number.is_zero()
            else number.quantize(Decimal(1))
        )
    return number.normalize(_EXACT)


def read_date(raw: object) -> date:
    """`2026-11-21` or a date. Raises Refused."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if isinstance(raw, str) and _DATE.fullmatch(raw) and raw.isascii():
        try:
            return date.fromisoformat(raw)
        except ValueError:
            raise Refused("value.not_date", f"the calendar has no {raw}") from None
    raise Refused("value.not_date", f"expected a date such as 2026-11-21, not {shown(raw)}")


def read_integer(raw: object) -> int:
    """A whole number of at most 15 digits. Raises Refused."""
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise Refused("value.not_integer", f"expected a whole number, not {shown(raw)}")
    if abs(raw) > MAX_INTEGER:
        raise Refused("number.too_large", "more than 15 digits")
    return raw


def read_boolean(raw: object) -> bool:
    """true or false. Raises Refused."""
    if not isinstance(raw, bool):
        raise Refused("value.not_boolean", f"expected true or false, not {shown(raw)}")
    return raw


def read_text(raw: object) -> str:
    """Text of at most 2,000 characters that can be written as UTF-8. Raises Refused."""
    if not isinstance(raw, str):
        raise Refused(
            "value.not_text", f"expected text, not {shown(raw)}; put quotes around a number or true"
        )
    if len(raw) > MAX_TEXT:
        raise Refused("value.too_long", f"longer than {MAX_TEXT} characters")
    if any("\ud800" <= char <= "\udfff" for char in raw):
        raise Refused("value.not_text", "half of a surrogate pair is not text")
    return raw


def read_option(raw: object, options: tuple[str, ...] | None) -> str:
    """Text that is one of the options, where there are any. Raises Refused."""
    text = read_text(raw)
    if options is not None and text not in options:
        raise Refused("value.unknown_option", f"{shown(text)} is not one of: {', '.join(options)}")
    return text


def read_set(raw: object, options: tuple[str, ...] | None) -> frozenset[str]:
    """A list of texts, without order or duplicates. Raises Refused."""
    if not isinstance(raw, (list, tuple, set, frozenset)) or len(raw) > MAX_SET:
        raise Refused("value.not_set", f"expected a list of texts, not {shown(raw)}")
    return frozenset(read_option(item, options) for item in raw)


def read_value(raw: object, fact: TypedFact) -> Value:
    """Read one value of a fact's type. Raises Refused with a code that names the type."""
    if fact.type == "money":
        return read_money(raw)
    if fact.type == "percent":
        return read_percent(raw)
    if fact.type == "date":
        return read_date(raw)
    if fact.type == "integer":
        return read_integer(raw)
    if fact.type == "boolean":
        return read_boolean(raw)
    if fact.type == "set":
        return read_set(raw, fact.options)
    return read_option(raw, fact.options)


def value_to_json(value: Value | Duration | tuple[Value, ...] | None) -> JsonValue:
    """Money as an object, percentages and dates as text, sets sorted."""
    if isinstance(value, (Money, Duration)):
        return value.to_json()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return [*sorted(value)]
    if isinstance(value, tuple):
        return [value_to_json(item) for item in value]
    return value
