"""What every face of the staff does with its cookie: begin a session, leave it, change its language.

What it must not know: which face it is, what anybody may do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from flask import Response, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import StoreRefused
from kiosk.sessions import seal
from kiosk.words import LANGUAGES

SIGNS_OF_ELSEWHERE = "\\\r\n\t:"
"""An address with one of these may lead out of the face, whatever it begins with."""


def begin_session(token: str, **shown: str) -> None:
    """Put a fresh session into the face's cookie; of the one before only the language stays."""
    language = session.get("language")
    session.clear()
    session.update(staff=seal(token), **shown)
    if language:
        session["language"] = language


def leave_session(sign_out: Callable[[], None], address: str) -> Response:
    """Sign out and go to `address`; nothing of the work stays in this browser."""
    with suppress(StoreRefused):  # it had ended before
        sign_out()
    session.clear()
    response = Response(status=303, headers={"Location": address})
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def change_own_language(face: str, home: str) -> AnyResponse:
    """Keep the language that was asked for, and go back to the page of the face, else to `home`."""
    if request.form.get("language") in LANGUAGES:
        session["language"] = request.form["language"]
    back = request.form.get("back", "")
    is_own = back.startswith(f"/{face}/") and not any(sign in back for sign in SIGNS_OF_ELSEWHERE)
    return redirect(back if is_own else home, 303)
