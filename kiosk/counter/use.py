"""Reserving, waiting for the rep, the last page, paper, and the end of a visit.

What it must not know: how an answer came about.
"""

from __future__ import annotations

from flask import Response, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current, flow, views
from kiosk.counter.blueprint import counter
from kiosk.counter.offering import find_offer
from kiosk.devices import PrintState, ReceiptOrder
from kiosk.errors import StoreError
from kiosk.htmx import go_to, show, wants_fragment
from kiosk.receipts.order import order_receipt, reserved_hold
from kiosk.rendering import current_language, verdict
from kiosk.services import current_station, services
from kiosk.steps import Step, can_be_reserved, step_of
from kiosk.streaming import stream
from store_api.contract import CombinationHoldAnswer, HoldAnswer, Visit, VisitEvent


@counter.get("/confirm")
def confirm() -> AnyResponse:
    """Say once what reserving means, before anything is done."""
    visit = current.find_visit()
    if visit is None or visit.decision is None or not can_be_reserved(visit):
        return go_to(flow.next_page(visit))
    if step_of(visit) is Step.RESERVED:
        return go_to(url_for("counter.reserved"))
    sheet = visit.decision.sheets[current_language()]
    page = render_template("counter/confirm.html", decision=visit.decision, verdict=verdict(sheet))
    return Response(page)


@counter.post("/reserve")
def reserve() -> AnyResponse:
    """Reserve what the answer granted. It is decided again; another answer is shown, and nothing is used."""
    if current.client().waiting(current.visit_id() or "") is not None:
        return go_to(url_for("counter.finding_out"))
    visit = current.find_visit()
    if visit is None or visit.decision is None or not can_be_reserved(visit):
        return go_to(flow.next_page(visit))
    key = current.attempt_key("hold", visit.decision.decision_id)
    answer = current.client().hold(visit.decision.decision_id, key, visit.visit_id)
    return go_to(after_hold(answer))


def after_hold(answer: HoldAnswer | CombinationHoldAnswer) -> str:
    """The address to which the answer to a reservation leads, of one voucher or of several."""
    is_held = answer.hold is not None if isinstance(answer, HoldAnswer) else bool(answer.holds)
    if is_held:
        return url_for("counter.reserved")
    notice = "sheet.changed" if answer.code == "terms.changed" else "sheet.not_reserved"
    return url_for("counter.sheet", notice=notice)


@counter.get("/reserved")
def reserved() -> AnyResponse:
    """Wait for the rep; the page follows the visit by itself."""
    visit = current.find_visit()
    if visit is None or visit.hold is None or step_of(visit) is not Step.RESERVED:
        return go_to(flow.next_page(visit))
    current.store()
    return show(
        "counter/reserved.html",
        "counter/_reserved.html",
        visit=visit,
        hold=visit.hold,
        decision=visit.decision,
        has_printer=services().devices.has_printer(current_station("counter").name),
        offer=find_offer(visit),
    )


@counter.get("/events")
def events() -> Response:
    """News of this browser's visit, for as long as its page is open."""
    mine = current.visit_id()

    def wanted(event: VisitEvent) -> bool:
        return event.visit_id == mine

    return stream(services().live_of(current_station("counter").store_id or ""), wanted)


@counter.get("/done")
def done() -> AnyResponse:
    """It is used. The receipt prints once, however often this page is opened."""
    visit = current.find_visit()
    if visit is None or visit.redemption is None:
        return go_to(flow.next_page(visit))
    state = services().devices.print(_receipt_order(visit))
    if state is PrintState.FAILED and request.args.get("paper") != "no":
        return go_to(url_for("counter.trouble"))
    page = render_template(
        "counter/done.html",
        redemption=visit.redemption,
        lead=views.done_lead(current_language(), visit),
        printing=state.value,
        has_printer=state is not PrintState.NONE,
        offer=find_offer(visit),
    )
    return Response(page)


# --- Paper -------------------------------------------------------------------------------------------


@counter.post("/print")
def print_sheet() -> AnyResponse:
    """Print the answer. The same button pressed twice prints once; another paper is marked as a copy."""
    visit = current.find_visit()
    if visit is None or visit.decision is None:
        return go_to(flow.next_page(visit))
    services().devices.print(_receipt_order(visit, _till_code(visit)), again=request.form.get("attempt", ""))
    return go_to(url_for("counter.printed"))


@counter.get("/printed")
def printed() -> AnyResponse:
    """How the print stands."""
    visit = current.find_visit()
    if visit is None or visit.decision is None:
        return go_to(flow.next_page(visit))
    state = services().devices.print_state(_receipt_order(visit))
    if state is PrintState.FAILED:
        return go_to(url_for("counter.trouble"))
    return Response(
        render_template("counter/printed.html", printing=state.value, terms_code=visit.decision.terms_code)
    )


@counter.get("/printing")
def printing() -> AnyResponse:
    """The line that tells how the print stands, asked for again and again by the page."""
    visit = current.find_visit()
    if visit is None or visit.decision is None:
        return go_to(flow.next_page(visit))
    state = services().devices.print_state(_receipt_order(visit))
    if state is PrintState.FAILED:
        return go_to(url_for("counter.trouble"))
    if not wants_fragment():
        return go_to(url_for("counter.printed"))
    return Response(render_template("counter/_printing.html", printing=state.value))


@counter.get("/trouble")
def trouble() -> AnyResponse:
    """The printer does not print: say what is kept, and how to go on without paper."""
    visit = current.find_visit()
    if visit is None or visit.decision is None:
        return go_to(flow.next_page(visit))
    kept = "used" if visit.redemption is not None else "answer"
    back = url_for("counter.done", paper="no") if kept == "used" else flow.next_page(visit)
    page = render_template(
        "counter/trouble.html", kept=kept, terms_code=visit.decision.terms_code, way_back=back
    )
    return Response(page)


def _till_code(visit: Visit) -> str | None:
    """The code for the till on the slip of what is reserved; a slip without it is still a slip."""
    hold = reserved_hold(visit)
    if hold is None or not services().devices.has_printer(current_station("counter").name):
        return None
    try:
        return current.client().till_code(hold.hold_id).code
    except StoreError:
        return None


def _receipt_order(visit: Visit, till_code: str | None = None) -> ReceiptOrder:
    """What to print for a visit that has an answer."""
    public_url = services().settings.public_url
    order = order_receipt(visit, current.store(), current_language(), public_url, till_code)
    if order is None:
        raise ValueError("a visit without a decision has nothing to print")
    return order


# --- The end -----------------------------------------------------------------------------------------


@counter.post("/leave")
def leave() -> AnyResponse:
    """End the visit here and forget everything about it in this browser."""
    close_quietly()
    current.forget()
    station = current_station("counter").name
    services().devices.forget(station)
    services().devices.trials.forget(station)
    response = Response(status=303, headers={"Location": url_for("counter.start")})
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def close_quietly() -> None:
    """Tell the service that the visit ended. Leaving never fails: the service forgets it by itself, too."""
    try:
        visit = current.find_visit()
        if visit is not None:
            current.client().close_visit(
                visit.visit_id, flow.outcome_of(visit), f"kiosk-close-{visit.visit_id}-{visit.revision}"
            )
    except StoreError:
        session.clear()
