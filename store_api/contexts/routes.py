"""/v1/contexts: what a rep may know from before a visit.

What it must not know: where it comes from.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.contexts import service
from store_api.contract import Identifier, VisitContext
from store_api.visits import service as visits
from store_api.work import Work, reads

api = APIBlueprint("contexts", __name__)


class ContextPath(BaseModel):
    """A visit in an address."""

    visit_id: Identifier


@api.get("/v1/contexts/<visit_id>", responses={200: VisitContext})
@allow("rep", "manager")
@reads
def show_context(work: Work, path: ContextPath) -> VisitContext:
    """The last sheet and the last claim of the identified person, from before this visit."""
    return service.read_context(work, visits.find_identified(work, path.visit_id))
