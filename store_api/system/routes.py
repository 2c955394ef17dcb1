"""Health, readiness and the look-up of an idempotency key."""

from __future__ import annotations

import json

import sqlalchemy as sa
from flask import current_app
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, Field

from store_api.auth import allow
from store_api.contract import Health, KeyState
from store_api.db import Database
from store_api.idempotency import KEY_FORM, Keys, StoredAnswer
from store_api.schema import is_current
from store_api.work import Work, reads, writes_without_key

api = APIBlueprint("system", __name__)


class KeyPath(BaseModel):
    """An idempotency key in an address."""

    key: str = Field(pattern=f"^{KEY_FORM.pattern}$")


@api.get("/healthz", responses={200: Health})
@allow("public")
@reads
def show_health(work: Work) -> Health:
    """Say that the process answers and reaches its database."""
    work.session.execute(sa.select(1))
    return _health(work, "ok")


@api.get("/readyz", responses={200: Health, 503: Health})
@allow("public")
@reads
def show_readiness(work: Work) -> tuple[Health, int]:
    """Say whether the database has the tables that this version needs."""
    ready = is_current(work.session)
    return _health(work, "ok" if ready else "failing"), 200 if ready else 503


@api.get("/v1/idempotency-keys/<key>", responses={200: KeyState})
@allow("kiosk", "tablet", "rep", "manager", "till", "partner", "author", "region", "care", "phone")
@reads
def show_key(work: Work, path: KeyPath) -> KeyState:
    """Say what became of one of the caller's own keys; `unknown` means that nothing was done."""
    keys: Keys = current_app.extensions["idempotency_keys"]
    found = keys.find(work.session, work.caller.client_id, path.key)
    if found is None:
        return KeyState(key=path.key, state="unknown", status=None, answer=None)
    return _key_state(path.key, found)


@api.delete("/v1/idempotency-keys/<key>", responses={200: KeyState})
@allow("kiosk", "tablet", "rep", "manager", "till", "care", "phone")
@writes_without_key
def close_key(work: Work, path: KeyPath) -> KeyState:
    """Give up one of the caller's own keys: its answer if it has one, else nothing is ever done under it."""
    keys: Keys = current_app.extensions["idempotency_keys"]
    return _key_state(path.key, keys.close(work.session, work.caller.client_id, path.key, work.now))


def _key_state(key: str, found: StoredAnswer) -> KeyState:
    if found.closed:
        return KeyState(key=key, state="closed", status=None, answer=None)
    body = json.loads(found.body) if found.body else None
    return KeyState(key=key, state="settled", status=found.status, answer=body)


def _health(work: Work, status: str) -> Health:
    database: Database = current_app.extensions["database"]
    return Health.model_validate(
        {"status": status, "node_id": work.settings.node_id, "database": database.describe()}
    )
