"""What one request works with, and the two decorators that every route of the API carries.

What it is for: `@reads` and `@writes` open the request's only transaction, read its body, path and query
into typed values, and turn the view's answer into JSON. A view looks like this:

    @api.post("/v1/visits", responses={201: Visit})
    @allow("kiosk", "tablet")
    @writes
    def open_visit(work: Work, body: VisitRequest) -> tuple[Visit, int]:
        return service.open_visit(work, body), 201

`path`, `query` and `body` are pydantic models, as flask-openapi3 names them.
What it must not know: any feature.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, current_app, request
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from store_api.auth import Caller, current_caller, current_now
from store_api.db import Database, make_id
from store_api.errors import Unavailable, WrongMediaType, invalid_from
from store_api.idempotency import Keys, StoredAnswer, read_key, request_digest
from store_api.settings import Settings
from store_api.strict_json import check_json
from store_api.writer_queue import QueueTimeout

PLACES = ("path", "query", "body")
LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's code for a lock that did not come in time."""


@dataclass(frozen=True)
class Work:
    """One request's transaction, moment and caller. Services take it and pass it down; none commits."""

    session: Session
    now: datetime
    caller: Caller
    settings: Settings

    def new_id(self, prefix: str) -> str:
        """A new identifier of this node, for example work.new_id("vou")."""
        return make_id(self.session, prefix, self.now)


def reads(view: Callable[..., Any]) -> Callable[..., Response]:
    """Run a view in a transaction that only reads."""
    models = _models(view)

    @functools.wraps(view)
    def run(**given: Any) -> Response:
        values = _bind(models, given)
        with _database().reading() as session:
            return _respond(_encode(view(_work(session), **values)))

    return _delay(run)


def writes(view: Callable[..., Any] | None = None, *, keyed: bool = True) -> Any:
    """Run a view in the request's only write transaction, once per Idempotency-Key.

    `keyed=False` is for routes that hand out a token, whose answer must never be stored.
    """
    if view is None:
        return functools.partial(writes, keyed=keyed)
    models = _models(view)
    call = view

    @functools.wraps(call)
    def run(**given: Any) -> Response:
        key = read_key() if keyed else None
        values = _bind(models, given)
        try:
            return _respond(_once(call, values, key))
        except QueueTimeout:
            raise Unavailable(retry_after=1) from None
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                raise Unavailable(retry_after=1) from None
            raise

    run.takes_key = keyed  # type: ignore[attr-defined]
    return _delay(run)


def _once(view: Callable[..., Any], values: dict[str, Any], key: str | None) -> StoredAnswer:
    """The answer of a write: the stored one where the key is known, else the view's, stored with it."""
    if key is None:
        with _database().transaction() as session:
            return _encode(view(_work(session), **values))
    keys: Keys = current_app.extensions["idempotency_keys"]
    client, digest = current_caller().client_id, request_digest()
    with keys.claimed(client, key), _database().transaction() as session:
        stored = keys.begin(session, client, key, digest, current_now())
        if stored is not None:
            return stored
        answer = _encode(view(_work(session), **values))
        keys.finish(session, client, key, answer)
        return answer


def _work(session: Session) -> Work:
    return Work(session, current_now(), current_caller(), current_app.extensions["settings"])


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database


def _models(view: Callable[..., Any]) -> dict[str, type[BaseModel]]:
    hints = typing.get_type_hints(view)
    return {place: hints[place] for place in PLACES if place in hints}


def _bind(models: dict[str, type[BaseModel]], given: dict[str, Any]) -> dict[str, Any]:
    """Read path, query and body into their models. Raises problems; values are never repeated in them."""
    values: dict[str, Any] = {}
    try:
        if "path" in models:
            values["path"] = models["path"].model_validate(given)
        if "query" in models:
            values["query"] = models["query"].model_validate(request.args.to_dict())
        if "body" in models:
            values["body"] = models["body"].model_validate_json(_body(), strict=True)
    except ValidationError as error:
        raise invalid_from(error) from None
    return values


def _body() -> bytes:
    if request.mimetype != "application/json":
        raise WrongMediaType
    body = request.get_data(cache=True)
    check_json(body)
    return body


def _encode(result: Any) -> StoredAnswer:
    model, status = result if isinstance(result, tuple) else (result, 200)
    return StoredAnswer(status, b"" if model is None else model.model_dump_json().encode())


def _respond(answer: StoredAnswer) -> Response:
    return Response(answer.body, answer.status, content_type="application/json")


def _delay(run: Callable[..., Response]) -> Callable[..., Response]:
    """Tell flask-openapi3 to leave validation to us: it reads bodies leniently, and before the key."""
    run.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return run
