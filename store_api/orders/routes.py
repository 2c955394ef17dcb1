"""/v1/orders and /v1/price-list: what is sold, what is being bought, and who says that it is bought.

What it must not know: how a voucher is consumed; it finds the visit, asks the services, tells the faces.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.contract import Capture, Identifier, Order, PriceList, RedemptionAnswer
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.errors import Conflict, NotFound
from store_api.orders import service
from store_api.orders.service import OrderRow
from store_api.ready_json import ReadyJson
from store_api.redemptions import service as redemptions
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work, reads, writes

api = APIBlueprint("orders", __name__)


class OrderPath(BaseModel):
    """An order in an address."""

    order_id: Identifier


@api.get("/v1/price-list", responses={200: PriceList})
@allow("kiosk", "tablet", "rep", "manager", "till")
@reads
def show_price_list(work: Work) -> PriceList:
    """What the store sells today, before tax and fees."""
    return service.price_list(work.session)


@api.get("/v1/orders/<order_id>", responses={200: Order})
@allow("kiosk", "rep", "manager", "till")
@reads
def show_order(work: Work, path: OrderPath) -> Order:
    """An order of a visit that the caller may see."""
    order, _ = _order_of_caller(work, path.order_id)
    return service.show(order)


@api.post("/v1/orders/<order_id>/confirm", responses={200: RedemptionAnswer})
@allow("rep", "manager")
@writes
def confirm_order(work: Work, path: OrderPath) -> ReadyJson:
    """A named rep confirms the order as it was said; the credit that the visit decided on is used."""
    order, visit = _order_of_caller(work, path.order_id)
    return _settle(work, order, visit, "confirmed")


@api.post("/v1/orders/<order_id>/capture", responses={200: RedemptionAnswer})
@allow("till")
@writes
def capture_order(work: Work, path: OrderPath, body: Capture) -> ReadyJson:
    """A till captures what it sold; what differs from what was said is decided again."""
    order, visit = _order_of_caller(work, path.order_id)
    if order.state == "said":
        service.capture(work.session, order, body, work.now)
    return _settle(work, order, visit, "captured")


def _settle(work: Work, order: OrderRow, visit: VisitRow, state: str) -> ReadyJson:
    """Use the visit's credit on the order. An order that was settled before says why it cannot be again."""
    named = _decision_of(work, order, visit)
    actor = redemptions.actor_of(work)
    redeemed = redemptions.redeem_order(work, named, actor)
    if redeemed.code is None:
        service.settle(work.session, order, state, actor.who, work.now)
    visits.note_redemption(work, visit, redeemed)
    return redemptions.show_redeemed(redeemed)


def _decision_of(work: Work, order: OrderRow, visit: VisitRow) -> DecisionRow:
    """The decision that the visit shows, which must be about this order."""
    named = decisions.find(work.session, visit.decision_id) if visit.decision_id else None
    if named is None or named.order_id != order.order_id:
        raise Conflict("order.without_decision")
    return named


def _order_of_caller(work: Work, order_id: str) -> tuple[OrderRow, VisitRow]:
    order = service.find_by_id(work.session, order_id)
    if order is None:
        raise NotFound
    return order, visits.find_of_order(work, order.visit_id, order.order_id)
