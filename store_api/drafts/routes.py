"""/v1/policies/drafts: from a text to a version in force; and the draft of a version's successor.

What it must not know: how a draft is checked, what approval needs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from flask import Response, current_app
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, Field

from store_api.auth import allow, current_caller, current_now
from store_api.contract import (
    ApprovalAnswer,
    ApprovalRequest,
    Draft,
    DraftEdit,
    DraftList,
    DraftRequest,
    DraftStep,
    Identifier,
    ImpactProgress,
    ImpactRequest,
    ImpactRun,
    SentenceConfirmation,
    SheetPreview,
    SuccessorRequest,
)
from store_api.db import Database
from store_api.drafts import service
from store_api.drafts.checks import Checked
from store_api.errors import Unavailable
from store_api.work import Work, bound, reads, writes, writes_prepared

api = APIBlueprint("drafts", __name__)

LINES = "application/x-ndjson"


class DraftPath(BaseModel):
    """A draft in an address."""

    draft_id: Identifier


class SentencePath(BaseModel):
    """A sentence of a draft in an address."""

    draft_id: Identifier
    sentence: Identifier


class RunPath(BaseModel):
    """An impact preview in an address."""

    draft_id: Identifier
    run_id: Identifier


class VersionPath(BaseModel):
    """A policy version in an address."""

    policy: Identifier
    version: int = Field(ge=1, le=1_000_000)


@api.get("/v1/policies/drafts", responses={200: DraftList})
@allow("author", "region")
@reads
def list_drafts(work: Work) -> DraftList:
    """The drafts, the newest change first."""
    return service.list_all(work)


@api.post("/v1/policies/drafts", responses={201: Draft})
@allow("author", "region")
@writes
def add_draft(work: Work, body: DraftRequest) -> tuple[Draft, int]:
    """Keep a policy document as a draft; one with faults is kept too and carries them."""
    return service.add(work, body), 201


@api.get("/v1/policies/drafts/<draft_id>", responses={200: Draft})
@allow("author", "region")
@reads
def show_draft(work: Work, path: DraftPath) -> Draft:
    """A draft with its checks and sentences, and what keeps the caller from approving it."""
    return service.find(work, path.draft_id)


@api.put("/v1/policies/drafts/<draft_id>", responses={200: Draft})
@allow("author", "region")
@writes
def edit_draft(work: Work, path: DraftPath, body: DraftEdit) -> Draft:
    """Change a draft's text; whoever does cannot approve it."""
    return service.edit(work, path.draft_id, body)


@api.post("/v1/policies/drafts/<draft_id>/withdraw", responses={200: Draft})
@allow("author", "region")
@writes
def withdraw_draft(work: Work, path: DraftPath, body: DraftStep) -> Draft:
    """Give a draft up."""
    return service.withdraw(work, path.draft_id, body)


@api.post("/v1/policies/drafts/<draft_id>/checks", responses={200: Draft})
@allow("author", "region")
@writes_prepared(lambda work, path, body: service.start_checks(work, path.draft_id, body))
def check_draft(work: Work, path: DraftPath, body: DraftStep, prepared: tuple[Checked, ...]) -> Draft:
    """Run form, examples, proofs and comparison, and keep what they come to; takes seconds."""
    return service.check(work, path.draft_id, body, prepared)


@api.put("/v1/policies/drafts/<draft_id>/sentences/<sentence>", responses={200: Draft})
@allow("region")
@writes
def confirm_sentence(work: Work, path: SentencePath, body: SentenceConfirmation) -> Draft:
    """Confirm one sentence beside the reading of its test."""
    return service.confirm(work, path.draft_id, path.sentence, body)


@api.post("/v1/policies/drafts/<draft_id>/approve", responses={200: ApprovalAnswer})
@allow("region")
@writes
def approve_draft(work: Work, path: DraftPath, body: ApprovalRequest) -> ApprovalAnswer:
    """Approve exactly what was shown, with one's own PIN; a code and reasons where that is refused."""
    return service.approve(work, path.draft_id, body)


@api.get("/v1/policies/drafts/<draft_id>/preview", responses={200: SheetPreview})
@allow("author", "region")
@reads
def preview_draft(work: Work, path: DraftPath) -> SheetPreview:
    """The sheets that customers would read: a yes, a not yet, a question, a waived term."""
    return service.preview(work, path.draft_id)


@api.post("/v1/policies/drafts/<draft_id>/impact", responses={201: ImpactRun})
@allow("author", "region")
@writes
def ask_impact(work: Work, path: DraftPath, body: ImpactRequest) -> tuple[ImpactRun, int]:
    """Ask for the impact preview; reading its stream does the work."""
    return service.ask_impact(work, path.draft_id, body), 201


@api.get(
    "/v1/policies/drafts/<draft_id>/impact/<run_id>",
    responses={
        200: {
            "description": "One ImpactProgress a line; the last has the impact, which is then kept",
            "content": {LINES: {"schema": {"type": "string"}}},
        }
    },
)
@allow("author", "region")
@bound
def follow_impact(path: RunPath) -> Response:
    """Do the preview that was asked for and follow it; closing the stream cancels it."""
    database: Database = current_app.extensions["database"]
    now = current_now()
    with database.reading() as session:
        work = Work(session, now, current_caller(), current_app.extensions["settings"])
        asked = service.find_impact(work, path.draft_id, path.run_id)
    slots: threading.BoundedSemaphore = current_app.extensions["stream_slots"]
    if not slots.acquire(blocking=False):
        raise Unavailable("events.too_many_streams", retry_after=5)
    response = Response(_as_lines(service.run_impact(database, asked, now)), content_type=LINES)
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(slots.release)
    return response


@api.post("/v1/policies/<policy>/versions/<version>/successor", responses={201: Draft})
@allow("author", "region")
@writes
def draft_successor(work: Work, path: VersionPath, body: SuccessorRequest) -> tuple[Draft, int]:
    """Make the draft of the next version from one: a correction, or with an end a withdrawal by date."""
    return service.succeed(work, path.policy, path.version, body), 201


def _as_lines(progress: Iterator[ImpactProgress]) -> Iterator[str]:
    for line in progress:
        yield line.model_dump_json() + "\n"
