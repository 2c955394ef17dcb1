"""/v1/ledger: the vouchers' ledger for finance, streamed.

What it must not know: how a line is made; it opens a transaction that only reads for as long as lines
flow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import Response, current_app, request
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from store_api.auth import allow, current_caller
from store_api.contract import FieldError
from store_api.db import Database
from store_api.errors import Invalid, NotAllowed
from store_api.ledger import service
from store_api.ledger.service import Form
from store_api.work import bound

api = APIBlueprint("ledger", __name__)

LONGEST_DAYS = 366
TYPES: dict[str, Form] = {"text/csv": "csv", "application/jsonl": "jsonl", "application/x-ndjson": "jsonl"}


class LedgerQuery(BaseModel):
    """The days, in UTC, both included."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    first: dt.date = Field(alias="from", ge=dt.date(2000, 1, 1), le=dt.date(9000, 1, 1))
    last: dt.date = Field(alias="to", ge=dt.date(2000, 1, 1), le=dt.date(9000, 1, 1))


@api.get(
    "/v1/ledger",
    responses={
        200: {
            "description": "The movements of the days, their sums and a digest",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/jsonl": {"schema": {"type": "string"}},
            },
        }
    },
)
@allow("partner")
@bound
def export_ledger(query: LedgerQuery) -> Response:
    """Every movement of every voucher in a range of days, as CSV or (by Accept) JSON lines."""
    if current_caller().store_id is not None:
        raise NotAllowed
    if not 0 <= (query.last - query.first).days < LONGEST_DAYS:
        raise Invalid(errors=(FieldError(pointer="/to", detail="not within a year from the first day"),))
    kind = request.accept_mimetypes.best_match(list(TYPES), default="text/csv") or "text/csv"
    response = Response(_stream(query, TYPES[kind]), content_type=f"{kind}; charset=utf-8")
    name = f"ledger-{query.first}-{query.last}.{TYPES[kind]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _stream(query: LedgerQuery, form: Form) -> Iterator[str]:
    database: Database = current_app.extensions["database"]

    def lines() -> Iterator[str]:
        with database.reading() as session:
            yield from service.write_ledger(session, query.first, query.last, form)

    return lines()
