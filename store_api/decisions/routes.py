"""/v1/decisions and /v1/terms: asking for an answer, and reading one again.

What it must not know: how a decision is made.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.contract import Decision, DecisionCheck, DecisionRequest, Identifier, PublicTerms
from store_api.decisions import service
from store_api.decisions.service import DecisionRow
from store_api.directory import service as directory
from store_api.directory.service import Heard
from store_api.errors import NotFound
from store_api.ready_json import ReadyJson, with_stored
from store_api.visits import service as visits
from store_api.work import Work, reads, writes_prepared

api = APIBlueprint("decisions", __name__)


class DecisionPath(BaseModel):
    """A decision in an address."""

    decision_id: Identifier


class TermsPath(BaseModel):
    """A terms code in an address, as people write it."""

    terms_code: Identifier


@api.post("/v1/decisions", responses={201: Decision})
@allow("kiosk", "rep", "manager", "till", "care")
@writes_prepared(visits.prepare_decision, when=directory.is_asked)
def make_decision(work: Work, body: DecisionRequest, prepared: Heard | None) -> tuple[ReadyJson, int]:
    """Decide on a voucher or an upgrade; the answer becomes the visit's decision."""
    visit = visits.find_identified(work, body.visit_id)
    visits.keep_heard(work, visit, prepared)
    return service.show_stored(visits.decide(work, visit, body)), 201


@api.get("/v1/decisions/<decision_id>", responses={200: Decision})
@allow("kiosk", "rep", "manager", "till", "phone", "care")
@reads
def show_decision(work: Work, path: DecisionPath) -> ReadyJson:
    """A decision of a visit that the caller may see."""
    return service.show_stored(_of_caller(work, path))


@api.get("/v1/decisions/<decision_id>/check", responses={200: DecisionCheck})
@allow("kiosk", "rep", "manager", "till")
@reads
def check_decision(work: Work, path: DecisionPath) -> ReadyJson:
    """Whether what a decision granted could be used at this moment; decided again, nothing is written."""
    row = _of_caller(work, path)
    code = service.check(work, row)
    return with_stored(DecisionCheck, {"decision": row.wire}, stands=code is None, code=code)


@api.get("/v1/terms/<terms_code>", responses={200: PublicTerms})
@allow("public")
@reads
def show_terms(work: Work, path: TermsPath) -> PublicTerms:
    """The policy's words by a terms code; the whole sheet for who may see it."""
    row = service.find_by_terms_code(work.session, path.terms_code)
    if row is None:
        raise NotFound("terms.not_found")
    return service.show_public(work, row, whole=_may_see_sheet(work, row))


def _of_caller(work: Work, path: DecisionPath) -> DecisionRow:
    row = service.find(work.session, path.decision_id)
    if row is None:
        raise NotFound
    visits.find_of_order(work, row.visit_id, row.order_id)
    return row


def _may_see_sheet(work: Work, row: DecisionRow) -> bool:
    """Staff and tablets of that store may; a kiosk for its own open visit; nobody else."""
    if work.caller.role in ("rep", "manager", "tablet"):
        return work.caller.store_id == row.store_id
    if work.caller.role != "kiosk":
        return False
    try:
        visit = visits.find(work, row.visit_id)
    except NotFound:
        return False
    return visits.is_open_to(visit, work) and visit.order_id == row.order_id
