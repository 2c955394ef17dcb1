"""/v1/visits: one customer's time in the store.

What it must not know: what a visit is made of; it only asks the service and answers.
"""

from __future__ import annotations

from typing import Literal

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.contract import (
    Answers,
    Choices,
    Combination,
    CombinationHoldAnswer,
    ConsentRequest,
    Identifier,
    IdentityAnswer,
    IdentityRequest,
    LineConsent,
    LineConsents,
    OneTimeCodeCheck,
    OneTimeCodeRequest,
    OneTimeCodeSent,
    PhotoId,
    Sheet,
    Visit,
    VisitClose,
    VisitLanguage,
    VisitList,
    VisitPhase,
    VisitRating,
    VisitRequest,
    VoucherAnswer,
    VoucherCode,
)
from store_api.decisions import service as decisions
from store_api.directory import service as directory
from store_api.directory.service import Heard
from store_api.redemptions import service as redemptions
from store_api.refusals import service as refusals
from store_api.visits import service
from store_api.work import Work, reads, writes, writes_prepared

api = APIBlueprint("visits", __name__)


class VisitPath(BaseModel):
    """A visit in an address."""

    visit_id: Identifier


class ConsentPath(BaseModel):
    """A line of the account of a visit's person."""

    visit_id: Identifier
    line_id: Identifier


class VisitQuery(BaseModel):
    """Which visits to list: the open ones."""

    state: Literal["open"] = "open"


@api.post("/v1/visits", responses={201: Visit})
@allow("kiosk", "tablet", "rep", "manager")
@writes
def open_visit(work: Work, body: VisitRequest) -> tuple[Visit, int]:
    """Open a visit at the caller's station."""
    return service.show(work, service.open_visit(work, body)), 201


@api.get("/v1/visits", responses={200: VisitList})
@allow("rep", "manager", "care")
@reads
def list_visits(work: Work, query: VisitQuery) -> VisitList:
    """The open visits of the caller's store, newest first."""
    return VisitList(visits=tuple(service.show(work, visit) for visit in service.find_open(work)))


@api.get("/v1/visits/<visit_id>", responses={200: Visit})
@allow("kiosk", "rep", "manager", "phone", "care")
@reads
def show_visit(work: Work, path: VisitPath) -> Visit:
    """A visit as the caller may see it."""
    return service.show(work, service.find(work, path.visit_id))


@api.put("/v1/visits/<visit_id>/language", responses={200: Visit})
@allow("kiosk", "rep", "manager")
@writes
def set_language(work: Work, path: VisitPath, body: VisitLanguage) -> Visit:
    """Change the language in which the customer reads; nothing is decided anew."""
    visit = service.find_to_change(work, path.visit_id)
    service.change(work, visit, "visit.language_changed", language=body.language)
    return service.show(work, visit)


@api.post("/v1/visits/<visit_id>/identity", responses={200: IdentityAnswer})
@allow("kiosk")
@writes_prepared(service.prepare_number, when=directory.is_asked)
def check_identity(
    work: Work, path: VisitPath, body: IdentityRequest, prepared: Heard | None
) -> IdentityAnswer:
    """Check the person's telephone number and own PIN."""
    visit = service.find_to_change(work, path.visit_id)
    service.keep_heard(work, visit, prepared)
    return _identity_answer(work, visit, service.check_identity(work, visit, body), prepared)


@api.post("/v1/visits/<visit_id>/one-time-code", responses={200: OneTimeCodeSent})
@allow("kiosk")
@writes_prepared(service.prepare_number, when=directory.is_asked)
def send_one_time_code(
    work: Work, path: VisitPath, body: OneTimeCodeRequest, prepared: Heard | None
) -> OneTimeCodeSent:
    """Send a one-time code to the line of a number; the answer does not tell whether somebody has it."""
    visit = service.find_to_change(work, path.visit_id)
    service.keep_heard(work, visit, prepared)
    sent = service.send_code(work, visit, body.telephone)
    return OneTimeCodeSent(sent=sent.code is None, code=sent.code, until=sent.until)


@api.post("/v1/visits/<visit_id>/one-time-code/check", responses={200: IdentityAnswer})
@allow("kiosk")
@writes_prepared(service.prepare_number, when=directory.is_asked)
def check_one_time_code(
    work: Work, path: VisitPath, body: OneTimeCodeCheck, prepared: Heard | None
) -> IdentityAnswer:
    """Check the code that was sent to the person's line."""
    visit = service.find_to_change(work, path.visit_id)
    service.keep_heard(work, visit, prepared)
    return _identity_answer(work, visit, service.check_code(work, visit, body), prepared)


@api.post("/v1/visits/<visit_id>/photo-id", responses={200: IdentityAnswer})
@allow("rep", "manager")
@writes_prepared(service.prepare_number, when=directory.is_asked)
def see_photo_id(work: Work, path: VisitPath, body: PhotoId, prepared: Heard | None) -> IdentityAnswer:
    """Note that the calling member of staff saw the person's photo ID."""
    visit = service.find_to_change(work, path.visit_id)
    service.keep_heard(work, visit, prepared)
    return _identity_answer(work, visit, service.see_photo_id(work, visit, body.telephone), prepared)


@api.post("/v1/visits/<visit_id>/unlock", responses={200: Visit})
@allow("rep", "manager")
@writes
def unlock_person(work: Work, path: VisitPath) -> Visit:
    """Open PIN and one-time codes again for the person whose photo ID was seen in this visit."""
    visit = service.find_to_change(work, path.visit_id)
    service.unlock_person(work, visit)
    return service.show(work, visit)


@api.post("/v1/visits/<visit_id>/voucher-code", responses={200: VoucherAnswer})
@allow("kiosk", "rep", "manager")
@writes
def read_voucher_code(work: Work, path: VisitPath, body: VoucherCode) -> VoucherAnswer:
    """Say what a scanned or typed code is: public terms, or why there is nothing to use."""
    visit = service.find_to_change(work, path.visit_id)
    read = service.read_code(work, visit, body)
    return VoucherAnswer(
        code=read.code,
        policy=read.policy,
        sheets=_sheets(work, read),
        visit=service.show(work, visit),
    )


@api.get("/v1/visits/<visit_id>/choices", responses={200: Choices})
@allow("kiosk", "rep", "manager", "care")
@reads
def list_choices(work: Work, path: VisitPath) -> Choices:
    """What the identified person can ask about."""
    return service.choices(work, service.find_identified(work, path.visit_id))


@api.get("/v1/visits/<visit_id>/consents", responses={200: LineConsents})
@allow("kiosk", "rep", "manager")
@reads
def list_consents(work: Work, path: VisitPath) -> LineConsents:
    """The lines to which the identified owner can give leave."""
    visit = service.find_identified(work, path.visit_id)
    return LineConsents(consents=service.list_consents(work, visit))


@api.put("/v1/visits/<visit_id>/consents/<line_id>", responses={200: LineConsent})
@allow("kiosk", "rep", "manager")
@writes
def set_consent(work: Work, path: ConsentPath, body: ConsentRequest) -> LineConsent:
    """Give a line the identified owner's leave, or take it back."""
    visit = service.find_identified(work, path.visit_id)
    return service.set_consent(work, visit, path.line_id, body.allowed)


@api.get("/v1/visits/<visit_id>/combination", responses={200: Combination})
@allow("kiosk", "rep", "manager")
@reads
def propose_combination(work: Work, path: VisitPath) -> Combination:
    """The best combination of the person's vouchers for what is being bought, and why it is the best."""
    return service.propose(work, service.find_identified(work, path.visit_id))


@api.post("/v1/visits/<visit_id>/combination", responses={200: CombinationHoldAnswer})
@allow("kiosk", "rep", "manager")
@writes
def hold_combination(work: Work, path: VisitPath) -> CombinationHoldAnswer:
    """Reserve the best combination: all of it, or nothing."""
    held = service.hold_together(work, service.find_identified(work, path.visit_id))
    return CombinationHoldAnswer(
        holds=tuple(redemptions.show_hold(each, work.now) for each in held.holds),
        code=held.code,
        decision=None if held.decision is None else decisions.show(held.decision),
    )


@api.put("/v1/visits/<visit_id>/order", responses={200: Visit})
@allow("kiosk", "rep", "manager", "care")
@writes
def answer_questions(work: Work, path: VisitPath, body: Answers) -> Visit:
    """Take the customer's answers into the visit's order."""
    visit = service.find_identified(work, path.visit_id)
    service.answer(work, visit, body)
    return service.show(work, visit)


@api.put("/v1/visits/<visit_id>/phase", responses={200: Visit})
@allow("rep", "manager")
@writes
def set_phase(work: Work, path: VisitPath, body: VisitPhase) -> Visit:
    """Note that somebody is being called, or that the customer waits, or that it goes on."""
    visit = service.find_to_change(work, path.visit_id)
    service.set_phase(work, visit, body.phase)
    return service.show(work, visit)


@api.put("/v1/visits/<visit_id>/rating", responses={200: Visit})
@allow("kiosk")
@writes
def rate_visit(work: Work, path: VisitPath, body: VisitRating) -> Visit:
    """Take the customer's rating; no face shows it, and it counts for the store alone."""
    visit = service.find_to_change(work, path.visit_id)
    service.rate(work, visit, body.rating)
    return service.show(work, visit)


@api.post("/v1/visits/<visit_id>/close", responses={200: Visit})
@allow("kiosk", "rep", "manager", "care")
@writes
def close_visit(work: Work, path: VisitPath, body: VisitClose) -> Visit:
    """End a visit, or let the kiosk forget one whose hold the staff will finish."""
    visit = service.find_to_change(work, path.visit_id)
    refusals.note_close(work, visit, body.outcome)
    service.close(work, visit, body)
    return service.show(work, visit)


def _sheets(work: Work, read: service.ReadVoucher) -> dict[str, Sheet] | None:
    """In words why there is nothing to use; none where there is."""
    if read.code is None:
        return None
    return decisions.sheets_of_code(work, read.code, {"what": read.kind} if read.kind else {})


def _identity_answer(
    work: Work, visit: service.VisitRow, check: service.IdentityCheck, heard: Heard | None
) -> IdentityAnswer:
    """The outcome of a check; what a till has rung up waits for its person no longer."""
    service.take_up_till_order(work, visit)
    return IdentityAnswer(
        checked=check.person is not None,
        code=service.code_of(check.code, heard),
        locked_until=check.locked_until,
        visit=service.show(work, visit),
    )
