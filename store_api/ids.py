"""Opaque identifiers that sort by time and carry the node that made them.

What it is for: one shape of identifier for every table ("vou_n1_01J9ZQ3W8M4T7S0A2B5C8D1E6F"), so that rows
made by stores that were cut off from each other never meet under one name.
What it must not know: the clock, the source of randomness, any table.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U."""

RANDOM_BYTES = 10
"""80 random bits beside 48 bits of milliseconds, as in a ULID (https://github.com/ulid/spec)."""

_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_SHIFTS = range(8 * RANDOM_BYTES - 10, -1, -10)
"""Two characters at a time, most significant first."""


def base32(number: int, length: int) -> str:
    """Write a whole number in `length` Crockford characters, most significant first."""
    characters = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        characters.append(ALPHABET[digit])
    return "".join(reversed(characters))


def new_id(prefix: str, node_id: str, now: dt.datetime, random_bytes: bytes) -> str:
    """Make an identifier: the prefix names the kind, `random_bytes` are at least ten bytes.

    Identifiers of one node sort by their millisecond; within one they sort as `random_bytes` do.
    """
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    chance = int.from_bytes(random_bytes[:RANDOM_BYTES], "big")
    letters = "".join([_PAIRS[chance >> shift & 1023] for shift in _SHIFTS])
    return f"{prefix}_{node_id}_{_moment(milliseconds)}{letters}"


@lru_cache(maxsize=64)
def _moment(milliseconds: int) -> str:
    return base32(milliseconds, 10)
