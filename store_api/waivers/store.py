"""Reading and writing waivers.

What it must not know: decisions, overrides, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.waivers.models import WaiverRow


def find(session: Session, account_id: str, waiver_id: str) -> WaiverRow | None:
    """A waiver by its whole key, as the database has it now."""
    return session.get(WaiverRow, (account_id, waiver_id), populate_existing=True)


def find_standing(
    session: Session, account_id: str, order_id: str, subject_key: str, order_digest: str, now: dt.datetime
) -> WaiverRow | None:
    """The newest waiver of a subject on an order that was neither used nor stopped and is not over."""
    row = WaiverRow
    chosen = sa.select(row).where(
        row.account_id == account_id,
        row.order_id == order_id,
        row.subject_key == subject_key,
        row.order_digest == order_digest,
        row.expires_at > now,
        row.used_at.is_(None),
        row.stopped_at.is_(None),
    )
    newest_first = chosen.order_by(row.given_at.desc(), row.waiver_id.desc())
    return session.scalars(newest_first.execution_options(populate_existing=True)).first()


def end(
    session: Session,
    account_id: str,
    waiver_id: str,
    how: Literal["used_at", "stopped_at"],
    now: dt.datetime,
) -> bool:
    """End a waiver that still holds, in one guarded statement; False where it had ended before."""
    ended = (
        sa.update(WaiverRow)
        .where(
            WaiverRow.account_id == account_id,
            WaiverRow.waiver_id == waiver_id,
            WaiverRow.used_at.is_(None),
            WaiverRow.stopped_at.is_(None),
        )
        .values({how: now})
    )
    done = session.execute(ended, execution_options={"synchronize_session": False})
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]
