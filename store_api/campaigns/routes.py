"""/v1/campaigns, /v1/imports and /v1/exports: series of vouchers, and files of them in and out.

What it must not know: how a voucher is made or used.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from flask import Response, current_app, request
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, Field

from store_api.auth import allow, current_caller, current_now
from store_api.campaigns import service
from store_api.campaigns.service import Format
from store_api.contract import (
    Campaign,
    CampaignChange,
    CampaignList,
    CampaignRequest,
    FieldError,
    Identifier,
    Import,
    ImportRequest,
    RefusedLines,
)
from store_api.errors import Invalid, NotAllowed, NotFound
from store_api.stores import service as stores
from store_api.work import Work, bound, reads, writes

api = APIBlueprint("campaigns", __name__)
PAGE = 500
TYPES: dict[str, Format] = {"text/csv": "csv", "application/x-ndjson": "json_lines"}


class CampaignPath(BaseModel):
    """A campaign in an address."""

    campaign_id: Identifier


class ImportPath(BaseModel):
    """An import in an address."""

    import_id: Identifier


class PageQuery(BaseModel):
    """Where a page of refused rows begins: after this line."""

    after: int = Field(default=0, ge=0, le=2_000_000_000)


class ExportQuery(BaseModel):
    """Which vouchers to tell: those of one campaign, or all."""

    campaign_id: Identifier | None = None
    format: Literal["csv", "json_lines"] | None = None


@api.post("/v1/campaigns", responses={201: Campaign})
@allow("partner")
@writes
def begin_campaign(work: Work, body: CampaignRequest) -> tuple[Campaign, int]:
    """Begin a campaign."""
    _refuse_store()
    return service.show(work, service.begin(work, body)), 201


@api.get("/v1/campaigns", responses={200: CampaignList})
@allow("partner", "manager")
@reads
def list_campaigns(work: Work) -> CampaignList:
    """Every campaign as it stands, by name."""
    return CampaignList(campaigns=tuple(service.show(work, row) for row in service.find_all(work.session)))


@api.get("/v1/campaigns/<campaign_id>", responses={200: Campaign})
@allow("partner", "manager")
@reads
def show_campaign(work: Work, path: CampaignPath) -> Campaign:
    """A campaign as it stands."""
    row = service.find(work.session, path.campaign_id)
    if row is None:
        raise NotFound
    return service.show(work, row)


@api.put("/v1/campaigns/<campaign_id>", responses={200: Campaign})
@allow("partner")
@writes
def change_campaign(work: Work, path: CampaignPath, body: CampaignChange) -> Campaign:
    """Pause a campaign, let it go on, or end it for good."""
    _refuse_store()
    return service.show(work, service.change(work, path.campaign_id, body.state))


@api.post("/v1/imports", responses={201: Import})
@allow("partner")
@writes
def import_vouchers(work: Work, body: ImportRequest) -> tuple[Import, int]:
    """Make vouchers from a file, all in one transaction; the same file again makes nothing."""
    _refuse_store()
    digest = hashlib.sha256(body.content.encode()).hexdigest()
    try:
        rows = service.read_rows(service.lines_of_text(body.content), body.format)
        job = service.import_now(work, body.campaign_id, digest, rows)
    except service.BadFile as error:
        raise Invalid(errors=(FieldError(pointer="/content", detail=error.reason),)) from None
    return service.show_job(work.session, job), 201


@api.get("/v1/imports/<import_id>", responses={200: Import})
@allow("partner")
@reads
def show_import(work: Work, path: ImportPath) -> Import:
    """How far an import is, and its first refused rows."""
    _refuse_store()
    job = service.find_job(work.session, path.import_id)
    if job is None:
        raise NotFound
    return service.show_job(work.session, job)


@api.get("/v1/imports/<import_id>/refused", responses={200: RefusedLines})
@allow("partner")
@reads
def list_refused(work: Work, path: ImportPath, query: PageQuery) -> RefusedLines:
    """A page of the rows that made no voucher, by their lines."""
    _refuse_store()
    if service.find_job(work.session, path.import_id) is None:
        raise NotFound
    found = service.refused_rows(work.session, path.import_id, query.after, PAGE)
    is_last = len(found) < PAGE
    return RefusedLines(refused=tuple(found), next_after=None if is_last else found[-1].line)


@api.get(
    "/v1/exports/vouchers",
    responses={
        200: {
            "description": "Every voucher, a row each.",
            "content": {name: {"schema": {"type": "string"}} for name in TYPES},
        }
    },
)
@allow("partner")
@bound
def export_vouchers(query: ExportQuery) -> Response:
    """Every voucher with its state and balance, streamed as CSV or JSON lines, as `Accept` asks.

    A voucher has expired once its last day is over in every store.
    """
    _refuse_store()
    database = current_app.extensions["database"]
    with database.reading() as session:
        today = stores.earliest_day(session, current_now())
    asked = request.accept_mimetypes.best_match(list(TYPES), default="text/csv") or "text/csv"
    form = query.format or TYPES[asked]
    content_type = next(name for name, known in TYPES.items() if known == form)
    lines = service.tell(database.reading, query.campaign_id, today, form)
    response = Response(lines, content_type=f"{content_type}; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=vouchers"
    return response


def _refuse_store() -> None:
    """Vouchers are made for the whole chain: raise NotAllowed for a partner of one store."""
    if current_caller().store_id is not None:
        raise NotAllowed
