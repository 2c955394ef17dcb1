"""Joining a visit, who is in it, what each face shows: for every face.

What it must not know: who may see what, how the light is made.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.contract import (
    CareVisitRequest,
    Circle,
    Identifier,
    IdentityRequest,
    JoinAnswer,
    JoinCode,
    JoinCodeRequest,
    JoinRequest,
    NoticeList,
    OneTimeCodeCheck,
    OneTimeCodeRequest,
    OneTimeCodeSent,
    PhoneAnswer,
    QuoteRequest,
    Showing,
    Visit,
)
from store_api.sharing import owning, service
from store_api.visits import service as visits
from store_api.work import Work, reads, writes, writes_without_key

api = APIBlueprint("sharing", __name__)


class VisitPath(BaseModel):
    """A visit in an address."""

    visit_id: Identifier


@api.post("/v1/joins", responses={200: JoinAnswer})
@allow("public", "kiosk")
@writes_without_key
def join_visit(work: Work, body: JoinRequest) -> JoinAnswer:
    """Join a visit by a code: a phone (without a token) gets one for that visit, a kiosk takes it over."""
    joined = service.join(work, body.code)
    if joined.visit is None:
        return JoinAnswer(code="join.unknown", visit=None, token=None)
    shown = service.show_joined(work, joined)
    return JoinAnswer(code=None, visit=shown, token=joined.token)


@api.post("/v1/visits/<visit_id>/join-codes", responses={201: JoinCode})
@allow("kiosk", "rep", "manager", "care")
@writes_without_key
def make_join_code(work: Work, path: VisitPath, body: JoinCodeRequest) -> tuple[JoinCode, int]:
    """A code for another face to join by, once and within minutes; the caller's earlier one is void."""
    visit = visits.find_to_change(work, path.visit_id)
    code, until = service.draw(work, visit, body.face)
    return JoinCode(code=code, face=body.face, expires_at=until), 201


@api.get("/v1/visits/<visit_id>/participants", responses={200: Circle})
@allow("kiosk", "rep", "manager", "phone", "care")
@reads
def list_participants(work: Work, path: VisitPath) -> Circle:
    """Who is in the visit and sees its sheet, what care quoted, and what the owner is asked."""
    return service.circle(work, visits.find(work, path.visit_id))


@api.post("/v1/visits/<visit_id>/participants", responses={200: Circle})
@allow("kiosk", "rep", "manager", "phone", "care")
@writes
def enter_visit(work: Work, path: VisitPath) -> Circle:
    """Be in the visit with a face that shows nothing yet."""
    visit = visits.find_to_change(work, path.visit_id)
    service.report(work, visit, None)
    return service.circle(work, visit)


@api.put("/v1/visits/<visit_id>/participants/current", responses={200: Circle})
@allow("kiosk", "rep", "manager", "phone", "care")
@writes_without_key
def report_showing(work: Work, path: VisitPath, body: Showing) -> Circle:
    """What the caller's face has drawn now; it is a heartbeat, too. Saying it again changes nothing."""
    visit = visits.find_to_change(work, path.visit_id)
    service.report(work, visit, body.terms_code)
    return service.circle(work, visit)


@api.post("/v1/visits/<visit_id>/taps", responses={200: Circle})
@allow("kiosk", "phone")
@writes
def tap(work: Work, path: VisitPath, body: Showing) -> Circle:
    """The customer agrees to the sheet of this terms code, on a face of their own that shows it."""
    visit = visits.find_identified(work, path.visit_id)
    owning.tap(work, visit, body.terms_code)
    return service.circle(work, visit)


@api.post("/v1/visits/<visit_id>/quotes", responses={201: Circle})
@allow("care")
@writes
def quote_term(work: Work, path: VisitPath, body: QuoteRequest) -> tuple[Circle, int]:
    """Quote a term of the sheet to everybody in the visit."""
    visit = visits.find_identified(work, path.visit_id)
    service.quote(work, visit, body.term)
    return service.circle(work, visit), 201


@api.post("/v1/calls/current/visits", responses={201: Visit})
@allow("care")
@writes
def open_for_caller(work: Work, body: CareVisitRequest) -> tuple[Visit, int]:
    """Open a visit for the caller on the telephone, for the store that they mean to go to."""
    return visits.show(work, visits.open_for_caller(work, body.store_id, body.language)), 201


@api.get("/v1/phones/current", responses={200: Visit})
@allow("phone")
@reads
def show_phone(work: Work) -> Visit:
    """The visit that the calling phone joined, as it may see it."""
    return visits.show(work, visits.find(work, str(work.caller.visit_id)))


@api.post("/v1/phones/current/identity", responses={200: PhoneAnswer})
@allow("phone")
@writes
def identify_phone(work: Work, body: IdentityRequest) -> PhoneAnswer:
    """Check the telephone number and own PIN of whoever holds the phone."""
    visit = visits.find_to_change(work, str(work.caller.visit_id))
    return service.identify_phone(work, visit, body)


@api.post("/v1/phones/current/one-time-code", responses={200: OneTimeCodeSent})
@allow("phone")
@writes
def send_phone_code(work: Work, body: OneTimeCodeRequest) -> OneTimeCodeSent:
    """Send a one-time code to the line of a number; the answer does not tell whether somebody has it."""
    visit = visits.find_to_change(work, str(work.caller.visit_id))
    sent = service.send_phone_code(work, visit, body.telephone)
    return OneTimeCodeSent(sent=sent.code is None, code=sent.code, until=sent.until)


@api.post("/v1/phones/current/one-time-code/check", responses={200: PhoneAnswer})
@allow("phone")
@writes
def check_phone_code(work: Work, body: OneTimeCodeCheck) -> PhoneAnswer:
    """Check the code that was sent to the line of whoever holds the phone."""
    visit = visits.find_to_change(work, str(work.caller.visit_id))
    return service.check_phone_code(work, visit, body)


@api.delete("/v1/phones/current", responses={204: None})
@allow("phone")
@writes_without_key
def leave_phone(work: Work) -> tuple[None, int]:
    """Close the visit on this phone: its token opens nothing any more."""
    service.leave_phone(work, visits.find(work, str(work.caller.visit_id)))
    return None, 204


@api.get("/v1/notices", responses={200: NoticeList})
@allow("phone")
@reads
def list_notices(work: Work) -> NoticeList:
    """What the owner who holds this phone was told."""
    return NoticeList(notices=owning.read_notices(work))


@api.post("/v1/notices/seen", responses={200: NoticeList})
@allow("phone")
@writes
def see_notices(work: Work) -> NoticeList:
    """The owner has read them."""
    owning.see_notices(work)
    return NoticeList(notices=owning.read_notices(work))
