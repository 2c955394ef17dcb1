"""/v1/claims: what a customer heard, checked against the policy.

What it must not know: how a claim is checked or counted.
"""

from __future__ import annotations

import datetime as dt

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.claims import service
from store_api.contract import ClaimAnswer, ClaimCounts, ClaimList, ClaimRequest, Identifier
from store_api.visits import service as visits
from store_api.work import Work, reads, writes

api = APIBlueprint("claims", __name__)


class ClaimsQuery(BaseModel):
    """The visit whose list is wanted; `policy` where the visit has no decision."""

    visit_id: Identifier
    policy: Identifier | None = None


class CountsQuery(BaseModel):
    """Which days, both included, and of which store or policy."""

    since: dt.date | None = None
    until: dt.date | None = None
    store_id: Identifier | None = None
    policy: Identifier | None = None


@api.get("/v1/claims", responses={200: ClaimList})
@allow("kiosk", "rep", "manager", "phone", "care")
@reads
def list_claims(work: Work, query: ClaimsQuery) -> ClaimList:
    """The closed list of what customers hear, and what was answered in this visit while it is open."""
    return service.list_claims(work, visits.find(work, query.visit_id), query.policy)


@api.post("/v1/claims", responses={201: ClaimAnswer})
@allow("kiosk", "rep", "manager", "care")
@writes
def check_claim(work: Work, body: ClaimRequest) -> tuple[ClaimAnswer, int]:
    """Check one statement for the visit's customer; before the identity check, the policy's words alone."""
    return service.check(work, visits.find_to_change(work, body.visit_id), body), 201


@api.get("/v1/claims/counts", responses={200: ClaimCounts})
@allow("region", "manager")
@reads
def count_claims(work: Work, query: CountsQuery) -> ClaimCounts:
    """In how many identified visits each claim was checked, by store and answer."""
    return service.count(work, query.since, query.until, query.store_id, query.policy)
