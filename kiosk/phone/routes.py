"""The public page of a terms code: what anybody may read whose phone scanned a receipt.

What it must not know: persons, accounts, what the answer was.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, render_template

from kiosk.errors import StoreRefused
from kiosk.phone.keeping import choose_language, let_it_be_kept
from kiosk.services import services

phone = Blueprint("phone", __name__)
phone.before_request(choose_language)
phone.after_request(let_it_be_kept)

# Ten characters of Crockford's base 32 with a dash between: "7F3K9-2QDXA".
TERMS_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")


@phone.get("/t/<terms_code>")
def terms(terms_code: str) -> Response:
    """The policy's words and version behind a terms code; `language` chooses the language."""
    code = _as_printed(terms_code)
    if not TERMS_CODE.fullmatch(code):
        return _no("missing", code, 404)
    try:
        found = services().client("").terms(code)
    except StoreRefused as refused:
        if refused.problem.status != 404:
            raise
        return _no("missing", code, 404)
    return Response(render_template("phone/terms.html", terms=found, terms_code=code))


def _as_printed(typed: str) -> str:
    """A code that was copied by hand, in capitals and with its dash; O, I and L are not in its alphabet."""
    code = re.sub(r"[\s-]", "", typed).upper().translate(str.maketrans("OIL", "011"))
    return f"{code[:5]}-{code[5:]}"


def _no(fault: str, code: str, status: int) -> Response:
    page = render_template("phone/no.html", fault=fault, terms_code=code[:20] or "-")
    return Response(page, status=status)
