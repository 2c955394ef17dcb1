"""Several vouchers on one order: what is proposed and why, reserving it as one, keeping it longer.

What it must not know: which vouchers go together.
"""

from __future__ import annotations

from flask import Response, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current, flow
from kiosk.counter.blueprint import counter
from kiosk.counter.use import after_hold
from kiosk.htmx import go_to
from kiosk.steps import Step, step_of
from store_api.contract import Combination, Visit


@counter.get("/together")
def together() -> AnyResponse:
    """The vouchers that save the most together, and why others stay out."""
    visit = current.find_visit()
    found = proposal_for(visit)
    if found is None:
        return go_to(flow.next_page(visit))
    return Response(render_template("counter/together.html", combination=found))


@counter.post("/together")
def reserve_together() -> AnyResponse:
    """Reserve what is proposed: all of it, or nothing."""
    if current.client().waiting(current.visit_id() or "") is not None:
        return go_to(url_for("counter.finding_out"))
    visit = current.find_visit()
    if visit is None or proposal_for(visit) is None:
        return go_to(flow.next_page(visit))
    answer = current.client().hold_combination(visit.visit_id, current.attempt_key("together"))
    return go_to(after_hold(answer))


@counter.post("/keep-longer")
def keep_longer() -> AnyResponse:
    """Let what is reserved stand for some more minutes."""
    visit = current.find_visit()
    if visit is not None and visit.hold is not None and step_of(visit) is Step.RESERVED:
        current.client().extend(visit.hold.hold_id, current.attempt_key("extend", visit.hold.hold_id))
    return go_to(flow.next_page(visit))


@counter.post("/give-back")
def give_back() -> AnyResponse:
    """Give back everything that is reserved for the order."""
    visit = current.find_visit()
    if visit is not None and visit.hold is not None and step_of(visit) is Step.RESERVED:
        for hold_id in reserved_holds(visit):
            current.client().release(hold_id, current.attempt_key("give back", hold_id))
    return go_to(url_for("counter.now"))


def reserved_holds(visit: Visit) -> list[str]:
    """Every hold that stands on the visit's order."""
    standing = visit.order.vouchers if visit.order is not None else ()
    holds = [voucher.hold_id for voucher in standing if voucher.hold_id is not None]
    return holds or ([visit.hold.hold_id] if visit.hold is not None else [])


def proposal_for(visit: Visit | None) -> Combination | None:
    """What is proposed where the customer can use more than one voucher, and nothing is reserved yet."""
    if visit is None or visit.identity is None or step_of(visit) is not Step.ANSWERED:
        return None
    if visit.order is None or not visit.order.items:
        return None
    found = current.client().combination(visit.visit_id)
    return found if len(found.vouchers) > 1 else None
