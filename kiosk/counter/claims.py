"""What the customer was told, checked: one page of choices, one of its answer, and the answer on paper.

The answer's lines come from the service and are shown and printed as they are.
What it must not know: how a claim is checked.
"""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current, flow
from kiosk.counter.blueprint import counter
from kiosk.devices import PrintState, ReceiptOrder
from kiosk.heard import LENGTHS, find_claims, read_heard
from kiosk.htmx import go_to, wants_fragment
from kiosk.receipts.order import order_claim
from kiosk.rendering import current_language
from kiosk.services import current_station, services
from store_api.contract import ClaimAnswer, ClaimList, Visit


@counter.get("/claims")
def claims() -> AnyResponse:
    """What customers hear, in their words; one touch checks it."""
    visit, found = _find()
    if visit is None or found is None:
        return go_to(flow.next_page(visit))
    answered = {each.claim: each for each in found.answers}
    return Response(render_template("counter/claims.html", claims=found, answered=answered))


@counter.get("/claims/<claim>/months")
def claim_months(claim: str) -> AnyResponse:
    """Which length was heard."""
    visit, found = _find()
    if visit is None or found is None or not _takes_months(found, claim):
        return go_to(flow.next_page(visit))
    return Response(render_template("counter/claim_months.html", claim=claim, lengths=LENGTHS))


@counter.post("/claims")
def check_claim() -> AnyResponse:
    """Check the statement that was chosen, and show what the policy says to it."""
    visit, found = _find()
    claim, months = request.form.get("claim", ""), request.form.get("months", "")
    if visit is None or found is None:
        return go_to(flow.next_page(visit))
    body = read_heard(visit, found, claim, months)
    if body is None:
        return go_to(url_for("counter.claims"))
    decision = visit.decision.decision_id if visit.decision else None
    current.client().check_claim(body, current.attempt_key("claim", claim, months, decision))
    return go_to(url_for("counter.claim", claim=claim))


@counter.get("/claims/<claim>")
def claim(claim: str) -> AnyResponse:
    """What the policy says to one statement. One that was not checked leads to the choices."""
    visit, answer = _answer(claim)
    if visit is None or answer is None:
        return go_to(_back_from(visit))
    page = render_template(
        "counter/claim.html",
        answer=answer,
        sheet=answer.sheets[current_language()],
        has_printer=services().devices.has_printer(current_station("counter").name),
        has_decision=visit.decision is not None,
    )
    return Response(page)


# --- Paper -------------------------------------------------------------------------------------------


@counter.post("/claims/<claim>/print")
def print_claim(claim: str) -> AnyResponse:
    """Print the answer; the same button pressed twice prints once."""
    visit, answer = _answer(claim)
    if visit is None or answer is None:
        return go_to(_back_from(visit))
    services().devices.print(_order(visit, answer), again=request.form.get("attempt", ""))
    return go_to(url_for("counter.claim_printed", claim=claim))


@counter.get("/claims/<claim>/printed")
def claim_printed(claim: str) -> AnyResponse:
    """How the print stands; the page asks for its line again by itself."""
    visit, answer = _answer(claim)
    if visit is None or answer is None:
        return go_to(_back_from(visit))
    state = services().devices.print_state(_order(visit, answer))
    if wants_fragment() and state is not PrintState.FAILED:
        return Response(_line(claim, state))
    if wants_fragment():
        return go_to(url_for("counter.claim_printed", claim=claim))
    page = render_template(
        "counter/claim_printed.html",
        claim=claim,
        printing=state.value,
        look_at=url_for("counter.claim_printed", claim=claim),
        address=answer.terms_url,
        terms_code=answer.terms_code,
    )
    return Response(page)


def _line(claim: str, state: PrintState) -> str:
    look_at = url_for("counter.claim_printed", claim=claim)
    return render_template("counter/_printing.html", printing=state.value, look_at=look_at)


# --- Finding -----------------------------------------------------------------------------------------


def _find() -> tuple[Visit | None, ClaimList | None]:
    """The visit with its list; no list where there is nothing to check a statement against."""
    visit = current.find_visit()
    return visit, find_claims(current.client(), visit) if visit is not None else None


def _answer(claim: str) -> tuple[Visit | None, ClaimAnswer | None]:
    visit, found = _find()
    answers = found.answers if found is not None else ()
    return visit, next((each for each in answers if each.claim == claim), None)


def _takes_months(found: ClaimList, claim: str) -> bool:
    return any(each.claim == claim and each.takes_months for each in found.claims)


def _back_from(visit: Visit | None) -> str:
    return flow.next_page(visit) if visit is None else url_for("counter.claims")


def _order(visit: Visit, answer: ClaimAnswer) -> ReceiptOrder:
    return order_claim(visit.station, answer, current.store(), current_language())
