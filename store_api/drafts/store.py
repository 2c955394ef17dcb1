"""Reading and writing drafts, their checks and confirmations.

What it must not know: the policy language, Flask, the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.drafts.models import ConfirmationRow, DraftCheckRow, DraftRow, DraftTextRow, ImpactRunRow

NEWEST = 200
"""Drafts in a list: what was not touched for so long is found by its identifier."""


def find_draft(session: Session, draft_id: str) -> DraftRow | None:
    """A draft by its identifier."""
    return session.get(DraftRow, draft_id)


def lock_draft(session: Session, draft_id: str) -> DraftRow | None:
    """A draft, locked until the transaction ends."""
    chosen = sa.select(DraftRow).where(DraftRow.draft_id == draft_id).with_for_update()
    return session.scalars(chosen, execution_options={"populate_existing": True}).one_or_none()


def find_drafts(session: Session) -> Sequence[DraftRow]:
    """The drafts, the newest change first."""
    newest = (DraftRow.updated_at.desc(), DraftRow.draft_id.desc())
    return session.scalars(sa.select(DraftRow).order_by(*newest).limit(NEWEST)).all()


def find_writers(session: Session, draft_ids: Iterable[str]) -> dict[str, list[str]]:
    """Who wrote the texts of drafts, the first writer first, each once."""
    row = DraftTextRow
    chosen = sa.select(row.draft_id, row.staff_id).where(row.draft_id.in_(sorted(draft_ids)))
    found: dict[str, list[str]] = {}
    for draft_id, staff_id in session.execute(chosen.order_by(row.draft_id, row.revision)):
        writers = found.setdefault(draft_id, [])
        if staff_id not in writers:
            writers.append(staff_id)
    return found


def find_checks(session: Session, draft_ids: Iterable[str]) -> dict[str, list[DraftCheckRow]]:
    """The newest results of the drafts' checks."""
    chosen = sa.select(DraftCheckRow).where(DraftCheckRow.draft_id.in_(sorted(draft_ids)))
    found: dict[str, list[DraftCheckRow]] = {}
    for row in session.scalars(chosen):
        found.setdefault(row.draft_id, []).append(row)
    return found


def put_check(session: Session, row: DraftCheckRow) -> None:
    """Keep a check's result in place of the one before."""
    session.merge(row)
    session.flush()


def find_confirmations(session: Session, draft_id: str) -> Sequence[ConfirmationRow]:
    """Who confirmed which sentence."""
    chosen = sa.select(ConfirmationRow).where(ConfirmationRow.draft_id == draft_id)
    return session.scalars(chosen.order_by(ConfirmationRow.sentence, ConfirmationRow.at)).all()


def put_confirmation(session: Session, row: ConfirmationRow) -> None:
    """Keep one person's confirmation of a sentence in place of their earlier one."""
    session.merge(row)
    session.flush()


def find_run(session: Session, run_id: str) -> ImpactRunRow | None:
    """An impact preview that was asked for."""
    return session.get(ImpactRunRow, run_id)
