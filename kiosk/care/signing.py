"""Signing in and out at a care desk, the language of the page, and what went wrong.

What it must not know: callers, visits.
"""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.care.blueprint import AGENT, care, client, desk_client
from kiosk.htmx import go_to, show
from kiosk.rendering import current_language, page_zone
from kiosk.services import services
from kiosk.signing import begin_session, change_own_language, leave_session
from kiosk.words import say, write_time
from store_api.contract import StaffSession

FAULTS = frozenset({"missing", "unreachable", "finding_out", "refused", "stale", "too_large", "broken"})


@care.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse:
    """Sign in with a staff number and one's own PIN; the desk is for agents of customer care alone."""
    if request.method == "GET":
        return _page([])
    number, pin = request.form.get("staff_number", "").strip(), request.form.get("pin", "")
    language = current_language()
    if not 1 <= len(number) <= 20 or not 1 <= len(pin) <= 12:
        return _page([("staff_number", say(language, "region.wrong"))], 422)
    opened = desk_client().sign_in(number, pin)
    if opened.token is None:
        return _page([("staff_number", _why(language, opened))], 422, number)
    if opened.role != AGENT:
        services().client(opened.token).sign_out()
        return _page([("staff_number", say(language, "care.not_an_agent"))], 422, number)
    begin_session(opened.token, name=opened.name or "")
    return go_to(url_for("care.home"))


def _why(language: str, opened: StaffSession) -> str:
    if opened.code == "identity.wrong" or opened.locked_until is None:
        return say(language, "region.wrong")
    return say(language, "region.locked", time=write_time(language, opened.locked_until, page_zone()))


def _page(faults: list[tuple[str, str]], status: int = 200, typed: str = "") -> Response:
    return show("care/sign_in.html", "care/_sign_in.html", status, faults=faults, typed=typed)


@care.post("/sign-out")
def sign_out() -> AnyResponse:
    """Sign out; nothing of a caller stays in this browser."""
    return leave_session(client().sign_out, url_for("care.sign_in"))


@care.post("/language")
def change_language() -> AnyResponse:
    """Change the language of this desk."""
    return change_own_language("care", url_for("care.home"))


@care.get("/fault/<fault>")
def fault(fault: str) -> Response:
    """What went wrong with a request."""
    return Response(render_template("care/fault.html", fault=fault if fault in FAULTS else "missing"))
