"""Signing in and out at a desk, the language of the page, and what went wrong.

What it must not know: policies.
"""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.htmx import go_to, show
from kiosk.region.blueprint import client, desk_client, region
from kiosk.region.faults import Faults, sign_in_fault
from kiosk.rendering import current_language
from kiosk.signing import begin_session, change_own_language, leave_session
from kiosk.words import say

FAULTS = frozenset({"missing", "unreachable", "finding_out", "refused", "stale", "too_large", "broken"})


@region.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse:
    """Sign in with a staff number and one's own PIN."""
    if request.method == "GET":
        return _sign_in_page([])
    number, pin = request.form.get("staff_number", "").strip(), request.form.get("pin", "")
    if not 1 <= len(number) <= 20 or not 1 <= len(pin) <= 12:
        return _sign_in_page([("staff_number", say(current_language(), "region.wrong"))], 422)
    opened = desk_client().sign_in(number, pin)
    if opened.token is None:
        return _sign_in_page([("staff_number", sign_in_fault(current_language(), opened))], 422, number)
    begin_session(opened.token, name=opened.name or "", role=opened.role or "")
    return go_to(url_for("region.policies"))


def _sign_in_page(faults: Faults, status: int = 200, typed: str = "") -> Response:
    return show("region/sign_in.html", "region/_sign_in.html", status, faults=faults, typed=typed)


@region.post("/sign-out")
def sign_out() -> AnyResponse:
    """Sign out; nothing of the work stays in this browser."""
    return leave_session(client().sign_out, url_for("region.sign_in"))


@region.post("/language")
def change_language() -> AnyResponse:
    """Change the language of this desk."""
    return change_own_language("region", url_for("region.policies"))


@region.get("/fault/<fault>")
def fault(fault: str) -> Response:
    """What went wrong with a request."""
    return Response(render_template("region/fault.html", fault=fault if fault in FAULTS else "missing"))
