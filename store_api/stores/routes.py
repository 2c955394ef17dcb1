"""The caller's store over HTTP."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint

from store_api.auth import allow
from store_api.contract import Store, StoreList
from store_api.stores import service
from store_api.work import Work, reads

api = APIBlueprint("stores", __name__)


@api.get("/v1/store", responses={200: Store})
@allow("kiosk", "tablet", "rep", "manager", "till")
@reads
def show_store(work: Work) -> Store:
    """Show the store that the caller's device or session belongs to."""
    found = service.read_store(work.session, work.caller.store_id)
    return found.model_copy(update={"one_time_codes": bool(work.settings.messages)})


@api.get("/v1/stores", responses={200: StoreList})
@allow("care")
@reads
def list_stores(work: Work) -> StoreList:
    """Every store: where a caller may mean to go."""
    places = service.find_places(work.session)
    return StoreList(stores=tuple(service.read_store(work.session, place.store_id) for place in places))
