"""Customer care's blueprint and its guard: no page for a browser without a care desk, nor for nobody.

What it is for: who is signed in at this desk, the client with their token, the key of what a form does.
What it must not know: what any page shows.
"""

from __future__ import annotations

import hashlib

from flask import Blueprint, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.htmx import go_to
from kiosk.rendering import set_zone
from kiosk.services import current_station, paired_station, services
from kiosk.sessions import unseal
from kiosk.store_client import StoreClient

care = Blueprint("care", __name__, url_prefix="/care")
OPEN = frozenset({"care.sign_in", "care.change_language", "care.fault"})
AGENT = "care"


@care.before_request
def send_to_pairing() -> Response | None:
    """Send a browser without a desk to the page that asks for its code, and strangers to signing in."""
    if paired_station("care") is None:
        return go_to(url_for("stations.pair"))
    if request.endpoint not in OPEN and token() is None:
        return go_to(url_for("care.sign_in"))
    set_zone(services().settings.zone)
    return None


@care.context_processor
def page_values() -> dict[str, object]:
    """What every page of care needs."""
    name = session.get("name")
    return {"staff": {"name": name} if name and token() else None}


def token() -> str | None:
    """The token of whoever is signed in."""
    sealed = session.get("staff")
    return unseal(str(sealed)) if sealed else None


def client() -> StoreClient:
    """The client with the token of whoever is signed in."""
    return services().client(token() or "")


def desk_client() -> StoreClient:
    """The client with the desk's own token, for signing in."""
    return services().client(current_station("care").token)


def attempt_key(purpose: str, *parts: object) -> str:
    """The idempotency key of what this form does: the same for a second press of the same button."""
    attempt = request.form.get("attempt", "")
    text = "\0".join([str(session.get("staff", "")), attempt, purpose, *(str(part) for part in parts)])
    return f"care-{hashlib.sha256(text.encode()).hexdigest()[:40]}"
