"""A page's stream of news as an answer; where no thread is left for it the page asks by itself.

What it must not know: any face.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from kiosk.live import Live
from store_api.contract import VisitEvent


def stream(live: Live | None, wanted: Callable[[VisitEvent], bool]) -> Response:
    """The news that a page wants, for as long as it is open; 503 where it has to ask instead."""
    lines = live.listen(wanted) if live is not None else None
    if lines is None:
        return Response(status=503, headers={"Retry-After": "5"})
    return Response(lines, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
