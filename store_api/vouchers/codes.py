"""Voucher codes: drawing them, checking them, and telling what else was held before a scanner.

What it is for: a code is twelve random characters of Crockford's base 32 (60 bits) and a check
character; this module makes one and reads one as it was scanned or typed.
What it must not know: the database, Flask, the clock. Codes are data here: nothing is followed or run.

The alphabet and the check character are in `store_api.contract.voucher_codes`, because whoever reads pictures
needs them too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from store_api.contract.voucher_codes import (
    ALPHABET,
    CODE_LENGTH,
    RANDOM_LENGTH,
    check_character,
    is_consistent,
    plain_code,
)
from store_api.vouchers.gs1 import read_gs1

__all__ = [
    "ALPHABET",
    "CODE_LENGTH",
    "RANDOM_LENGTH",
    "ReadCode",
    "check_character",
    "draw_code",
    "is_consistent",
    "read_code",
    "show_code",
]

LONGEST_TEXT = 512

Trouble = Literal["code.unreadable", "code.wrong_check", "code.not_a_voucher"]
Kind = Literal["product", "imei", "card", "coupon", "address", "boarding_pass", "parcel", "gs1"]

_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")
_SYMBOLOGY_PREFIX = re.compile(r"^\][A-Za-z][0-9]")
_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]{1,15}:|^www\.", re.IGNORECASE)
_PRODUCT_LENGTHS = {8, 12, 13, 14}
_BOARDING_PASS = re.compile(r"^[MS][1-4][A-Z/ .'\-]{20}[E ][A-Z0-9 ]{7}[A-Z]{3}[A-Z]{3}")
"""The head of an IATA bar coded boarding pass (resolution 792): form, legs, name, e-ticket, record, from,
to."""
_COUPON_IDENTIFIERS = ("8110", "8112")


@dataclass(frozen=True)
class ReadCode:
    """What a scanned or typed text turned out to be.

    `code` is the thirteen characters, or null with the `trouble` that says why not; `kind` names what
    else the text is where that is known.
    """

    code: str | None
    trouble: Trouble | None = None
    kind: Kind | None = None


def draw_code(random_bytes: Callable[[int], bytes]) -> str:
    """Draw a new code. `random_bytes(n)` gives n bytes; the result has at least one letter.

    A code of digits alone could be taken for a product number, so such a draw is thrown away.
    """
    while True:
        body = "".join(ALPHABET[byte % 32] for byte in random_bytes(RANDOM_LENGTH))
        if not body.isdigit():
            return body + check_character(body)


def show_code(code: str) -> str:
    """The code as people read it: `7F3K-92QD-XA4MC`."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def read_code(text: str, symbology: str = "", coupon_number: str = "") -> ReadCode:
    """Read a scanned or typed text as a voucher code; never raises, whatever the text is.

    `symbology` is the AIM identifier that a reader gave, if any; `coupon_number` the carrier's own Global
    Coupon Number, if it has one.
    """
    if len(text) > LONGEST_TEXT:
        return ReadCode(None, "code.unreadable")
    plain = plain_code(_clean(text))
    if plain is not None and not plain.isdigit() and is_consistent(plain):
        # A scanner may be set to call every code GS1; what proves itself is ours.
        return ReadCode(plain)
    trade = read_gs1(text.strip(), symbology, coupon_number)
    if trade is not None and trade.voucher_text is None:
        return ReadCode(None, "code.not_a_voucher", trade.kind)
    cleaned = _clean(text if trade is None or trade.voucher_text is None else trade.voucher_text)
    if not cleaned:
        return ReadCode(None, "code.unreadable")
    other = _recognise_other(cleaned)
    if other is not None:
        return ReadCode(None, "code.not_a_voucher", other)
    body = plain_code(cleaned)
    if body is None:
        return ReadCode(None, "code.unreadable")
    return ReadCode(body) if is_consistent(body) else ReadCode(None, "code.wrong_check")


def _clean(text: str) -> str:
    """Full-width forms made plain, control and format characters and a symbology prefix dropped."""
    folded = unicodedata.normalize("NFKC", text)
    spaced = "".join(" " if character in "\t\r\n" else character for character in folded)
    kept = "".join(character for character in spaced if unicodedata.category(character) not in _DROPPED)
    return _SYMBOLOGY_PREFIX.sub("", kept.strip()).strip()


_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}


def _recognise_other(text: str) -> Kind | None:
    """What the text is if it is certainly no voucher: an address, a number of something else."""
    if _ADDRESS.match(text):
        return "address"
    if _BOARDING_PASS.match(text):
        return "boarding_pass"
    digits = _BETWEEN.sub("", text)
    if not (digits.isascii() and digits.isdigit()):
        return "coupon" if digits.startswith(_COUPON_IDENTIFIERS) and len(digits) > 20 else None
    return _recognise_number(digits)


def _recognise_number(digits: str) -> Kind | None:
    if digits.startswith(_COUPON_IDENTIFIERS) and len(digits) > 20:
        return "coupon"
    if len(digits) in _PRODUCT_LENGTHS and _trade_item_sum(digits) % 10 == 0:
        return "product"
    if len(digits) == 15 and _luhn_decimal(digits):
        return "imei"
    return "card" if 15 < len(digits) <= 19 and _luhn_decimal(digits) else None


def _trade_item_sum(digits: str) -> int:
    """The GS1 weighted sum (weights 1 and 3 from the right), a multiple of ten for a valid number."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))


def _luhn_decimal(digits: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
