"""Pages for what went wrong on the kiosk: each says what is kept and how to go on.

What it must not know: how the trouble came about.
"""

from __future__ import annotations

from flask import Response, abort, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current
from kiosk.counter.blueprint import counter
from kiosk.errors import StoreUnreachable
from kiosk.htmx import go_to, show
from kiosk.services import services

FAULTS = frozenset({"missing", "stale", "too_large", "refused", "broken"})


@counter.get("/unreachable")
def unreachable() -> Response:
    """The service cannot be asked."""
    return Response(render_template("counter/unreachable.html"), status=503)


@counter.get("/finding-out")
def finding_out() -> AnyResponse:
    """It is not known yet whether something was done: ask by its key until it is."""
    key = services().ledger.find(current.visit_id() or "")
    if key is None:
        return go_to(url_for("counter.now"))
    try:
        current.client().key_state(key)
    except StoreUnreachable:
        return show("counter/finding_out.html", "counter/_finding_out.html")
    services().ledger.settle(key)
    return go_to(url_for("counter.now"))


@counter.get("/fault/<fault>")
def fault(fault: str) -> Response:
    """What went wrong with a request."""
    if fault not in FAULTS:
        abort(404)
    return Response(render_template("counter/fault.html", fault=fault))
