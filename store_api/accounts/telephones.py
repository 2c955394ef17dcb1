"""Telephone numbers: from what people type to what is stored.

What it is for: one normal form (E.164), its keyed hash and last four digits.
What it must not know: whose number it is, the database.
"""

from __future__ import annotations

import phonenumbers

from store_api.keys import KeyedHash, KeyRing

PURPOSE = "telephone"


def normal_form(typed: str, region: str) -> str:
    """The number in E.164, or, where it is no number at all, just its digits: it is then unknown.

    `region` is the ISO 3166 country of numbers without a country code.
    """
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return "".join(character for character in typed if character.isdigit())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def hash_number(keys: KeyRing, number: str) -> KeyedHash:
    """The hash under which a number is stored."""
    return keys.hash(PURPOSE, number)


def hashes_of(keys: KeyRing, number: str) -> tuple[str, ...]:
    """The hashes under which a number may be stored, newest key first."""
    return tuple(keyed.digest for keyed in keys.hashes(PURPOSE, number))
