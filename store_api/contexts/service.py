"""What a rep may know from before this visit: the last sheet, the last claim.

What it is for: three short lines, so that nobody has to tell their story twice.
What it must not know: amounts, purchases, anything that is not on an earlier sheet; Flask.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from store_api.claims import service as claims
from store_api.contract import LastClaim, LastSheet, Sheet, VisitContext, Words
from store_api.decisions import service as decisions
from store_api.stores import service as stores
from store_api.visits.service import VisitRow
from store_api.work import Work


def read_context(work: Work, visit: VisitRow) -> VisitContext:
    """The lines for a visit whose person is known."""
    return VisitContext(last_sheet=_last_sheet(work, visit), last_claim=_last_claim(work, visit))


def _last_sheet(work: Work, visit: VisitRow) -> LastSheet | None:
    account_id, line_id = str(visit.account_id), str(visit.line_id)
    row = decisions.find_last(work.session, account_id, line_id, visit.opened_at)
    if row is None:
        return None
    told = decisions.show(row)
    return LastSheet(on=row.on, title=told.title, verdict=_verdicts(told.sheets), terms_code=row.terms_code)


def _last_claim(work: Work, visit: VisitRow) -> LastClaim | None:
    account_id, person_id = str(visit.account_id), str(visit.person_id)
    found = claims.find_last(work.session, account_id, person_id, visit.opened_at)
    if found is None:
        return None
    answer, at = found
    zone = stores.read_place(work.session, visit.store_id).zone
    on = at.astimezone(ZoneInfo(zone)).date()
    return LastClaim(on=on, says=answer.says, verdict=_verdicts(answer.sheets))


def _verdicts(sheets: dict[str, Sheet]) -> Words:
    """The first line of a sheet in every language."""
    return {language: sheet.lines[0].text for language, sheet in sheets.items()}
