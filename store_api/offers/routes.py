"""/v1/offers, and the one card of a visit.

What it must not know: when an offer is shown.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.contract import Identifier, Offer, OfferCard, OfferDeclined, OfferList, OfferRequest
from store_api.offers import service
from store_api.visits import service as visits
from store_api.work import Work, reads, writes

api = APIBlueprint("offers", __name__)


class OfferPath(BaseModel):
    """An offer in an address."""

    offer_id: Identifier


class VisitPath(BaseModel):
    """A visit in an address."""

    visit_id: Identifier


@api.get("/v1/offers", responses={200: OfferList})
@allow("author", "region")
@reads
def list_offers(work: Work) -> OfferList:
    """Every offer, the newest first."""
    return OfferList(offers=tuple(service.show(row) for row in service.list_all(work)))


@api.post("/v1/offers", responses={201: Offer})
@allow("author", "region")
@writes
def make_offer(work: Work, body: OfferRequest) -> tuple[Offer, int]:
    """Make an offer for some stores, some regions, or everywhere."""
    return service.show(service.make(work, body)), 201


@api.post("/v1/offers/<offer_id>/end", responses={200: Offer})
@allow("author", "region")
@writes
def end_offer(work: Work, path: OfferPath) -> Offer:
    """Show an offer no more, on any face."""
    return service.show(service.end(work, path.offer_id))


@api.get("/v1/visits/<visit_id>/offer", responses={200: OfferCard})
@allow("kiosk", "rep", "manager")
@reads
def show_offer(work: Work, path: VisitPath) -> OfferCard:
    """The card that stands in a visit, or whether one may be shown."""
    return service.look(work, visits.find_identified(work, path.visit_id))


@api.post("/v1/visits/<visit_id>/offer", responses={200: OfferCard})
@allow("kiosk")
@writes
def show_next_offer(work: Work, path: VisitPath) -> OfferCard:
    """Show an offer, once, where the customer's own matter is decided; the card that stands there now."""
    return service.show_next(work, visits.find_identified(work, path.visit_id))


@api.post("/v1/visits/<visit_id>/offer/decline", responses={200: OfferCard})
@allow("kiosk", "rep", "manager")
@writes
def decline_offer(work: Work, path: VisitPath, body: OfferDeclined) -> OfferCard:
    """Take "no" for an answer; no reason is asked and none can be given."""
    return service.decline(work, visits.find_identified(work, path.visit_id), body.for_good)
