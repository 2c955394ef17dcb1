"""What the QR code of a voucher carries when it is issued: its code alone, or a GS1 coupon number with it.

What it is for: a carrier that owns a GS1 prefix prints vouchers that every scanner of that system takes
for its own coupons. The number's serial part comes from the code by a keyed hash: the same code has the
same number, nobody can go from one to the other, and no further table is needed.
What it must not know: the database, Flask, the clock.

Source: GS1 General Specifications (application identifier 255: N13 and a serial of up to 12 digits).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from store_api.settings import Settings
from store_api.vouchers.gs1 import write_digital_link, write_element_string

PURPOSE = "coupon-serial"
SERIAL_DIGITS = 12


@dataclass(frozen=True)
class VoucherSymbol:
    """What is printed: `text` in a QR code, in one of GS1 where `form` is gs1 (then with the application
    identifiers in brackets); `coupon_number` is the Global Coupon Number with its serial, if there is one."""

    form: Literal["code", "gs1", "digital_link"]
    text: str
    coupon_number: str | None = None


def symbol_of(settings: Settings, code: str) -> VoucherSymbol:
    """The symbol of a voucher with this code, of thirteen characters."""
    if settings.voucher_symbol == "code":
        return VoucherSymbol("code", code)
    number = settings.coupon_number + _serial(settings, code)
    if settings.voucher_symbol == "gs1":
        return VoucherSymbol("gs1", write_element_string(code, number), number)
    address = settings.digital_link_address or settings.public_url
    return VoucherSymbol("digital_link", write_digital_link(code, number, address), number)


def _serial(settings: Settings, code: str) -> str:
    drawn = int(settings.keys.hash(PURPOSE, code).digest, 16) % 10**SERIAL_DIGITS
    return f"{drawn:0{SERIAL_DIGITS}}"
