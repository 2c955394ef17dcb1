"""/v1/service-figures: how stores serve, by store.

What it must not know: how a figure is made.
"""

from __future__ import annotations

import datetime as dt

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.contract import ServiceFigures
from store_api.service_figures import service
from store_api.work import Work, reads

api = APIBlueprint("service_figures", __name__)


class DaysQuery(BaseModel):
    """From which day to which, both included; by default the last four weeks."""

    since: dt.date | None = None
    until: dt.date | None = None


@api.get("/v1/service-figures", responses={200: ServiceFigures})
@allow("manager", "region")
@reads
def show_service_figures(work: Work, query: DaysQuery) -> ServiceFigures:
    """Minutes, ratings and what misquoted terms cost, by store; a manager sees their own store's."""
    return service.read_figures(work, query.since, query.until)
