"""The tablet's blueprint and its guard: no page for a browser without a tablet, nor for nobody in particular.

What it is for: who is signed in on this tablet, the client with their token, the key of what a form does.
What it must not know: what any page shows.
"""

from __future__ import annotations

import hashlib
import re

from flask import Blueprint, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.htmx import go_to
from kiosk.rendering import set_zone
from kiosk.services import current_station, paired_station, services
from kiosk.sessions import unseal
from kiosk.store_client import StoreClient
from kiosk.tablet import views
from store_api.contract import Store

tablet = Blueprint("tablet", __name__, url_prefix="/tablet")
REFERENCE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
OPEN = frozenset({"tablet.sign_in", "tablet.change_language", "tablet.fault"})


@tablet.before_request
def send_to_pairing() -> Response | None:
    """Send a browser without a tablet's station to the page that asks for its code, and staff who have
    not signed in to that."""
    if paired_station("tablet") is None:
        return go_to(url_for("stations.pair"))
    if request.endpoint not in OPEN and token() is None:
        if request.endpoint == "tablet.order":
            session["order"] = reference_asked()
        return go_to(url_for("tablet.sign_in"))
    return None


@tablet.context_processor
def page_values() -> dict[str, object]:
    """What every page of the tablet needs."""
    name, store_name = session.get("name"), session.get("store")
    staff = {"name": name, "store": store_name} if name and token() else None
    return {"staff": staff, "step_of": views.step_name}


def token() -> str | None:
    """The token of whoever is signed in."""
    sealed = session.get("staff")
    return unseal(str(sealed)) if sealed else None


def client() -> StoreClient:
    """The client with the token of whoever is signed in."""
    return services().client(token() or "")


def store() -> Store:
    """The store of this station; its zone is that of the page's times."""
    found = services().client(current_station("tablet").token).store()
    set_zone(found.zone)
    return found


def attempt_key(purpose: str, subject: str) -> str:
    """The idempotency key of what this form does: the same for a second press of the same button."""
    text = "\0".join([str(session.get("staff", "")), request.form.get("attempt", ""), purpose, subject])
    return f"tablet-{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def reference_asked() -> str:
    """The reference in the address, path or query; empty where it cannot be one."""
    given = (request.view_args or {}).get("reference") or request.args.get("reference", "")
    text = str(given).strip()
    return text if REFERENCE.fullmatch(text) else ""
