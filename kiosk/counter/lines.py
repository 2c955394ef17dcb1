"""Where an account's owner says which lines may use the account's vouchers.

What it must not know: what a leave counts for in an answer.
"""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current, flow
from kiosk.counter.blueprint import counter
from kiosk.errors import StoreRefused
from kiosk.htmx import go_to

# An owner alone gives leave; a line may have left the account since the page was opened.
NOT_THEIRS = frozenset({"consent.not_owner", "resource.not_found"})
WISHES = {"yes": True, "no": False}


@counter.get("/lines")
def lines() -> AnyResponse:
    """The lines that need the owner's leave. Whoever is no owner is led to their choices."""
    visit = current.find_visit()
    if visit is None or visit.identity is None:
        return go_to(flow.next_page(visit))
    try:
        consents = current.client().consents(visit.visit_id).consents
    except StoreRefused as refused:
        return _lead_away(refused)
    return Response(render_template("counter/lines.html", consents=consents))


@counter.post("/lines")
def allow_line() -> AnyResponse:
    """Allow a line or take that back, and show the lines as they stand then."""
    visit = current.find_visit()
    if visit is None or visit.identity is None:
        return go_to(flow.next_page(visit))
    line, wish = request.form.get("line", ""), WISHES.get(request.form.get("allowed", ""))
    if not line or wish is None:
        return go_to(url_for("counter.lines"))
    try:
        current.client().set_consent(visit.visit_id, line, wish, current.attempt_key("leave", line, wish))
    except StoreRefused as refused:
        return _lead_away(refused)
    return go_to(url_for("counter.lines"))


def _lead_away(refused: StoreRefused) -> AnyResponse:
    if refused.code not in NOT_THEIRS:
        raise refused
    return go_to(url_for("counter.choices"))
