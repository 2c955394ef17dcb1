"""/v1/visits/{visit_id}/refusals and /v1/refusals: what was not given, why, and the customer's own word.

What it must not know: when something counts as refused.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.contract import (
    Identifier,
    Refusal,
    RefusalList,
    RefusalReasonRequest,
    RefusalRequest,
    RefusalWord,
)
from store_api.refusals import service
from store_api.visits import service as visits
from store_api.work import Work, reads, writes

api = APIBlueprint("refusals", __name__)


class VisitPath(BaseModel):
    """A visit in an address."""

    visit_id: Identifier


class VisitRefusalPath(BaseModel):
    """A refusal of a visit."""

    visit_id: Identifier
    refusal_id: Identifier


class RefusalPath(BaseModel):
    """A refusal in an address."""

    refusal_id: Identifier


@api.get("/v1/visits/<visit_id>/refusals", responses={200: RefusalList})
@allow("kiosk", "rep", "manager", "phone")
@reads
def list_refusals(work: Work, path: VisitPath) -> RefusalList:
    """What of the visit's sheets was not given, and whether there is something to note."""
    return service.list_of_visit(work, visits.find_identified(work, path.visit_id))


@api.post("/v1/visits/<visit_id>/refusals", responses={201: Refusal})
@allow("kiosk", "rep", "manager", "phone")
@writes
def note_refusal(work: Work, path: VisitPath, body: RefusalRequest) -> tuple[Refusal, int]:
    """Note that what the sheet grants was not given; staff may say why at once."""
    row = service.note(work, visits.find_identified(work, path.visit_id), body)
    return service.show(work, row), 201


@api.put("/v1/visits/<visit_id>/refusals/<refusal_id>/word", responses={200: Refusal})
@allow("kiosk", "phone")
@writes
def give_word(work: Work, path: VisitRefusalPath, body: RefusalWord) -> Refusal:
    """The customer's own word to the store's reason."""
    visit = visits.find_identified(work, path.visit_id)
    return service.show(work, service.give_word(work, visit, path.refusal_id, body.agrees))


@api.get("/v1/refusals", responses={200: RefusalList})
@allow("rep", "manager")
@reads
def list_without_reason(work: Work) -> RefusalList:
    """The refusals of the caller's store that still want a reason, newest first."""
    return service.list_without_reason(work)


@api.put("/v1/refusals/<refusal_id>/reason", responses={200: Refusal})
@allow("rep", "manager")
@writes
def explain_refusal(work: Work, path: RefusalPath, body: RefusalReasonRequest) -> Refusal:
    """Give the store's reason, also after the visit."""
    return service.show(work, service.explain(work, path.refusal_id, body))
