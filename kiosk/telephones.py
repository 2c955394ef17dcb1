"""A telephone number as somebody typed it, in one form.

What it must not know: whose number it is, faces.
"""

from __future__ import annotations

import phonenumbers

from kiosk.services import services

LONGEST = 24


def read_telephone(typed: str) -> str | None:
    """The number in E.164 form; None where it is no possible number of the country that was set."""
    text = "".join(sign for sign in typed if sign.isprintable()).strip()[:LONGEST]
    try:
        number = phonenumbers.parse(text, services().settings.country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
