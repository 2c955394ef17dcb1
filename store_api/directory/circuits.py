"""A circuit for each source: one that fails again and again is left alone for a while.

What it is for: a source that is down costs nobody its time-out, and is not asked by every face at once when
it comes back: one asks, and if that is answered, all do. The state stands in the database, so that every
process and an operator see the same.
What it must not know: what is asked, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store_api.db import Database
from store_api.directory.models import CircuitRow
from store_api.directory.ports import Source

MOST_FAULTS = 5
OPEN_FOR = dt.timedelta(seconds=30)
PROBE_FOR = dt.timedelta(seconds=10)
"""How long the others wait for the one that asks whether a source is back."""


def may_ask(database: Database, source: Source, now: dt.datetime) -> bool:
    """Whether a source may be asked now; of an open circuit whose time is over, by the first alone."""
    with database.reading() as session:
        row = session.get(CircuitRow, source)
        if row is None or row.open_until is None:
            return True
        if row.open_until > now:
            return False
    with database.transaction() as session:
        row = session.get_one(CircuitRow, source, with_for_update=True, populate_existing=True)
        if row.open_until is None:
            return True
        if row.open_until > now:
            return False
        row.open_until = now + PROBE_FOR
        return True


def note_answer(database: Database, source: Source) -> None:
    """A source has answered: its circuit is closed. Nothing is written where it was."""
    with database.reading() as session:
        row = session.get(CircuitRow, source)
        if row is None or row.faults == 0:
            return
    with database.transaction() as session:
        row = session.get_one(CircuitRow, source, with_for_update=True, populate_existing=True)
        row.faults, row.open_until = 0, None


def note_fault(database: Database, source: Source, fault: str, now: dt.datetime) -> None:
    """A source has failed; too often in a row, and its circuit opens."""
    with database.transaction() as session:
        row = _locked(session, source)
        row.faults += 1
        row.last_fault, row.last_fault_at = fault[:40], now
        if row.faults >= MOST_FAULTS:
            row.open_until = now + OPEN_FOR


def read_circuits(session: Session) -> Sequence[CircuitRow]:
    """Every circuit that ever saw a fault, by source."""
    return session.scalars(sa.select(CircuitRow).order_by(CircuitRow.source)).all()


def _locked(session: Session, source: Source) -> CircuitRow:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(CircuitRow).values(source=source, faults=0, node_id=session.info["node_id"])
    session.execute(made.on_conflict_do_nothing())
    query = sa.select(CircuitRow).where(CircuitRow.source == source).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()
