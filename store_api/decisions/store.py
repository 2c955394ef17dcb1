"""Reading and writing decisions.

What it must not know: policies, sheets, Flask, the clock.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.decisions.models import DecisionRow, TermsCodeRow
from store_api.prepared import Prepared
from store_api.rows import plain_row

_D = DecisionRow.__table__.c
_COLUMNS = [column for column in _D if column.key not in ("facts", "answer")]
_FIND = Prepared(sa.select(*_COLUMNS).where(_D.decision_id == sa.bindparam("named")))
_NEWEST = Prepared(
    sa.select(*_COLUMNS)
    .where(_D.account_id == sa.bindparam("account"), _D.subject_key == sa.bindparam("subject"))
    .order_by(_D.decided_at.desc(), _D.decision_id.desc())
    .limit(1)
)


def find_decision(session: Session, decision_id: str) -> DecisionRow | None:
    """A decision by its identifier."""
    found = _FIND.first(session, {"named": decision_id})
    return None if found is None else plain_row(DecisionRow, found)


def find_newest(session: Session, account_id: str, subject_key: str) -> DecisionRow | None:
    """The newest decision of an account on a subject."""
    found = _NEWEST.first(session, {"account": account_id, "subject": subject_key})
    return None if found is None else plain_row(DecisionRow, found)


def find_same(session: Session, account_id: str, subject_key: str, digest: str) -> DecisionRow | None:
    """The newest decision of an account on the same subject with the same digest."""
    chosen = sa.select(DecisionRow).where(
        DecisionRow.account_id == account_id,
        DecisionRow.subject_key == subject_key,
        DecisionRow.digest == digest,
    )
    newest_first = (DecisionRow.decided_at.desc(), DecisionRow.decision_id.desc())
    return session.scalars(chosen.order_by(*newest_first).limit(1)).first()


def find_by_terms_code(session: Session, terms_code: str) -> DecisionRow | None:
    """The first decision that carries a terms code."""
    code = session.get(TermsCodeRow, terms_code)
    return session.get(DecisionRow, (code.account_id, code.decision_id)) if code else None


def is_terms_code_taken(session: Session, terms_code: str) -> bool:
    """Whether a terms code is in use."""
    return session.get(TermsCodeRow, terms_code) is not None


def add_decision(session: Session, row: DecisionRow, is_new_code: bool) -> None:
    """Add a decision, and its terms code where it is the first that carries it."""
    session.add(row)
    if is_new_code:
        code = TermsCodeRow(terms_code=row.terms_code, account_id=row.account_id, decision_id=row.decision_id)
        session.add(code)
    session.flush()
