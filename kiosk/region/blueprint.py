"""The region's blueprint and its guard: no page for a browser without a desk, nor for nobody in particular.

What it is for: who is signed in at this desk, the client with their token, the key of what a form does.
What it must not know: what any page shows.
"""

from __future__ import annotations

import hashlib

from flask import Blueprint, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.htmx import go_to, wants_fragment
from kiosk.region.rewording import rewording
from kiosk.rendering import current_language, set_zone
from kiosk.services import current_station, paired_station, services
from kiosk.sessions import unseal
from kiosk.store_client import StoreClient
from kiosk.words import say
from store_api.contract import DraftSummary

region = Blueprint("region", __name__, url_prefix="/region")

OPEN = frozenset({"region.sign_in", "region.change_language", "region.fault"})
APPROVER = "region"
AUTHOR = "author"


@region.before_request
def send_to_pairing() -> Response | None:
    """Send a browser without a desk to the page that asks for its code, and strangers to signing in."""
    if paired_station("region") is None:
        return go_to(url_for("stations.pair"))
    if request.endpoint not in OPEN and staff_token() is None:
        return go_to(url_for("region.sign_in"))
    set_zone(services().settings.zone)
    return None


@region.context_processor
def page_values() -> dict[str, object]:
    """What every page of the region needs."""
    name = session.get("name")
    staff = {"name": name, "role": role()} if name and staff_token() else None
    return {
        "staff": staff,
        "is_author": role() == AUTHOR,
        "is_approver": role() == APPROVER,
        "title_of": title_of,
        "rewording": rewording,
        "notice": session.pop("told", None) if request.method == "GET" and not wants_fragment() else None,
    }


def title_of(draft: DraftSummary) -> str:
    """A draft's title in the language of the page; one that cannot be read has none."""
    language = current_language()
    return draft.title[language] if draft.title else say(language, "region.draft.untitled")


def staff_token() -> str | None:
    """The token of whoever is signed in."""
    sealed = session.get("staff")
    return unseal(str(sealed)) if sealed else None


def role() -> str:
    """What whoever is signed in may do, as the service said; pages show by it, the service decides."""
    return str(session.get("role", ""))


def client() -> StoreClient:
    """The client with the token of whoever is signed in."""
    return services().client(staff_token() or "")


def desk_client() -> StoreClient:
    """The client with the desk's own token, for signing in."""
    return services().client(current_station("region").token)


def attempt_key(purpose: str, *parts: object) -> str:
    """The idempotency key of what this form does: the same for a second press of the same button."""
    attempt = request.form.get("attempt", "")
    text = "\0".join([str(session.get("staff", "")), attempt, purpose, *(str(part) for part in parts)])
    return f"region-{hashlib.sha256(text.encode()).hexdigest()[:40]}"
