"""What each face shows where a request could not be answered.

What it is for: one page for one kind of trouble on each face, with what is kept and what to do next; htmx is
led to that page, and what a page asks for by itself again and again is simply left as it is.
What it must not know: any page that works.
"""

from __future__ import annotations

import structlog
from flask import Flask, Response, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import SignInNeeded, StoreRefused, StoreUndecided, StoreUnreachable
from kiosk.htmx import go_to, wants_fragment
from kiosk.services import services
from kiosk.sessions import FACES, face_of

log = structlog.get_logger(__name__)

STAFF = ("tablet", "region", "care")


def register_faults(app: Flask) -> None:
    """Answer every error of `app` with a page."""
    app.register_error_handler(StoreUnreachable, _unreachable)
    app.register_error_handler(StoreUndecided, _undecided)
    app.register_error_handler(StoreRefused, _refused)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _is_a_look() -> bool:
    """Whether a page asked by itself for a newer part of it."""
    return wants_fragment() and request.method == "GET"


def _unreachable(error: StoreUnreachable) -> AnyResponse:
    log.warning("store.unreachable", error=str(error))
    if _is_a_look():
        return Response(status=204)
    face = face_of(request.path)
    if wants_fragment():
        counter = url_for("counter.unreachable")
        return go_to(counter if face == "counter" else _fault_address(face, "unreachable"))
    return _page(face, "unreachable", 503)


def _undecided(error: StoreUndecided) -> AnyResponse:
    log.warning("store.undecided", key=error.key)
    face = face_of(request.path)
    if face == "counter":
        return go_to(url_for("counter.finding_out"))
    visit_id = services().ledger.subject_of(error.key)
    if face == "tablet" and visit_id:
        return go_to(url_for("tablet.finding_out", visit_id=visit_id))
    return go_to(_fault_address(face, "finding_out"))


def _refused(error: StoreRefused) -> AnyResponse:
    log.info("store.refused", code=error.code, status=error.problem.status)
    if _is_a_look():
        return Response(status=204)
    face = face_of(request.path)
    if face in STAFF and isinstance(error, SignInNeeded):
        session.clear()
        return go_to(url_for(f"{face}.sign_in"))
    if face == "phone" and (isinstance(error, SignInNeeded) or error.problem.status in (404, 409)):
        return go_to(url_for("phone_visit.look" if error.problem.status == 409 else "phone_visit.ended"))
    if face == "counter" and error.code == "identity.not_checked":
        return go_to(url_for("counter.who"))
    return _fault(face, "refused", 409)


def _stale(error: CSRFError) -> AnyResponse:
    return _fault(face_of(request.path), "stale", 400)


def _http(error: HTTPException) -> AnyResponse:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    fault = {404: "missing", 405: "missing", 413: "too_large"}.get(
        code, "refused" if code < 500 else "broken"
    )
    return _fault(face_of(request.path), fault, code)


def _broken(error: Exception) -> AnyResponse:
    log.exception("request.failed", path=request.path.split("/")[1:2], kind=type(error).__name__)
    return _fault(face_of(request.path), "broken", 500)


def _fault_address(face: str, fault: str) -> str:
    if face == "phone":
        return url_for("phone_visit.fault", fault=fault)
    return url_for(f"{face if face in STAFF else 'tablet'}.fault", fault=fault)


def _fault(face: str, fault: str, status: int) -> AnyResponse:
    if wants_fragment() and face in FACES:
        return go_to(
            _fault_address(face, fault) if face != "counter" else url_for("counter.fault", fault=fault)
        )
    return _page(face, fault, status)


def _page(face: str, fault: str, status: int) -> Response:
    if face == "counter":
        name = "counter/unreachable.html" if fault == "unreachable" else "counter/fault.html"
        return Response(render_template(name, fault=fault), status=status)
    if face == "region":
        return Response(render_template("region/fault.html", fault=fault, staff=None), status=status)
    if face == "care":
        return Response(render_template("care/fault.html", fault=fault, staff=None), status=status)
    if face == "phone":
        return Response(render_template("phone/fault.html", fault=fault), status=status)
    if face == "tablet":
        known = "missing" if fault in ("missing", "too_large") else fault
        return Response(render_template("tablet/fault.html", fault=known, staff=None), status=status)
    known = "unreachable" if status >= 500 else "missing"
    return Response(render_template("phone/no.html", fault=known, terms_code="-"), status=status)
