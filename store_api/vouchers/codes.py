"""Voucher codes: drawing them, checking them, and telling what else was held before a scanner.

What it is for: a code is twelve random characters of Crockford's base 32 (60 bits) and a check
character; this module makes one and reads one as it was scanned or typed.
What it must not know: the database, Flask, the clock. Codes are data here: nothing is followed or run.

Sources: Crockford's base 32 (https://www.crockford.com/base32.html: no I, L, O, U; O reads as 0, I and
L as 1); the Luhn mod N algorithm with N = 32, so that the check character stays in the alphabet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 12
CODE_LENGTH = RANDOM_LENGTH + 1
LONGEST_TEXT = 512

Trouble = Literal["code.unreadable", "code.wrong_check", "code.not_a_voucher"]
Kind = Literal["product", "imei", "card", "coupon", "address"]

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")
_SYMBOLOGY_PREFIX = re.compile(r"^\][A-Za-z][0-9]")
_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]{1,15}:|^www\.", re.IGNORECASE)
_PRODUCT_LENGTHS = {8, 12, 13, 14}
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


def check_character(body: str) -> str:
    """The Luhn mod 32 check character of `body`, which holds characters of the alphabet only."""
    return ALPHABET[-_luhn_sum(body, first_factor=2) % 32]


def is_consistent(code: str) -> bool:
    """Whether `code` ends with the check character of the rest."""
    return _luhn_sum(code, first_factor=1) % 32 == 0


def show_code(code: str) -> str:
    """The code as people read it: `7F3K-92QD-XA4MC`."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def read_code(text: str) -> ReadCode:
    """Read a scanned or typed text as a voucher code; never raises, whatever the text is."""
    cleaned = _clean(text)
    if not cleaned or len(text) > LONGEST_TEXT:
        return ReadCode(None, "code.unreadable")
    other = _recognise_other(cleaned)
    if other is not None:
        return ReadCode(None, "code.not_a_voucher", other)
    body = _BETWEEN.sub("", cleaned).upper().translate(_LOOKALIKES)
    if len(body) != CODE_LENGTH or any(character not in _VALUES for character in body):
        return ReadCode(None, "code.unreadable")
    return ReadCode(body) if is_consistent(body) else ReadCode(None, "code.wrong_check")


def _luhn_sum(code: str, first_factor: int) -> int:
    """The Luhn mod 32 sum from the right; a doubled value is folded by its two base-32 digits."""
    total, factor = 0, first_factor
    for character in reversed(code):
        addend = factor * _VALUES[character]
        total += addend // 32 + addend % 32
        factor = 3 - factor
    return total


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
