"""The one place that knows htmx and its server-side helper.

What it is for: telling a request for a fragment from one for a page, and answering either.
What it must not know: any face.

The helper sets no `Vary`, and two of its swap names raise; neither is used: `Vary` is set here for every
answer, and a swap is named in the templates alone.
"""

from __future__ import annotations

import json

from flask import Flask, Response, redirect, render_template, request
from htmx_flask import Htmx, make_response
from htmx_flask.requests import HtmxHeaders

# No history cache (nothing of a visit may stay in the browser), no eval and no inline style (the page's
# policy forbids both), own addresses only; 422 carries a fragment with its faults and is swapped in.
BROWSER_CONFIG = json.dumps(
    {
        # A style that a script has set is not carried over as an attribute: the page's policy forbids those.
        "attributesToSettle": ["class", "width", "height"],
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "allowEval": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "timeout": 20000,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)


def register_htmx(app: Flask) -> None:
    """Make `wants_fragment` work for every request of `app`."""
    Htmx(app)


def wants_fragment() -> bool:
    """Whether htmx asked for a part of a page. A forged header changes the form of an answer only."""
    htmx: HtmxHeaders = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def show(page: str, fragment: str, status: int = 200, **values: object) -> Response:
    """The fragment for htmx, the whole page (which includes that fragment) for everybody else."""
    template = fragment if wants_fragment() else page
    return Response(render_template(template, **values), status=status, mimetype="text/html")


def go_to(address: str) -> Response:
    """Send the browser on to `address` with GET, whichever way it asked."""
    if wants_fragment():
        answer: Response = make_response("", 204, redirect=address)
        return answer
    return Response(status=303, headers={"Location": redirect(address).location})
