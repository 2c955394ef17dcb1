"""A customer's own taps, and what the owner is told of a use.

What it is for: a use needs the customer's own tap on a face that showed that terms code. A use without one is
not stopped, since a counter must work where no customer's face does; it is marked, and the owner is told.
What it must not know: how a voucher is used, Flask.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.notices import service as notices
from store_api.notices.service import Use
from store_api.prepared import Prepared
from store_api.redemptions.service import Redeemed, RedemptionRow
from store_api.visits.models import TapRow, VisitRow
from store_api.work import Work

_T = TapRow.__table__.c
_TAPPED = Prepared(
    sa.select(_T.visit_id).where(_T.visit_id == sa.bindparam("visit"), _T.terms_code == sa.bindparam("code"))
)


def tap(work: Work, visit: VisitRow, terms_code: str) -> None:
    """Note that the customer agreed to the sheet of a terms code on the calling face."""
    insert = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {
        "visit_id": visit.visit_id,
        "terms_code": terms_code,
        "face": work.caller.role,
        "caller_id": work.caller.subject_id,
        "at": work.now,
        "node_id": work.session.info["node_id"],
    }
    work.session.execute(insert(TapRow).values(**row).on_conflict_do_nothing())


def is_tapped(work: Work, visit: VisitRow, terms_code: str) -> bool:
    """Whether the customer agreed to the sheet of a terms code in this visit."""
    return _TAPPED.first(work.session, {"visit": visit.visit_id, "code": terms_code}) is not None


def tell_owner(work: Work, visit: VisitRow, redeemed: Redeemed) -> None:
    """Tell the account's owner of each use; a bearer's voucher belongs to no account."""
    used = (redeemed.redemption, *redeemed.also)
    for row in used:
        if row is not None and row.voucher_account_id == row.account_id:
            notices.tell_use(work, _use_of(work, visit, row, _decision_of(work, row, redeemed.decision)))


def _decision_of(work: Work, row: RedemptionRow, known: DecisionRow) -> DecisionRow | None:
    return known if known.decision_id == row.decision_id else decisions.find(work.session, row.decision_id)


def _use_of(work: Work, visit: VisitRow, row: RedemptionRow, decision: DecisionRow | None) -> Use:
    return Use(
        account_id=row.account_id,
        redemption_id=row.redemption_id,
        line_id=visit.line_id,
        policy=decision.policy if decision else "",
        amount_minor=row.amount_minor,
        currency=row.currency,
        terms_code=row.terms_code,
        store_id=row.store_id,
        by_whom=row.confirmed_by,
        tapped=is_tapped(work, visit, row.terms_code),
    )
