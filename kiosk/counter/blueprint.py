"""The kiosk's blueprint and its guard: no page for a browser that is not paired with a kiosk's station.

What it must not know: what any page shows.
"""

from __future__ import annotations

from flask import Blueprint, session, url_for
from werkzeug.wrappers import Response

from kiosk.htmx import go_to
from kiosk.services import paired_station, services

counter = Blueprint("counter", __name__, url_prefix="/counter")


@counter.before_request
def send_to_pairing() -> Response | None:
    """Send a browser without a station to the page that asks for its code."""
    if paired_station("counter") is None:
        return go_to(url_for("stations.pair"))
    return None


@counter.context_processor
def page_values() -> dict[str, object]:
    """What every page of the kiosk needs."""
    settings = services().settings
    return {
        "idle_seconds": settings.idle_seconds,
        "warning_seconds": settings.warning_seconds,
        "done_seconds": settings.done_seconds,
        "scanner_prefix": settings.scanner_prefix,
        "visit_is_open": "visit" in session,
    }
