"""The alphabet and the check character of voucher codes: what a code proves by itself.

What it is for: whoever reads codes from pictures can tell a voucher's code from a misread one, by the same
rule
as the service. What it must not know: which codes exist. A right check character says that a text was read
rightly, and nothing of its worth.

Sources: Crockford's base 32 (https://www.crockford.com/base32.html: no I, L, O, U; O reads as 0, I and L as
1); the Luhn mod N algorithm with N = 32, so that the check character stays in the alphabet.
"""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 12
CODE_LENGTH = RANDOM_LENGTH + 1

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")


def plain_code(text: str) -> str | None:
    """The thirteen characters of a text in the form of a code, however spaced; None for any other text.

    Says nothing of its check character.
    """
    body = _BETWEEN.sub("", text).upper().translate(_LOOKALIKES)
    return body if len(body) == CODE_LENGTH and all(character in _VALUES for character in body) else None


def proves_itself(text: str) -> bool:
    """Whether a text is in the form of a voucher's code and ends with its check character."""
    code = plain_code(text)
    return code is not None and is_consistent(code)


def check_character(body: str) -> str:
    """The Luhn mod 32 check character of `body`, which holds characters of the alphabet only."""
    return ALPHABET[-_luhn_sum(body, first_factor=2) % 32]


def is_consistent(code: str) -> bool:
    """Whether `code` ends with the check character of the rest."""
    return _luhn_sum(code, first_factor=1) % 32 == 0


def _luhn_sum(code: str, first_factor: int) -> int:
    """The Luhn mod 32 sum from the right; a doubled value is folded by its two base-32 digits."""
    total, factor = 0, first_factor
    for character in reversed(code):
        addend = factor * _VALUES[character]
        total += addend // 32 + addend % 32
        factor = 3 - factor
    return total


def gs1_check_digit(digits: str) -> str:
    """The check digit of a GS1 number (General Specifications, 7.9): weights 3 and 1 from the right."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)
