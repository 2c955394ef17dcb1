"""The log over HTTP."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, ConfigDict

from store_api.audit import service
from store_api.auth import allow
from store_api.contract import Identifier, LogPage
from store_api.work import Work, reads

api = APIBlueprint("audit", __name__)


class LogQuery(BaseModel):
    """Where to read on: the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")
    after: Identifier | None = None


@api.get("/v1/log", responses={200: LogPage})
@allow("manager")
@reads
def show_log(work: Work, query: LogQuery) -> LogPage:
    """Read the append-only log, oldest first."""
    return service.read_page(work.session, query.after)
