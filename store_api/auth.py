"""Who is calling, and whether the route is for them.

What it is for: every route names the roles that may call it; a route that does not is refused when the
application is made, and answers nobody. Tokens are 256 random bits, kept as SHA-256 only.
What it must not know: which feature hands out which token (app.py registers the finders).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from store_api.contract import Role
from store_api.db import Database
from store_api.errors import NotAllowed, NotSignedIn

View = TypeVar("View", bound=Callable[..., Any])
MAXIMUM_TOKEN = 200


@dataclass(frozen=True)
class Caller:
    """Somebody with a token: a device, a member of staff in a session, a phone, or a partner's till.

    `subject_id` is the device's or staff member's identifier; `station` is where the device stands (a
    member of staff: the tablet of the session); `client_id` owns idempotency keys. `visit_id` is the one
    visit that a phone has joined.
    """

    role: Role
    subject_id: str
    store_id: str | None = None
    station: str | None = None
    staff_name: str | None = None
    session_id: str | None = None
    visit_id: str | None = None

    @property
    def client_id(self) -> str:
        """Whose idempotency keys these are: a member of staff keeps theirs from session to session."""
        return self.subject_id


NOBODY = Caller("public", "public")
"""Anybody without a token."""

Finder = Callable[[Session, str, datetime], Caller | None]
"""Finds the caller of a token by its hash: (session, token_hash, now)."""


def new_token(kind: str, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A fresh token such as "device_…"; the kind says which finder knows it."""
    return f"{kind}_{random_bytes(32).hex()}"


def hash_token(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain digest cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def allow(*roles: Role) -> Callable[[View], View]:
    """Declare who may call a route, for example @allow("kiosk", "rep"). "public" needs no token."""

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def current_caller() -> Caller:
    """The caller of the request being answered."""
    caller: Caller = g.caller
    return caller


def current_now() -> datetime:
    """The moment of the request being answered, read once at the edge (aware, UTC)."""
    now: datetime = g.now
    return now


def register_auth(app: Flask, finders: dict[str, Finder]) -> None:
    """Check every request before its view; `finders` by kind of token."""
    app.extensions["caller_finders"] = finders
    app.before_request(_admit)


def refuse_open_routes(app: Flask) -> None:
    """Raise where a route does not declare who may call it."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and not getattr(view, "allowed_roles", None):
            raise RuntimeError(f"route {endpoint} does not declare who may call it; add @allow")


def _admit() -> None:
    g.now = current_app.config["CLOCK"]()
    g.caller = NOBODY
    if request.endpoint is None:
        return
    roles: frozenset[str] = getattr(
        current_app.view_functions[request.endpoint], "allowed_roles", frozenset()
    )
    token = bearer_token()
    if token is not None:
        g.caller = _known_caller(token)
    if "public" in roles:
        return
    if token is None:
        raise NotSignedIn("auth.token_missing")
    if g.caller.role not in roles:
        raise NotAllowed("auth.role_not_allowed")


def bearer_token() -> str | None:
    """The request's token, or None. Raises NotSignedIn where the header is there but is not a token."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip() or len(token) > MAXIMUM_TOKEN:
        raise NotSignedIn("auth.token_unknown")
    return token.strip()


def _known_caller(token: str) -> Caller:
    """Whose token it is: as this process knew it seconds ago, else as the database says."""
    database: Database = current_app.extensions["database"]
    name, generation = hash_token(token), database.callers.generation
    known: Caller | None = database.callers.recall(name, g.now.timestamp())
    if known is not None:
        return known
    with database.reading() as session:
        caller = find_caller(session, current_app.extensions["caller_finders"], token, g.now)
    if caller is None:
        raise NotSignedIn("auth.token_unknown")
    database.callers.keep(name, caller, g.now.timestamp(), generation)
    return caller


def find_caller(session: Session, finders: dict[str, Finder], token: str, now: datetime) -> Caller | None:
    """The caller of a token, or None where it is unknown, expired or revoked."""
    finder = finders.get(token.partition("_")[0])
    return None if finder is None else finder(session, hash_token(token), now)
