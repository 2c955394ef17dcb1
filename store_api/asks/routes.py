"""/v1/visits/{visit_id}/asks: what a line's use asks the account's owner, and the answer.

What it must not know: what is asked, who may answer.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.asks import service
from store_api.auth import allow
from store_api.contract import Ask, AskAnswerRequest, Identifier
from store_api.visits import service as visits
from store_api.work import Work, writes

api = APIBlueprint("asks", __name__)


class VisitPath(BaseModel):
    """A visit in an address."""

    visit_id: Identifier


class AskPath(BaseModel):
    """An ask of a visit."""

    visit_id: Identifier
    ask_id: Identifier


@api.post("/v1/visits/<visit_id>/asks", responses={201: Ask})
@allow("kiosk", "rep", "manager", "care")
@writes
def ask_owner(work: Work, path: VisitPath) -> tuple[Ask, int]:
    """Ask the account's owner about the visit's sheet."""
    visit = visits.find_identified(work, path.visit_id)
    return service.show(work, service.ask(work, visit)), 201


@api.post("/v1/visits/<visit_id>/asks/<ask_id>/answer", responses={200: Ask})
@allow("phone", "care")
@writes
def answer_ask(work: Work, path: AskPath, body: AskAnswerRequest) -> Ask:
    """The owner approves or declines exactly what was shown: on their phone, or heard by an agent."""
    visit = visits.find_identified(work, path.visit_id)
    return service.show(work, service.answer(work, visit, path.ask_id, body.approved, body.digest))


@api.post("/v1/visits/<visit_id>/asks/<ask_id>/withdraw", responses={200: Ask})
@allow("phone", "care")
@writes
def withdraw_ask(work: Work, path: AskPath) -> Ask:
    """The owner takes a yes back that was not used."""
    visit = visits.find_identified(work, path.visit_id)
    return service.show(work, service.withdraw(work, visit, path.ask_id))
