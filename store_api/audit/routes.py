"""The log over HTTP: its pages, its signed checkpoint and keys, the proofs, an export."""

from __future__ import annotations

from flask import Response, current_app
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from store_api.audit import exporting, reading
from store_api.audit.checkpoints import origin_of, verifier_keys
from store_api.auth import allow
from store_api.contract import (
    ConsistencyProof,
    Identifier,
    InclusionProof,
    LogCheckpoint,
    LogKeys,
    LogPage,
    Problem,
)
from store_api.errors import NotFound
from store_api.work import Work, bound, reads

api = APIBlueprint("audit", __name__)
LARGEST_SIZE = 2**53
"""The largest whole number that every JSON reader keeps exact (RFC 7493)."""


class LogQuery(BaseModel):
    """Where to read on: the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")
    after: Identifier | None = None


class EntryPath(BaseModel):
    """An entry in an address."""

    entry_id: Identifier


class SizesQuery(BaseModel):
    """Two sizes of the log, such as those of two checkpoints."""

    model_config = ConfigDict(extra="forbid")
    first: int = Field(ge=1, le=LARGEST_SIZE)
    second: int = Field(ge=1, le=LARGEST_SIZE)


@api.get("/v1/log", responses={200: LogPage})
@allow("manager", "region")
@reads
def show_log(work: Work, query: LogQuery) -> LogPage:
    """Read the append-only log, oldest first."""
    return reading.read_page(work.session, work.settings.node_id, query.after)


@api.get("/v1/log/checkpoint", responses={200: LogCheckpoint, 404: Problem})
@allow("public")
@reads
def show_checkpoint(work: Work) -> LogCheckpoint:
    """The newest signed checkpoint: what the whole log comes to. Anybody may keep it."""
    newest = reading.newest_checkpoint(work.session, work.settings.node_id)
    if newest is None:
        raise NotFound("log.no_checkpoint")
    return newest


@api.get("/v1/log/keys", responses={200: LogKeys})
@allow("public")
@reads
def show_keys(work: Work) -> LogKeys:
    """The public keys of this log, newest first."""
    known = verifier_keys(work.settings.keys, work.settings.node_id)
    return LogKeys(origin=origin_of(work.settings.node_id), keys=tuple(key.text() for key in known))


@api.get("/v1/log/entries/<entry_id>/proof", responses={200: InclusionProof})
@allow("manager", "region")
@reads
def prove_inclusion(work: Work, path: EntryPath) -> InclusionProof:
    """Show that an entry is in the newest checkpoint."""
    proof = reading.prove_inclusion(work.session, work.settings.node_id, path.entry_id)
    if proof is None:
        raise NotFound
    return proof


@api.get("/v1/log/consistency", responses={200: ConsistencyProof, 404: Problem})
@allow("public")
@reads
def prove_consistency(work: Work, query: SizesQuery) -> ConsistencyProof:
    """Show that a smaller log begins a larger one; hashes only."""
    proof = reading.prove_consistency(work.session, work.settings.node_id, query.first, query.second)
    if proof is None:
        raise NotFound("log.no_such_size")
    return proof


@api.get(
    "/v1/log/export",
    responses={
        200: {
            "description": "The whole log as JSON lines, as docs/log.md describes",
            "content": {"application/jsonl": {"schema": {"type": "string"}}},
        }
    },
)
@allow("manager", "region")
@bound
def export_log() -> Response:
    """Stream the whole log, with its checkpoints, for an auditor and the independent verifier."""
    settings, database = current_app.extensions["settings"], current_app.extensions["database"]
    lines = exporting.export_lines(database, settings.node_id, settings.keys)
    return Response((line.encode() for line in lines), content_type="application/jsonl")
