"""How much of a credit to use today: all that can be used, or another amount.

What it must not know: how an answer came about; what becomes of the rest.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current, flow
from kiosk.counter.blueprint import counter
from kiosk.htmx import go_to, show
from kiosk.rendering import current_language
from kiosk.steps import Step, can_be_reserved, step_of
from kiosk.words import say, write_money
from store_api.contract import DecisionRequest, Money, Visit


@counter.get("/amount")
def amount() -> AnyResponse:
    """Ask how much to use. Where there is nothing to choose it leads onward."""
    visit = current.find_visit()
    most = most_of(visit)
    return go_to(flow.next_page(visit)) if most is None else _amount_page(most)


@counter.post("/amount")
def choose_amount() -> AnyResponse:
    """Decide again with the amount that was chosen; none is all that can be used."""
    visit = current.find_visit()
    most = most_of(visit)
    if visit is None or visit.decision is None or most is None:
        return go_to(flow.next_page(visit))
    typed = request.form.get("value", "").strip()
    chosen = None if "all" in request.form else _read(typed, most)
    if chosen is None and "all" not in request.form:
        return _amount_page(most, typed[:20], 422)
    body = DecisionRequest(visit_id=visit.visit_id, voucher_id=visit.decision.voucher_id, amount=chosen)
    current.client().decide(body, current.attempt_key("amount", chosen))
    return go_to(url_for("counter.sheet"))


def most_of(visit: Visit | None) -> Money | None:
    """The most that the visit's credit takes off, where the customer may choose to use less."""
    if visit is None or visit.decision is None or visit.decision.benefit is None:
        return None
    most = visit.decision.benefit.most
    is_open = can_be_reserved(visit) and step_of(visit) is Step.ANSWERED
    return most if is_open and most is not None and most.amount > 1 else None


def _amount_page(most: Money, typed: str = "", status: int = 200) -> Response:
    language = current_language()
    told = write_money(language, most)
    faults = [("value", say(language, "amount.fault", most=told))] if status == 422 else []
    return show("counter/amount.html", "counter/_amount.html", status, most=most, typed=typed, faults=faults)


def _read(typed: str, most: Money) -> Money | None:
    """An amount above nothing and not above the most, in whole cents."""
    try:
        value = Decimal(typed)
    except InvalidOperation:
        return None
    exponent = most.amount.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    if not value.is_finite() or not 0 < value <= most.amount or value != round(value, places):
        return None
    return Money(amount=round(value, places), currency=most.currency)
