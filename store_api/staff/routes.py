"""Staff sessions over HTTP. Their answers carry tokens, so no key stores them."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint

from store_api.auth import allow
from store_api.contract import StaffPinCheck, StaffSession, StaffSignIn
from store_api.staff import service
from store_api.work import Work, writes_without_key

api = APIBlueprint("staff", __name__)


@api.post("/v1/staff/sessions", responses={201: StaffSession, 200: StaffSession})
@allow("tablet", "desk")
@writes_without_key
def open_session(work: Work, body: StaffSignIn) -> tuple[StaffSession, int]:
    """Sign in on this tablet or desk with a staff number and PIN; 200 with a code where that is refused."""
    session = service.sign_in(work, body.staff_number, body.pin)
    return session, 201 if session.token else 200


@api.post("/v1/staff/pin-checks", responses={200: StaffPinCheck})
@allow("kiosk")
@writes_without_key
def check_pin(work: Work, body: StaffSignIn) -> StaffPinCheck:
    """Whether a member of staff of this store stands at the kiosk. No session begins."""
    return service.check_pin_at_kiosk(work, body.staff_number, body.pin)


@api.delete("/v1/staff/sessions/current", responses={204: None})
@allow("rep", "manager", "author", "region", "care")
@writes_without_key
def close_session(work: Work) -> tuple[None, int]:
    """Sign out: the token ends at once."""
    service.sign_out(work)
    return None, 204
