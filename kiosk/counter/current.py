"""The visit of this browser: opening it, finding it again, forgetting it.

What it is for: the cookie names the visit and the service holds everything else.
What it must not know: pages and addresses.
"""

from __future__ import annotations

import hashlib

from flask import g, request, session

from kiosk.errors import StoreRefused
from kiosk.rendering import current_language, set_zone
from kiosk.services import current_station, services
from kiosk.store_client import StoreClient
from store_api.contract import Store, Visit

GONE = frozenset({403, 404, 409, 410})


def client() -> StoreClient:
    """The client with the token of this browser's station."""
    return services().client(current_station("counter").token)


def store() -> Store:
    """The store of this station, asked once a request; its zone is that of the page's times."""
    if "store" not in g:
        g.store = client().store()
        set_zone(g.store.zone)
    found: Store = g.store
    return found


def visit_id() -> str | None:
    """The visit that this browser's cookie names."""
    found = session.get("visit")
    return str(found) if found else None


def find_visit() -> Visit | None:
    """The open visit of this browser. One that has ended is forgotten."""
    known = visit_id()
    if known is None:
        return None
    try:
        visit = client().visit(known)
    except StoreRefused as refused:
        if refused.problem.status not in GONE:
            raise
        forget()
        return None
    if visit.state != "open":
        forget()
        return None
    return visit


def open_visit() -> Visit:
    """The visit of this browser, begun now where there is none."""
    visit = find_visit()
    if visit is None:
        visit = client().open_visit(current_language(), attempt_key("visit"))
        session["visit"] = visit.visit_id
        session.permanent = True
    return visit


def forget() -> None:
    """Drop what this browser keeps; language and look return to the store's own."""
    session.clear()


def attempt_key(purpose: str, *parts: object) -> str:
    """The idempotency key of what this form does: the same for a second press of the same button.

    `parts` are what is sent, so that another answer on the same page is another request.
    """
    attempt = request.form.get("attempt", "")
    text = "\0".join([str(session.get("visit", "")), attempt, purpose, *(str(part) for part in parts)])
    return f"kiosk-{hashlib.sha256(text.encode()).hexdigest()[:40]}"
