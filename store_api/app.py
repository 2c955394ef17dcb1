"""The application: composes settings, database, foundation and features.

What it is for: `create_app(settings)`, the only place that knows every feature.
What it must not know: rules; it only puts things together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response
from flask_openapi3 import Info, OpenAPI

from store_api import auth, errors, events
from store_api.db import Database
from store_api.features import BLUEPRINTS, FINDERS
from store_api.idempotency import Keys
from store_api.settings import Settings

MAXIMUM_BODY = 1024 * 1024
VERSION = "1.0.0"


def wall_clock() -> datetime:
    """The present moment in UTC; read at the edge only."""
    return datetime.now(UTC)


def create_database(settings: Settings) -> Database:
    """The database that the settings name."""
    return Database(
        settings.database_url,
        settings.node_id,
        lock_wait_seconds=settings.lock_wait_seconds,
        statement_seconds=settings.statement_seconds,
        pool_size=settings.pool_size,
    )


def create_app(
    settings: Settings, *, database: Database | None = None, clock: Callable[[], datetime] = wall_clock
) -> Flask:
    """The service as a WSGI application. Raises where a route does not declare who may call it."""
    app = OpenAPI(
        "store_api", info=Info(title="Sameterms", version=VERSION), doc_ui=False, static_folder=None
    )
    app.config.update(CLOCK=clock, MAX_CONTENT_LENGTH=MAXIMUM_BODY, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.extensions["settings"] = settings
    app.extensions["database"] = database or create_database(settings)
    app.extensions["idempotency_keys"] = Keys(settings.rival_wait_seconds)
    app.extensions["bell"] = events.Bell()
    events.follow_database(app.extensions["database"], app.extensions["bell"])
    errors.register_errors(app)
    auth.register_auth(app, FINDERS)
    app.after_request(_harden)
    for blueprint in BLUEPRINTS:
        app.register_api(blueprint)
    auth.refuse_open_routes(app)
    return app


def _harden(response: Response) -> Response:
    """Headers of every answer: nothing is cached, nothing may be embedded, nothing is guessed."""
    headers = response.headers
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    return response
