"""Reading what owners were asked.

What it must not know: accounts, visits, Flask, the clock.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.asks.models import AskRow


def find(session: Session, ask_id: str) -> AskRow | None:
    """An ask by its identifier, its row locked until the transaction ends."""
    chosen = sa.select(AskRow).where(AskRow.ask_id == ask_id).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).first()


def newest(session: Session, visit_id: str) -> AskRow | None:
    """The newest ask of a visit."""
    chosen = sa.select(AskRow).where(AskRow.visit_id == visit_id)
    return session.scalars(chosen.order_by(AskRow.asked_at.desc(), AskRow.ask_id.desc())).first()


def open_ones(session: Session, visit_id: str) -> list[AskRow]:
    """The asks of a visit that nobody has answered."""
    chosen = sa.select(AskRow).where(AskRow.visit_id == visit_id, AskRow.state == "asked")
    return list(session.scalars(chosen))
