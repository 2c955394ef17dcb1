"""One visit at care's desk: the sheet as the others see it, claims, quoted terms, the owner's spoken answer.

What the agent does reaches the others as a term, a claim's answer or the owner's answer; no text of the
agent's own does, so that no page here takes one.
What it must not know: how a sheet is made, who may answer.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.care.blueprint import attempt_key, care, client
from kiosk.counter import flow
from kiosk.errors import StoreRefused
from kiosk.heard import LENGTHS, find_claims, read_heard
from kiosk.htmx import go_to, show
from kiosk.rendering import current_language, set_zone
from kiosk.services import current_station, services
from kiosk.steps import has_open_question, step_of
from kiosk.streaming import stream
from store_api.contract import Answers, DecisionRequest, Visit, VisitEvent

NOTICES = {
    "ask.over": "phone.over",
    "ask.changed": "phone.changed",
    "ask.nothing_to_ask": "care.nothing_to_ask",
}
ANSWERS = {"yes": True, "no": False}
NO_DEVICE = "none"


@care.get("/visits/<visit_id>")
def visit(visit_id: str) -> AnyResponse:
    """What everybody in the visit sees, and what care can do."""
    notice = request.args.get("notice", "")
    return _page(visit_id, notice if notice in NOTICES.values() else "")


def _page(visit_id: str, notice: str = "") -> AnyResponse:
    found, call = client().visit(visit_id), client().call()
    if call is None or found.state != "open":
        return go_to(url_for("care.home"))
    stores = {store.store_id: store for store in client().stores().stores}
    if found.store_id in stores:
        set_zone(stores[found.store_id].zone)
    circle = client().circle(visit_id)
    decides = found.decision is None or has_open_question(found) or bool(circle.asks_first)
    return show(
        "care/visit.html",
        "care/_visit.html",
        visit=found,
        call=call,
        store_name=stores[found.store_id].name if found.store_id in stores else "",
        sheet=found.decision.sheets[current_language()] if found.decision else None,
        step=step_of(found).value,
        circle=circle,
        shown=None,
        light_address=url_for("care.light", visit_id=visit_id),
        claims=find_claims(client(), found),
        heard_lengths=LENGTHS,
        choices=client().choices(visit_id) if found.decision is None and _is_own(found) else None,
        prices=client().price_list() if decides and _is_own(found) else None,
        is_own=_is_own(found),
        notice=notice,
    )


def _is_own(found: Visit) -> bool:
    """Whether care opened the visit: what is asked in a store stays with the customer there."""
    return found.station == current_station("care").name


@care.route("/visits/<visit_id>/light", methods=["GET", "POST"])
def light(visit_id: str) -> AnyResponse:
    """Who sees the sheet; a POST says what this page has drawn."""
    code = request.form.get("terms_code") or None
    try:
        found = client().report(visit_id, code) if request.method == "POST" else client().circle(visit_id)
    except StoreRefused as refused:
        if refused.problem.status == 401:
            raise
        return Response(status=204)
    address = url_for("care.light", visit_id=visit_id)
    return Response(render_template("shared/_light.html", circle=found, shown=code, light_address=address))


@care.get("/visits/<visit_id>/events")
def events(visit_id: str) -> Response:
    """News of this visit, for as long as the page is open."""

    def wanted(event: VisitEvent) -> bool:
        return event.visit_id == visit_id

    return stream(services().live_of(client().visit(visit_id).store_id), wanted)


@care.post("/visits/<visit_id>/claims")
def check_claim(visit_id: str) -> AnyResponse:
    """Check what the caller was told; every face of the visit shows the answer."""
    found = client().visit(visit_id)
    listed = find_claims(client(), found)
    claim, months = request.form.get("claim", ""), request.form.get("months", "")
    body = read_heard(found, listed, claim, months) if listed is not None else None
    if body is not None:
        decision = found.decision.decision_id if found.decision is not None else ""
        client().check_claim(body, attempt_key("claim", visit_id, claim, months, decision))
    return _back(visit_id)


@care.post("/visits/<visit_id>/quotes")
def quote(visit_id: str) -> AnyResponse:
    """Quote a term to everybody, in the policy's words."""
    found, term = client().visit(visit_id), request.form.get("term", "")
    terms = {each.term for each in found.decision.terms} if found.decision else set()
    if term in terms:
        client().quote(visit_id, term, attempt_key("quote", visit_id, term))
    return _back(visit_id)


@care.post("/visits/<visit_id>/ask-owner")
def ask_owner(visit_id: str) -> AnyResponse:
    """Ask the owner about the sheet, who may be the caller."""
    key = attempt_key("ask", visit_id)
    return _do(visit_id, lambda: client().ask_owner(visit_id, key))


@care.post("/visits/<visit_id>/asks/<ask_id>")
def answer_ask(visit_id: str, ask_id: str) -> AnyResponse:
    """Record what the owner on the telephone said to exactly what was shown, or that they take it back."""
    said, digest = request.form.get("answer", ""), request.form.get("digest", "")
    if said == "back":
        key = attempt_key("back", ask_id)
        return _do(visit_id, lambda: client().withdraw_ask(visit_id, ask_id, key))
    approved = ANSWERS.get(said)
    if approved is None or len(digest) != 64:
        return _back(visit_id)
    key = attempt_key("answer", ask_id, approved, digest)
    return _do(visit_id, lambda: client().answer_ask(visit_id, ask_id, approved, digest, key))


@care.post("/visits/<visit_id>/decide")
def decide(visit_id: str) -> AnyResponse:
    """Decide for the caller: about a voucher or a policy, with what they mean to buy."""
    found = client().visit(visit_id)
    voucher, policy = _asked_about(found)
    if not _is_own(found) or (voucher is None) == (policy is None):
        return _back(visit_id)
    answers = _read_answers()
    if answers is not None:
        client().answer(visit_id, answers, attempt_key("order", visit_id, answers))
    wanted = DecisionRequest(visit_id=visit_id, voucher_id=voucher, policy=policy)
    client().decide(wanted, attempt_key("decide", visit_id, voucher, policy, answers))
    return _back(visit_id)


@care.post("/visits/<visit_id>/close")
def close(visit_id: str) -> AnyResponse:
    """End a visit that care has opened."""
    found = client().visit(visit_id)
    if _is_own(found):
        client().close_visit(visit_id, flow.outcome_of(found), attempt_key("close", visit_id))
    return go_to(url_for("care.home"))


def _asked_about(found: Visit) -> tuple[str | None, str | None]:
    """What the form asks about; on the page of a sheet, what that is about."""
    voucher, policy = request.form.get("voucher") or None, request.form.get("policy") or None
    if voucher is None and policy is None and found.decision is not None:
        return found.decision.voucher_id, None if found.decision.voucher_id else found.decision.policy
    return voucher, policy


def _read_answers() -> Answers | None:
    """The phone and the months that the caller named; None where nothing was named."""
    prices = client().price_list()
    sku, months = request.form.get("sku", ""), request.form.get("months", "")
    known = {device.sku for device in prices.devices} | {NO_DEVICE}
    lengths = {str(count) for count in prices.agreement_months}
    given: dict[str, object] = {}
    if sku in known:
        given["sku"] = sku
    if months in lengths:
        given["facts"] = {flow.MONTHS: int(months)}
    return Answers.model_validate(given) if given else None


def _do(visit_id: str, act: Callable[[], object]) -> AnyResponse:
    try:
        act()
    except StoreRefused as refused:
        if refused.problem.status != 409:
            raise
        return go_to(
            url_for("care.visit", visit_id=visit_id, notice=NOTICES.get(refused.code, "phone.changed"))
        )
    return _back(visit_id)


def _back(visit_id: str) -> AnyResponse:
    return go_to(url_for("care.visit", visit_id=visit_id))
