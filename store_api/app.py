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
import structlog
from flask import Flask, Response
from flask_openapi3 import Info, OpenAPI

from store_api import auth, connecting, errors, events, logs, schema
from store_api.audit.sequencing import Sequencer
from store_api.background import Background
from store_api.db import Database, OutcomeUnknown, cannot_write
from store_api.demo import service as demo
from store_api.demo_settings import make_demo_settings
from store_api.features import BLUEPRINTS, FINDERS
from store_api.footing import find_remarks
from store_api.housekeeping import Housekeeper
from store_api.idempotency import Keys
from store_api.settings import BadSetting as BadSetting
from store_api.settings import Settings, read_settings
from store_api.system.openapi import describe
from store_api.watching import make_watcher
from store_api.writer_queue import QueueTimeout

MAXIMUM_BODY = 1024 * 1024
"""Bytes of a request body."""
INVALID_TRANSACTION_STATE = "25"
"""PostgreSQL's class of codes for a transaction in a state that forbids what was asked."""
HARDENING = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer that says nothing else under their names."""
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
        caller_seconds=settings.caller_seconds,
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
    """The service with the settings of `environment`, its log in `log`, to be served. Raises BadSetting."""
    settings = read_settings(environment)
    logs.configure_logs(settings.log_level, log)
    return begin(create_app(settings))


def begin(app: Flask) -> Flask:
    """Begin what runs beside the requests, in the process that answers them; the same application.

    Never before a fork: threads and connections stay with the parent.
    """
    database: Database = app.extensions["database"]
    app.extensions["housekeeper"].start()
    app.extensions["sequencer"].start()
    _begin_telling(app)
    structlog.get_logger().info("service.started", database=database.describe())
    for remark in find_remarks(database):
        structlog.get_logger().warning("database.unsafe", remark=remark)
    return app


def _begin_telling(app: Flask) -> None:
    """Begin to send webhooks and to post credits, unless this process is not to."""
    settings: Settings = app.extensions["settings"]
    if settings.webhook_senders == 0:
        return
    bell: events.Bell = app.extensions["bell"]
    courier = connecting.Courier(app.extensions["database"], settings, app.config["CLOCK"], bell.ring)
    background = Background(courier.steps(), bell)
    app.extensions["closers"] += [background.close, courier.close]
    background.start()


def end_streams(app: Flask) -> None:
    """End every event stream; everything else goes on."""
    app.extensions["bell"].close()


def close_app(app: Flask) -> None:
    """End every event stream and thread, and close the database."""
    end_streams(app)
    for close in app.extensions["closers"]:
        close()
    app.extensions["housekeeper"].stop()
    app.extensions["sequencer"].close()
    app.extensions["watcher"].stop()
    app.extensions["database"].close()


def _lay_foundation(app: Flask, settings: Settings, database: Database) -> None:
    bell = events.Bell()
    watcher = make_watcher(database, bell)
    app.extensions.update(
        settings=settings,
        database=database,
        idempotency_keys=Keys(settings.rival_wait_seconds),
        bell=bell,
        closers=[],
        stream_slots=threading.BoundedSemaphore(settings.event_streams),
        watcher=watcher,
        housekeeper=Housekeeper(database, app.config["CLOCK"]),
        sequencer=Sequencer(database, settings.node_id, settings.keys, app.config["CLOCK"]),
    )
    events.follow_database(database, bell, watcher.tell)
    database.after_commit.append(lambda session: bell.ring() if session.info.get("published") else None)
    errors.register_errors(app, logs.log_failure)
    for fault in (QueueTimeout, sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError):
        app.register_error_handler(fault, _answer_database_fault)
    app.register_error_handler(sa.exc.InternalError, _answer_internal_fault)
    app.register_error_handler(OutcomeUnknown, _answer_unknown_outcome)
    logs.log_requests(app)
    auth.register_auth(app, FINDERS)
    app.after_request(_harden)


def _answer_database_fault(error: Exception) -> Response:
    """No turn in time, a deadlock, a full disk, a database that is gone: nothing was done, ask again."""
    logs.log_failure(error)
    if cannot_write(error):
        return errors.answer(errors.Unavailable("service.cannot_write", retry_after=10))
    return errors.answer(errors.Unavailable(retry_after=1))


def _answer_internal_fault(error: sa.exc.InternalError) -> Response:
    """PostgreSQL may only be read now, or ended an idle transaction: as above. Anything else is our fault."""
    if str(getattr(error.orig, "sqlstate", "") or "").startswith(INVALID_TRANSACTION_STATE):
        return _answer_database_fault(error)
    logs.log_failure(error)
    return errors.answer(errors.Failed())


def _answer_unknown_outcome(error: Exception) -> Response:
    """The connection broke during the commit: the key alone can tell what was done."""
    logs.log_failure(error)
    return errors.answer(errors.Unavailable("service.outcome_unknown", retry_after=1))


def _harden(response: Response) -> Response:
    """Headers of every answer: nothing is cached, nothing may be embedded, nothing is guessed."""
    present = {name.lower() for name, _ in response.headers}
    for name, value in HARDENING.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    return response
