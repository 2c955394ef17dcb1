"""/v1/visits/{visit_id}/overrides and /v1/overrides: asking for terms to be waived, and answering it.

What it must not know: what is weighed, who may answer.
"""

from __future__ import annotations

from typing import Annotated, cast

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, StringConstraints

from store_api import permissions
from store_api.auth import allow
from store_api.contract import (
    Exceptions,
    Identifier,
    Override,
    OverrideAnswer,
    OverrideAnswerRequest,
    OverrideDesk,
    OverrideReason,
    OverrideRequest,
    Permissions,
)
from store_api.overrides import service
from store_api.sharing import service as sharing
from store_api.visits import service as visits
from store_api.work import Work, reads, writes

api = APIBlueprint("overrides", __name__)

TermList = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:,-]*$", max_length=700)]


class VisitPath(BaseModel):
    """A visit in an address."""

    visit_id: Identifier


class VisitOverridePath(BaseModel):
    """A request of a visit."""

    visit_id: Identifier
    override_id: Identifier


class OverridePath(BaseModel):
    """A request in an address."""

    override_id: Identifier


class ExceptionsQuery(BaseModel):
    """Terms to weigh, separated by commas, and the reason that the preview's sheet tells."""

    terms: TermList = ""
    reason: OverrideReason | None = None


@api.get("/v1/permissions", responses={200: Permissions})
@allow("rep", "manager", "region", "care")
@reads
def show_permissions(work: Work) -> Permissions:
    """What the caller's role may do: allowed, needs_approval, or never."""
    table = permissions.read_permissions(work.settings.permissions)
    role = cast(str, work.caller.role)
    return Permissions(actions={action: roles.get(role, "never") for action, roles in table.items()})


@api.get("/v1/visits/<visit_id>/overrides", responses={200: Exceptions})
@allow("rep", "manager")
@reads
def show_exceptions(work: Work, path: VisitPath, query: ExceptionsQuery) -> Exceptions:
    """What of the visit's answer could be waived, and what that would change and cost."""
    visit = visits.find_identified(work, path.visit_id)
    terms = [each for each in query.terms.split(",") if each]
    return service.show_exceptions(work, visit, terms, query.reason)


@api.post("/v1/visits/<visit_id>/overrides", responses={201: Override})
@allow("rep", "manager")
@writes
def ask_override(work: Work, path: VisitPath, body: OverrideRequest) -> tuple[Override, int]:
    """Ask for named terms of the visit's answer to be waived."""
    visit = visits.find_identified(work, path.visit_id)
    return service.show(work, service.ask(work, visit, body)), 201


@api.post("/v1/visits/<visit_id>/overrides/<override_id>/withdraw", responses={200: Override})
@allow("rep", "manager")
@writes
def withdraw_override(work: Work, path: VisitOverridePath) -> Override:
    """Take a request back that nobody has answered."""
    visit = visits.find_identified(work, path.visit_id)
    return service.show(work, service.withdraw(work, visit, path.override_id))


@api.get("/v1/overrides", responses={200: OverrideDesk})
@allow("rep", "manager", "region", "care")
@reads
def show_desk(work: Work) -> OverrideDesk:
    """Requests that wait for the caller's role, and what was approved in the caller's name."""
    return service.desk(work, sharing.took_part)


@api.get("/v1/overrides/<override_id>", responses={200: Override})
@allow("rep", "manager", "region", "care")
@reads
def show_override(work: Work, path: OverridePath) -> Override:
    """A request, with what keeps the caller from answering it."""
    return service.find_to_see(work, path.override_id, sharing.took_part)


@api.post("/v1/overrides/<override_id>/answer", responses={200: OverrideAnswer})
@allow("rep", "manager", "region", "care")
@writes
def answer_override(work: Work, path: OverridePath, body: OverrideAnswerRequest) -> OverrideAnswer:
    """Approve or decline exactly what was shown, with the approver's own PIN; a code where it is refused."""
    return service.answer(work, path.override_id, body, sharing.took_part)


@api.post("/v1/overrides/<override_id>/seen", responses={200: Override})
@allow("rep", "manager", "region", "care")
@writes
def see_override(work: Work, path: OverridePath) -> Override:
    """It was the caller who approved this."""
    return service.show(work, service.see(work, path.override_id))


@api.post("/v1/overrides/<override_id>/disown", responses={200: Override})
@allow("rep", "manager", "region", "care")
@writes
def disown_override(work: Work, path: OverridePath) -> Override:
    """ "This was not me": end an approval that was given in the caller's name, and close their PIN."""
    return service.show(work, service.disown(work, path.override_id))
