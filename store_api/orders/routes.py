"""/v1/orders and /v1/price-list: what is sold, what is being bought, and who says that it is bought.

What it must not know: how a voucher is consumed; it finds the visit, asks the services, tells the faces.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.audit import service as audit
from store_api.auth import allow
from store_api.contract import (
    Capture,
    CaptureAnswer,
    Identifier,
    Order,
    OrderVisit,
    PriceList,
    RedemptionAnswer,
    TillOrder,
    TillOrderRequest,
)
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.directory import service as directory
from store_api.directory.service import Heard, Job
from store_api.errors import Conflict, NotFound
from store_api.orders import service
from store_api.orders.service import OrderRow
from store_api.ready_json import ReadyJson, with_stored
from store_api.redemptions import service as redemptions
from store_api.redemptions.service import Redeemed
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work, reads, writes, writes_prepared

api = APIBlueprint("orders", __name__)


class OrderPath(BaseModel):
    """An order in an address."""

    order_id: Identifier


@api.get("/v1/price-list", responses={200: PriceList})
@allow("kiosk", "tablet", "rep", "manager", "till", "care")
@reads
def show_price_list(work: Work) -> PriceList:
    """What the store sells today, before tax and fees."""
    return service.price_list(work.session)


@api.get("/v1/orders/<order_id>", responses={200: Order})
@allow("kiosk", "rep", "manager", "till")
@reads
def show_order(work: Work, path: OrderPath) -> Order:
    """An order of a visit that the caller may see; a till sees every order of its store."""
    if work.caller.role == "till":
        return service.show(_order_of_till(work, path.order_id))
    order, _ = _order_of_caller(work, path.order_id)
    return service.show(order)


def _prepare_confirming(work: Work, path: OrderPath) -> Job:
    """Ask the directory for what is not fresh of the order's person."""
    return visits.prepare_visit(work, _order_of_caller(work, path.order_id)[1])


def _prepare_capturing(work: Work, path: OrderPath, body: Capture) -> Job:
    """The same, where the capture will decide: an order that is settled is answered without asking."""
    order = _order_of_till(work, path.order_id)
    if order.state != "said":
        return lambda: None
    return visits.prepare_visit(work, visits.find_of_order(work, order.visit_id, order.order_id))


@api.post("/v1/orders/<order_id>/confirm", responses={200: RedemptionAnswer})
@allow("rep", "manager")
@writes_prepared(_prepare_confirming, when=directory.is_asked)
def confirm_order(work: Work, path: OrderPath, prepared: Heard | None) -> ReadyJson:
    """A named rep confirms the order as it was said; the credit that the visit decided on is used."""
    order, visit = _order_of_caller(work, path.order_id)
    visits.keep_heard(work, visit, prepared)
    redeemed = _settle(work, order, visit, "confirmed")
    return redemptions.show_redeemed(redeemed, work.settings.keys)


@api.post("/v1/orders", responses={201: TillOrder})
@allow("till")
@writes
def open_order(work: Work, body: TillOrderRequest) -> tuple[TillOrder, int]:
    """A till opens an order under its own reference; a tablet and a visit go on with it."""
    visit, rung_up = visits.open_for_till(work, body)
    order = service.find_by_id(work.session, rung_up.order_id) if rung_up.order_id else None
    return TillOrder(
        till_reference=rung_up.till_reference,
        visit_id=visit.visit_id,
        visit_code=visit.code,
        order=service.show(order) if order else None,
    ), 201


@api.get("/v1/orders/<order_id>/visit", responses={200: OrderVisit})
@allow("rep", "manager", "till")
@reads
def show_visit_of_order(work: Work, path: OrderPath) -> OrderVisit:
    """The visit in which an order is made, by the order's identifier or a till's reference."""
    order = _find_named(work, path.order_id)
    if order is not None:
        visit = visits.find(work, order.visit_id)
        return OrderVisit(
            visit_id=visit.visit_id, order_id=order.order_id, till_reference=order.till_reference
        )
    rung_up = service.till_orders.find(work.session, work.caller.store_id, path.order_id)
    if rung_up is None:
        raise NotFound
    visit = visits.find(work, rung_up.visit_id)
    return OrderVisit(visit_id=visit.visit_id, order_id=None, till_reference=rung_up.till_reference)


@api.post("/v1/orders/<order_id>/capture", responses={200: CaptureAnswer})
@allow("till")
@writes_prepared(_prepare_capturing, when=directory.is_asked)
def capture_order(work: Work, path: OrderPath, body: Capture, prepared: Heard | None) -> ReadyJson:
    """A till captures what it sold; what differs from what was said is decided again.

    The same capture once more, under whatever key, gets the same answer and does nothing. What a rep has
    confirmed is captured as it was confirmed; its credit is used already.
    """
    order = _order_of_till(work, path.order_id)
    service.lock(work.session, order.account_id, order.order_id)
    known = service.captures.find(work.session, order)
    if known is not None:
        service.captures.refuse_another(known, body)
        return _captured(work, order, _answered_before(work, order), again=True)
    if order.state == "said":
        visit = visits.find_of_order(work, order.visit_id, order.order_id)
        visits.keep_heard(work, visit, prepared)
        service.capture(work.session, order, body, work.now)
        redeemed = _settle(work, order, visit, "captured")
    else:
        service.capture_confirmed(work.session, order, body, work.now)
        redeemed = _answered_before(work, order)
    if redeemed.code is None:
        service.captures.keep(work.session, order, body, work.caller.subject_id, work.now)
        _log_capture(work, order)
    return _captured(work, order, redeemed, again=False)


def _settle(work: Work, order: OrderRow, visit: VisitRow, state: str) -> Redeemed:
    """Use the visit's credit on the order. An order that was settled before says why it cannot be again."""
    named = _decision_of(work, order, visit)
    actor = redemptions.actor_of(work)
    redeemed = redemptions.redeem_order(work, named, actor)
    if redeemed.code is None:
        service.settle(work.session, order, state, actor.who, work.now)
    visits.note_redemption(work, visit, redeemed)
    return redeemed


def _answered_before(work: Work, order: OrderRow) -> Redeemed:
    """What was answered when an order was settled, also after its visit has ended."""
    visit = visits.find(work, order.visit_id)
    used = redemptions.listing.of_order(work.session, order.account_id, order.order_id)
    own = next((row for row in used if row.redemption_id == visit.redemption_id), used[0] if used else None)
    named = decisions.find(work.session, own.decision_id if own else visit.decision_id or "")
    if named is None:
        raise Conflict("order.without_decision")
    return Redeemed(own, None, named, also=tuple(row for row in used if row is not own))


def _captured(work: Work, order: OrderRow, redeemed: Redeemed, again: bool) -> ReadyJson:
    listing = redemptions.listing
    rows = listing.of_order(work.session, order.account_id, order.order_id)
    applied = tuple(listing.show_applied(work.session, row) for row in rows)
    before = service.show(order).total
    capture = service.captures.find(work.session, order)
    stored, fields = redemptions.parts_of_redeemed(redeemed, work.settings.keys)
    return with_stored(
        CaptureAnswer,
        stored,
        **fields,
        order_id=order.order_id,
        applied=applied,
        total_before=before,
        total_after=listing.total_after(before, applied),
        captured_at=capture.captured_at if capture else None,
        again=again,
    )


def _log_capture(work: Work, order: OrderRow) -> None:
    rows = redemptions.listing.of_order(work.session, order.account_id, order.order_id)
    audit.record(
        work.session,
        action="order.captured",
        actor=work.caller.subject_id,
        subject=order.order_id,
        now=work.now,
        details={
            "till_reference": order.till_reference,
            "redemptions": [row.redemption_id for row in rows],
        },
    )


def _decision_of(work: Work, order: OrderRow, visit: VisitRow) -> DecisionRow:
    """The decision that the visit shows, which must be about this order, or what is reserved for it."""
    named = decisions.find(work.session, visit.decision_id) if visit.decision_id else None
    if named is None or named.order_id != order.order_id:
        raise Conflict("order.without_decision")
    return redemptions.named_by_holds(work, named)


def _order_of_caller(work: Work, name: str) -> tuple[OrderRow, VisitRow]:
    order = _find_named(work, name)
    if order is None:
        raise NotFound
    return order, visits.find_of_order(work, order.visit_id, order.order_id)


def _order_of_till(work: Work, name: str) -> OrderRow:
    """An order of the till's own store, whatever became of its visit. Raises NotFound."""
    order = _find_named(work, name)
    if order is None or order.store_id != work.caller.store_id:
        raise NotFound
    return order


def _find_named(work: Work, name: str) -> OrderRow | None:
    """An order by its identifier, or for staff and tills by the till's reference in their store."""
    found = service.find_by_id(work.session, name)
    if found is not None or work.caller.role == "kiosk":
        return found
    rung_up = service.till_orders.find(work.session, work.caller.store_id, name)
    return service.find_by_id(work.session, rung_up.order_id) if rung_up and rung_up.order_id else None
