"""What every value of the wire is made of: exact money, texts in every language, problems.

Must know nothing of any feature.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, StringConstraints

Language = Literal["en", "es"]

Words = dict[str, str]
"""A text for people in every supported language: {"en": …, "es": …}."""

FactValue = str | int | bool | list[str] | None
"""A fact's value on the wire: money as "50.00 USD", dates as ISO 8601, percentages as decimal strings."""

AmountText = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$")]

ShortText = Annotated[str, StringConstraints(max_length=200)]

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.:-]+$")]


class Wire(BaseModel):
    """A value on the wire: immutable, and refusing fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
"""An amount on the wire: plain digits, and not more of them than a database counts in minor units."""


def _read_amount(value: object) -> object:
    """Text in plain digits, or a Decimal; no number that went through a float. Raises ValueError."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        return Decimal(value)
    raise ValueError("expected an amount such as 50.00, as text")


class Money(Wire):
    """An exact amount with as many decimals as its currency has."""

    amount: Annotated[
        Decimal,
        BeforeValidator(_read_amount, json_schema_input_type=AmountText),
        PlainSerializer(str, return_type=str),
    ]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class FieldError(Wire):
    """One fault in a request: `pointer` is a JSON pointer (RFC 6901) into its body."""

    pointer: str
    detail: str


class Problem(Wire):
    """An RFC 9457 problem: `code` is stable, `detail` is for people in the caller's language."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()


Role = Literal[
    "public", "kiosk", "tablet", "rep", "manager", "till", "partner", "desk", "author", "region", "care",
    "phone",
]  # fmt: skip
"""`partner` is another system of the carrier; `desk` a device of the central office, where authors, regional
managers and customer care (`care`) sign in; `phone` a browser that joined one visit by a code."""
