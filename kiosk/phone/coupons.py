"""What a telephone shows that opens a voucher's GS1 Digital Link: what it is, and where it counts.

What it is for: the code of the voucher stands behind the # of that address, which a browser sends
nowhere; the page therefore says the same whatever voucher it is, and asks nobody.
What it must not know: vouchers, accounts, visits.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, render_template

from kiosk.phone.keeping import choose_language, let_it_be_kept
from kiosk.phone.policies import addresses

coupons = Blueprint("coupons", __name__, url_prefix="/255")
coupons.before_request(choose_language)
coupons.after_request(let_it_be_kept)
coupons.context_processor(addresses)

COUPON_NUMBER = re.compile(r"[0-9]{13,25}")


@coupons.get("/<number>")
def show(number: str) -> Response:
    """Say that this is a voucher, and how to use it."""
    if not COUPON_NUMBER.fullmatch(number):
        abort(404)
    return Response(render_template("phone/coupon.html"))
