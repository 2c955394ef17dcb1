"""Reading and writing what a directory answered, and when.

What it must not know: how it is asked, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.directory.models import AnswerRow
from store_api.directory.ports import Source


def find_answers(
    session: Session, account_id: str, subjects: tuple[str, ...]
) -> dict[tuple[str, str], AnswerRow]:
    """The answers on an account's subjects, by (subject, source)."""
    query = sa.select(AnswerRow).where(AnswerRow.account_id == account_id, AnswerRow.subject_id.in_(subjects))
    return {(row.subject_id, row.source): row for row in session.scalars(query)}


def note(
    session: Session,
    key: tuple[str, str, Source],
    now: dt.datetime,
    fault: str | None,
    reference: str | None = None,
) -> None:
    """Write down that a source was asked about (account, subject), and whether it answered."""
    row = session.get(AnswerRow, key, with_for_update=True, populate_existing=True)
    if row is None:
        row = AnswerRow(account_id=key[0], subject_id=key[1], source=key[2], asked_at=now)
        session.add(row)
    row.asked_at, row.fault = now, fault
    row.reference = reference or row.reference
    if fault is None:
        row.answered_at = now
    session.flush()
