"""What a code in GS1's system names: a product, a coupon, a parcel; and vouchers of ours in that system.

What it is for: a carrier that owns a GS1 prefix gives its vouchers a Global Coupon Number (application
identifier 255). A voucher then carries that number and, since a number can be guessed, its own code: in 91
(company internal) of an element string, or behind the # of a GS1 Digital Link, which a browser sends nowhere.
What it must not know: the database, Flask. An address is taken apart and never followed.

Source: GS1 General Specifications (application identifiers 00, 01, 02, 255, 91, 8110, 8112); GS1 Digital Link
URI syntax. biip reads both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from biip import ParseResult

BRACKETED = re.compile(r"\(255\)(\d{13,25})\(91\)([0-9A-Za-z-]{1,90})")
"""What `write_element_string` writes, as it stands in files and below a code."""
GS1_SYMBOLOGIES = ("]C1", "]d2", "]Q3", "]e0", "]J1")
"""AIM identifiers (ISO/IEC 15424) that say: the text is GS1 element strings."""
RECTANGULAR = "]d8"
"""A long GS1 DataMatrix (ISO/IEC 21471), which means what ]d2 means."""
SEPARATOR, SHOWN_SEPARATOR = "\x1d", "\u241d"
"""FNC1 between element strings, and the sign that stands for it where control characters do not pass."""

Gs1Kind = Literal["product", "coupon", "parcel", "gs1"]
_KINDS: dict[str, Gs1Kind] = {
    "255": "coupon", "8110": "coupon", "8112": "coupon", "01": "product", "02": "product", "00": "parcel",
}  # fmt: skip


@dataclass(frozen=True)
class Gs1Code:
    """What a text of GS1's system names. `voucher_text` is our own code in it, where the coupon is ours."""

    kind: Gs1Kind
    voucher_text: str | None = None


def read_gs1(text: str, symbology: str, coupon_number: str) -> Gs1Code | None:
    """What a text names where its symbology, or its form, says GS1; None where neither does.

    `coupon_number` is the carrier's own Global Coupon Number of 13 digits, "" where it has none.
    """
    raw = text.replace(SHOWN_SEPARATOR, SEPARATOR)
    written = BRACKETED.fullmatch(raw)
    if written is not None:
        raw = f"]Q3255{written[1]}{SEPARATOR}91{written[2]}"
    if symbology == RECTANGULAR:
        symbology = "]d2"
    aim = raw[:3] if raw[:3] in GS1_SYMBOLOGIES else symbology
    is_link = raw.lower().startswith(("http://", "https://"))
    if aim not in GS1_SYMBOLOGIES and not is_link:
        return None
    parsed = _parse(raw if is_link or raw.startswith(aim) else aim + raw)
    values = _values(parsed) if parsed is not None else {}
    if not values:
        return None
    if coupon_number and values.get("255", "").startswith(coupon_number):
        return Gs1Code("coupon", urlsplit(raw).fragment if is_link else values.get("91", ""))
    return Gs1Code(next((_KINDS[identifier] for identifier in values if identifier in _KINDS), "gs1"))


def write_element_string(code: str, coupon_number: str) -> str:
    """What a GS1 QR or GS1 DataMatrix of a voucher carries, as label programs take it: the identifiers in
    brackets. `coupon_number` is the carrier's own, with the voucher's serial behind it if it has one."""
    return f"(255){coupon_number}(91){code}"


def write_digital_link(code: str, coupon_number: str, address: str) -> str:
    """What a QR of a voucher carries that also opens in a telephone: `address` is the carrier's resolver."""
    return f"{address.rstrip('/')}/255/{coupon_number}#{code}"


def _parse(text: str) -> ParseResult | None:
    import biip  # 16 MB of a worker, for GS1's lists of prefixes, once somebody scans such a code

    try:
        return biip.parse(text)
    except (biip.BiipException, ValueError):
        return None


def _values(parsed: ParseResult) -> dict[str, str]:
    """Values by application identifier, in their order; a pure product code counts as 01."""
    source = parsed.gs1_message or parsed.gs1_digital_link_uri
    if source is not None:
        return {element.ai.ai: element.value for element in source.element_strings}
    return {"01": str(parsed.gtin.value)} if parsed.gtin is not None else {}
