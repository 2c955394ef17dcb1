"""How the customer found it: one tap at the end, in words, and never shown again.

What it must not know: who helped, what becomes of the rating.
"""

from __future__ import annotations

from flask import request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current, flow
from kiosk.counter.blueprint import counter
from kiosk.counter.offering import BACK
from kiosk.htmx import go_to

RATINGS = ("3", "2", "1")


@counter.context_processor
def page_values() -> dict[str, object]:
    """What the row of buttons needs: the ratings, and whether this visit has one."""
    return {"ratings": RATINGS, "is_rated": session.get("rated") is True}


@counter.post("/rating")
def rate() -> AnyResponse:
    """Take the tap, and say thank you where the buttons stood."""
    visit = current.find_visit()
    rating = request.form.get("rating", "")
    if visit is None or rating not in RATINGS:
        return go_to(flow.next_page(visit))
    current.client().rate_visit(visit.visit_id, int(rating), current.attempt_key("rating", rating))
    session["rated"] = True
    return go_to(url_for(BACK.get(request.form.get("back", ""), "counter.now")))
