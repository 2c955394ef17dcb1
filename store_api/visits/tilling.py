"""What a till has rung up comes into a visit: nothing that was typed at the till is typed again.

What it is for: opening a visit for a till's order, or joining one, and making what was rung up the visit's
order as soon as its person is known.
What it must not know: how a decision is made, Flask, the database's statements.
"""

from __future__ import annotations

from store_api.contract import FieldError, TillOrderRequest, VisitRequest
from store_api.errors import Invalid
from store_api.orders import service as orders
from store_api.orders.service import OrderPlace, OrderRow, TillOrderRow
from store_api.visits import visiting
from store_api.visits.models import VisitRow
from store_api.work import Work


def open_for_till(work: Work, body: TillOrderRequest) -> tuple[VisitRow, TillOrderRow]:
    """The visit in which a till's order is made, and what was rung up for it.

    The same reference again is the same order with its new contents. Raises Invalid for the code of no open
    visit, Conflict for an order that is settled.
    """
    visit = _visit_for(work, body)
    place = (visit.store_id, visit.visit_id)
    rung_up = orders.ring_up(work.session, place, body, work.caller.subject_id, work.now)
    _take_up(work, visit, rung_up)
    return visit, rung_up


def take_up_till_order(work: Work, visit: VisitRow) -> None:
    """Make what waits for a visit its order, where its person is known."""
    waiting = orders.till_orders.find_waiting(work.session, visit.visit_id)
    if waiting is not None:
        _take_up(work, visit, waiting)


def _visit_for(work: Work, body: TillOrderRequest) -> VisitRow:
    known = orders.till_orders.find(work.session, work.caller.store_id, body.till_reference)
    if known is not None:
        return visiting.find_to_change(work, known.visit_id)
    if body.visit_code is None:
        return visiting.open_visit(work, VisitRequest(language=body.language))
    for visit in visiting.find_open(work):
        if visit.code == body.visit_code:
            return visit
    raise Invalid(errors=(FieldError(pointer="/visit_code", detail="not the code of an open visit"),))


def _take_up(work: Work, visit: VisitRow, rung_up: TillOrderRow) -> None:
    if visit.identity is None:
        return
    order = _order_for(work, visit, rung_up)
    if order is None:
        return
    orders.take_up(work.session, rung_up, order, work.now)
    visiting.change(work, visit, "order.changed", order_id=order.order_id)


def _order_for(work: Work, visit: VisitRow, rung_up: TillOrderRow) -> OrderRow | None:
    """The visit's order, begun where there is none; none where it was rung up for an earlier person."""
    account_id = str(visit.account_id)
    if rung_up.order_id not in (None, visit.order_id):
        return None
    if visit.order_id is not None:
        return orders.lock(work.session, account_id, visit.order_id)
    place = OrderPlace(visit.visit_id, visit.store_id, account_id, str(visit.line_id))
    return orders.start(work.session, place, work.now)
