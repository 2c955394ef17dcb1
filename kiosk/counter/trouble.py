"""Pages for what went wrong on the kiosk: each says what is kept and how to go on.

What it must not know: how the trouble came about.
"""

from __future__ import annotations

from flask import Response, abort, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current
from kiosk.counter.blueprint import counter
from kiosk.counter.use import after_hold
from kiosk.errors import StoreRefused, StoreUndecided
from kiosk.htmx import go_to, show
from kiosk.rendering import next_try
from store_api.contract import HoldAnswer

FAULTS = frozenset({"missing", "stale", "too_large", "refused", "broken"})


@counter.get("/unreachable")
def unreachable() -> Response:
    """The service cannot be asked."""
    return Response(render_template("counter/unreachable.html"), status=503)


@counter.get("/finding-out")
def finding_out() -> AnyResponse:
    """It is not known yet whether something was done: send it again under its own key until it is."""
    client = current.client()
    waiting = client.waiting(current.visit_id() or "")
    if waiting is None:
        return go_to(url_for("counter.now"))
    try:
        answer = client.repeat(*waiting, HoldAnswer)
    except StoreUndecided:
        return show("counter/finding_out.html", "counter/_finding_out.html", again=next_try())
    except StoreRefused:
        return go_to(url_for("counter.sheet", notice="sheet.not_done"))
    return go_to(after_hold(answer))


@counter.get("/fault/<fault>")
def fault(fault: str) -> Response:
    """What went wrong with a request."""
    if fault not in FAULTS:
        abort(404)
    return Response(render_template("counter/fault.html", fault=fault))
