"""/v1/reconciliations: what was redeemed, captured and billed on a day, and where they do not agree.

What it must not know: how it is found out.
"""

from __future__ import annotations

import datetime as dt

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from store_api.auth import allow
from store_api.contract import Identifier, Reconciliations
from store_api.errors import NotFound
from store_api.reconciliations import service
from store_api.work import Work, reads

api = APIBlueprint("reconciliations", __name__)


class DayPath(BaseModel):
    """A day, in each store's own time zone."""

    day: dt.date = Field(ge=dt.date(2000, 1, 1), le=dt.date(9000, 1, 1))


class StoreQuery(BaseModel):
    """One store only."""

    model_config = ConfigDict(extra="forbid")
    store_id: Identifier | None = None


@api.get("/v1/reconciliations/<day>", responses={200: Reconciliations})
@allow("manager", "partner")
@reads
def reconcile(work: Work, path: DayPath, query: StoreQuery) -> Reconciliations:
    """The day of the caller's store, or of every store for a partner of the whole chain."""
    own = work.caller.store_id
    if own is not None and query.store_id not in (None, own):
        raise NotFound
    found = service.reconcile(work.session, path.day, own or query.store_id, bool(work.settings.billing))
    return Reconciliations(day=path.day, stores=tuple(found))
