"""Reading and writing decisions.

What it must not know: policies, sheets, Flask, the clock.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.decisions.models import DecisionRow, TermsCodeRow

_FIND = sa.select(DecisionRow).where(DecisionRow.decision_id == sa.bindparam("named"))
_NEWEST = (
    sa.select(DecisionRow)
    .where(
        DecisionRow.account_id == sa.bindparam("account"), DecisionRow.subject_key == sa.bindparam("subject")
    )
    .order_by(DecisionRow.decided_at.desc(), DecisionRow.decision_id.desc())
    .limit(1)
)


def find_decision(session: Session, decision_id: str) -> DecisionRow | None:
    """A decision by its identifier."""
    return session.scalars(_FIND, {"named": decision_id}).one_or_none()


def find_newest(session: Session, account_id: str, subject_key: str) -> DecisionRow | None:
    """The newest decision of an account on a subject."""
    return session.scalars(_NEWEST, {"account": account_id, "subject": subject_key}).first()


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
