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
from sqlalchemy.orm import Session

from store_api.auth import Caller, current_caller, current_now
from store_api.db import Database, make_id
from store_api.errors import WrongMediaType, invalid_from
from store_api.idempotency import Keys, StoredAnswer, read_key, request_digests
from store_api.settings import Settings
from store_api.strict_json import check_json

PLACES = ("path", "query", "body")


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


def writes(view: Callable[..., Any]) -> Callable[..., Response]:
    """Run a view in the request's only write transaction, once per Idempotency-Key."""
    models = _models(view)

    @functools.wraps(view)
    def run(**given: Any) -> Response:
        key = read_key()
        return _respond(_once(view, _bind(models, given), key))

    run.takes_key = True  # type: ignore[attr-defined]
    return _delay(run)


def writes_prepared(
    prepare: Callable[..., Callable[[], Any]], when: Callable[[Settings], bool] | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """Run a view like `@writes`, with something that takes seconds made before its transaction begins.

    `prepare(work, **values)` reads what is needed and returns a function; that is called outside of any
    transaction, so that nobody waits for it, and the view gets what it returned as `prepared`. The view
    checks that this still holds. Where `when` says no, nothing is prepared and `prepared` is null. A key that
    was answered before is answered again without the work.
    """

    def wrap(view: Callable[..., Any]) -> Callable[..., Response]:
        models = _models(view)

        @functools.wraps(view)
        def run(**given: Any) -> Response:
            key = read_key()
            values = _bind(models, given)
            if when is not None and not when(current_app.extensions["settings"]):
                return _respond(_once(view, {**values, "prepared": None}, key))
            with _database().reading() as session:
                known = _answered(session, key)
                job = None if known else prepare(_work(session), **values)
            if known is not None:
                return _respond(known)
            prepared = job() if job is not None else None
            return _respond(_once(view, {**values, "prepared": prepared}, key))

        run.takes_key = True  # type: ignore[attr-defined]
        return _delay(run)

    return wrap


def writes_without_key(view: Callable[..., Any]) -> Callable[..., Response]:
    """Run a view in a write transaction whose answer is never stored, because it carries a token."""
    models = _models(view)

    @functools.wraps(view)
    def run(**given: Any) -> Response:
        values = _bind(models, given)
        with _database().transaction() as session:
            return _respond(_encode(view(_work(session), **values)))

    return _delay(run)


def bound(view: Callable[..., Response]) -> Callable[..., Response]:
    """Read path and query into their models for a view that opens its own short transactions."""
    models = _models(view)

    @functools.wraps(view)
    def run(**given: Any) -> Response:
        return view(**_bind(models, given))

    return _delay(run)


def work_in(session: Session) -> Work:
    """The work of the request being answered, in a transaction that its view opened by itself."""
    return _work(session)


def answer_with(model: BaseModel) -> Response:
    """A view's answer, where the view opened its transaction by itself: it is never stored."""
    return _respond(_encode(model))


def _answered(session: Session, key: str) -> StoredAnswer | None:
    """The stored answer of a key that was used for this very request. Raises Invalid for another one."""
    keys: Keys = current_app.extensions["idempotency_keys"]
    settings: Settings = current_app.extensions["settings"]
    return keys.peek(session, current_caller().client_id, key, request_digests(settings.keys))


def _once(view: Callable[..., Any], values: dict[str, Any], key: str) -> StoredAnswer:
    """The answer of a write: the stored one where the key is known, else the view's, stored with it."""
    keys: Keys = current_app.extensions["idempotency_keys"]
    settings: Settings = current_app.extensions["settings"]
    client, digests = current_caller().client_id, request_digests(settings.keys)
    with keys.claimed(client, key), _database().transaction() as session:
        stored = keys.begin(session, client, key, digests, current_now())
        if stored is not None:
            return stored
        answer = _encode(view(_work(session), **values))
        keys.finish(session, client, key, answer)
        return answer


def _work(session: Session) -> Work:
    caller = current_caller()
    session.info["store_id"] = caller.store_id
    return Work(session, current_now(), caller, current_app.extensions["settings"])


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
