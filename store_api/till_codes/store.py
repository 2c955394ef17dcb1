"""Reading and writing the codes on slips.

What it must not know: how a code is made, orders, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.till_codes.models import TillCodeRow


def find_of_hold(session: Session, hold_id: str) -> TillCodeRow | None:
    """The code of a hold."""
    return session.scalars(sa.select(TillCodeRow).where(TillCodeRow.hold_id == hold_id)).one_or_none()


def find(session: Session, hashes: Sequence[str]) -> TillCodeRow | None:
    """A code by its hash under any key."""
    chosen = sa.select(TillCodeRow).where(TillCodeRow.code_hash.in_(hashes))
    return session.scalars(chosen.execution_options(populate_existing=True)).one_or_none()


def verify(
    session: Session, hashes: Sequence[str], store_id: str, device: str, now: dt.datetime
) -> TillCodeRow | None:
    """Verify a code of a store under its lock, once; None where it is not there, over, or verified before."""
    done = (
        sa.update(TillCodeRow)
        .where(
            TillCodeRow.code_hash.in_(hashes),
            TillCodeRow.store_id == store_id,
            TillCodeRow.verified_at.is_(None),
            TillCodeRow.expires_at > now,
        )
        .values(verified_at=now, verified_by=device)
        .returning(TillCodeRow)
    )
    chosen = sa.select(TillCodeRow).from_statement(done)
    return session.scalars(chosen, execution_options={"populate_existing": True}).one_or_none()


def find_verified(
    session: Session, store_id: str, start: dt.datetime, end: dt.datetime
) -> Sequence[TillCodeRow]:
    """The codes that a store's tills verified from a moment until before another, by time."""
    chosen = sa.select(TillCodeRow).where(
        TillCodeRow.store_id == store_id,
        TillCodeRow.verified_at >= start,
        TillCodeRow.verified_at < end,
    )
    return session.scalars(chosen.order_by(TillCodeRow.verified_at, TillCodeRow.order_id)).all()
