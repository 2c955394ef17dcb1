"""The one optional offer of a visit: a card of its own below the customer's own matter, gone at one tap.

What it must not know: when an offer may be shown (the service says so), why anybody says no.
"""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current, flow
from kiosk.counter.blueprint import counter
from kiosk.errors import StoreError
from kiosk.htmx import go_to
from store_api.contract import Offer, Visit

BACK = {"done": "counter.done", "reserved": "counter.reserved", "sheet": "counter.sheet"}


def find_offer(visit: Visit) -> Offer | None:
    """The card of a visit, shown now where it may be; no page fails for want of it."""
    if visit.decision is None:
        return None
    try:
        card = current.client().offer_card(visit.visit_id)
        if card.may_be_shown:
            key = f"kiosk-offer-{visit.visit_id}-{visit.decision.decision_id}"
            card = current.client().show_offer(visit.visit_id, key)
    except StoreError:
        return None
    return card.offer


@counter.post("/offer/decline")
def decline_offer() -> AnyResponse:
    """No, thank you; or no offers any more. Back to the page where the card stood."""
    visit = current.find_visit()
    if visit is None or visit.identity is None:
        return go_to(flow.next_page(visit))
    for_good = request.form.get("for_good") == "yes"
    current.client().decline_offer(visit.visit_id, for_good, current.attempt_key("no offer", for_good))
    return go_to(url_for(BACK.get(request.form.get("back", ""), "counter.now")))
