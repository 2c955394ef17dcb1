"""The application: composes settings, database, foundation and features.

What it is for: `create_app(settings)`, the only place that knows every feature.
What it must not know: rules; it only puts things together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa
from flask import Flask, Response
from flask_openapi3 import Info, OpenAPI

from store_api import auth, connecting, errors, events, logs, schema
from store_api.background import Background
from store_api.db import Database
from store_api.demo import service as demo
from store_api.demo_settings import make_demo_settings
from store_api.features import BLUEPRINTS, FINDERS
from store_api.idempotency import Keys
from store_api.settings import BadSetting as BadSetting
from store_api.settings import Settings, read_settings
from store_api.system.openapi import describe
from store_api.writer_queue import QueueTimeout

MAXIMUM_BODY = 1024 * 1024
"""Bytes of a request body."""
VERSION = "1.0.0"
"""Version of the API, by semantic versioning."""


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
    info = Info(title="Sameterms", version=VERSION)
    app = OpenAPI("store_api", info=info, doc_ui=False, static_folder=None)
    app.config.update(CLOCK=clock, MAX_CONTENT_LENGTH=MAXIMUM_BODY, PROVIDE_AUTOMATIC_OPTIONS=False)
    _lay_foundation(app, settings, database or create_database(settings))
    for blueprint in BLUEPRINTS:
        app.register_api(blueprint)
    auth.refuse_open_routes(app)
    app.extensions["description"] = describe(app)
    return app


def prepare_demo(
    folder: Path, public_url: str, environment: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Any]]:
    """Bring the demo in `folder` up to date: secrets, schema, people, policies.

    Returns every variable that the demo runs with, and everybody in it with PINs, codes and tokens. Leaves
    no connection open, so that it may be called before a process is divided. Raises BadSetting.
    """
    variables = {**make_demo_settings(folder, public_url), **environment}
    settings = read_settings(variables)
    database = create_database(settings)
    try:
        schema.upgrade(database)
        demo.load_demo(database, settings, wall_clock().date())
    finally:
        database.close()
    return variables, demo.demo_people(settings)


def open_app(environment: Mapping[str, str], log: TextIO | None = None) -> Flask:
    """The service with the settings of `environment`, its log in `log`, at work. Raises BadSetting."""
    settings = read_settings(environment)
    logs.configure_logs(settings.log_level, log)
    app = create_app(settings)
    start_background(app)
    return app


def start_background(app: Flask) -> None:
    """Begin to send webhooks and to post credits, in the process that answers; never before a fork."""
    settings: Settings = app.extensions["settings"]
    if settings.webhook_senders == 0:
        return
    bell: events.Bell = app.extensions["bell"]
    courier = connecting.Courier(app.extensions["database"], settings, app.config["CLOCK"], bell.ring)
    background = Background(courier.steps(), bell)
    app.extensions["closers"] += [background.close, courier.close]
    background.start()


def close_app(app: Flask) -> None:
    """End every event stream and what runs in the background, and close the database."""
    app.extensions["bell"].close()
    for close in app.extensions["closers"]:
        close()
    app.extensions["database"].close()


def _lay_foundation(app: Flask, settings: Settings, database: Database) -> None:
    bell = events.Bell()
    app.extensions.update(
        settings=settings,
        database=database,
        idempotency_keys=Keys(settings.rival_wait_seconds),
        bell=bell,
        closers=[],
        stream_slots=threading.BoundedSemaphore(settings.event_streams),
    )
    events.follow_database(database, bell)
    database.after_commit.append(lambda session: bell.ring() if session.info.get("published") else None)
    errors.register_errors(app, logs.log_failure)
    for fault in (QueueTimeout, sa.exc.OperationalError, sa.exc.TimeoutError):
        app.register_error_handler(fault, _answer_database_fault)
    logs.log_requests(app)
    auth.register_auth(app, FINDERS)
    app.after_request(_harden)


def _answer_database_fault(error: Exception) -> Response:
    """No turn in time, a deadlock, a full disk, a database that is gone: nothing was done, ask again."""
    logs.log_failure(error)
    return errors.answer(errors.Unavailable(retry_after=1))


def _harden(response: Response) -> Response:
    """Headers of every answer: nothing is cached, nothing may be embedded, nothing is guessed."""
    headers = response.headers
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    return response
