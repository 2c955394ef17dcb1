"""Reading and writing decisions.

What it must not know: policies, sheets, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

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


class RecordedCase(NamedTuple):
    """What of a recorded decision can be decided again; `facts` are JSON text."""

    decided_at: dt.datetime
    decision_id: str
    version: int | None
    on: dt.date
    store_id: str
    terms_code: str
    coded: bool
    facts: str


def find_decision(session: Session, decision_id: str) -> DecisionRow | None:
    """A decision by its identifier, without the facts that it read and the policy core's answer."""
    found = _FIND.first(session, {"named": decision_id})
    return None if found is None else plain_row(DecisionRow, found)


def find_decisions(session: Session, decision_ids: Sequence[str]) -> Sequence[DecisionRow]:
    """Decisions by their identifiers, in any order, without the same two."""
    return session.scalars(sa.select(DecisionRow).where(DecisionRow.decision_id.in_(decision_ids))).all()


def find_whole(session: Session, known: DecisionRow) -> DecisionRow:
    """The same decision with the facts that it read and the policy core's answer."""
    return session.get_one(DecisionRow, (known.account_id, known.decision_id))


def find_newest(session: Session, account_id: str, subject_key: str) -> DecisionRow | None:
    """The newest decision of an account on a subject, without the same two."""
    found = _NEWEST.first(session, {"account": account_id, "subject": subject_key})
    return None if found is None else plain_row(DecisionRow, found)


def find_last(session: Session, account_id: str, line_id: str, before: dt.datetime) -> DecisionRow | None:
    """The newest decision on a line that was made before a moment."""
    chosen = sa.select(DecisionRow).where(
        DecisionRow.account_id == account_id,
        DecisionRow.line_id == line_id,
        DecisionRow.decided_at < before,
    )
    newest_first = (DecisionRow.decided_at.desc(), DecisionRow.decision_id.desc())
    return session.scalars(chosen.order_by(*newest_first).limit(1)).first()


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


def count_cases(session: Session, policy: str, since: dt.datetime) -> int:
    """How many decisions of a policy were made since a moment."""
    row = DecisionRow
    chosen = sa.select(sa.func.count()).where(row.policy == policy, row.decided_at >= since)
    return int(session.scalar(chosen) or 0)


def read_cases(
    session: Session, policy: str, since: dt.datetime, after: RecordedCase | None, limit: int
) -> list[RecordedCase]:
    """The next cases by moment and identifier, by the index that stands in that order."""
    row = DecisionRow
    columns = (
        row.decided_at, row.decision_id, row.version, row.on, row.store_id, row.terms_code, row.coded,
        sa.cast(row.facts, sa.Text),
    )  # fmt: skip
    chosen = sa.select(*columns).where(row.policy == policy, row.decided_at >= since)
    if after is not None:
        place = sa.tuple_(row.decided_at, row.decision_id)
        moment = sa.literal(after.decided_at, row.decided_at.type)
        chosen = chosen.where(place > sa.tuple_(moment, sa.literal(after.decision_id)))
    chosen = chosen.order_by(row.decided_at, row.decision_id).limit(limit)
    return [RecordedCase(*found) for found in session.execute(chosen)]
