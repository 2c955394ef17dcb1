"""The sheet of a draft as its customers would read it: each kind of answer, on the screen and on paper.

What it must not know: how a sheet is made or a slip laid out.
"""

from __future__ import annotations

import datetime as dt

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kiosk.receipts.compose import compose_receipt
from kiosk.region.blueprint import client, region
from kiosk.region.slip import SlipRow, slip_rows
from kiosk.rendering import current_language
from kiosk.services import services
from kiosk.words import LANGUAGES, say
from store_api.contract import PreviewCase

CASES = ("yes", "not_yet", "question", "waived")


@region.get("/drafts/<draft_id>/preview")
def preview(draft_id: str) -> AnyResponse:
    """One kind of answer in one language; both are in the address."""
    draft, found = client().draft(draft_id), client().preview_draft(draft_id)
    kinds = {case.kind: case for case in found.cases}
    wanted = request.args.get("case", "")
    kind = wanted if wanted in CASES else next((each for each in CASES if each in kinds), "yes")
    chosen = request.args.get("in", "")
    language = chosen if chosen in LANGUAGES else current_language()
    case = kinds.get(kind)  # type: ignore[call-overload]  # one of CASES
    return Response(
        render_template(
            "region/preview.html",
            draft=draft,
            cases=CASES,
            kinds=kinds,
            kind=kind,
            shown_language=language,
            case=case,
            sheet=case.sheets[language] if case is not None else None,
            rows=_slip(case, language) if case is not None else (),
        )
    )


def _slip(case: PreviewCase, language: str) -> tuple[SlipRow, ...]:
    """The paper of this answer, as a kiosk with a roll of 58 mm prints it."""
    sheet = case.sheets[language]
    printed_at = dt.datetime.combine(case.on, dt.time(12))
    url = f"{services().settings.public_url}/t/{sheet.terms_code}" if sheet.terms_code else None
    heading = say(language, "region.preview.slip.store")
    return slip_rows(compose_receipt(sheet, heading, language, printed_at, terms_url=url))
