"""What happened at a visit, told to every face of its store.

What it is for: events are rows, written in the transaction that they tell of, numbered per store in the
order in which they commit, so that a face which reads "after N" never misses one. A stream follows the
table and is woken within its own process at once; watching.py wakes those of other processes.
What it must not know: what a visit is.

The numbers are given just before the commit, under the lock of the store's counter row: numbers drawn from
a sequence could become visible out of order, and a reader would skip the late one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from store_api.contract import VisitEvent
from store_api.db import Base, Database, NodeMixin
from store_api.prepared import Prepared
from store_api.rows import add_row

PAGE = 200
"""Most events in one poll."""


class EventCounter(NodeMixin, Base):
    """The last event number of a store."""

    __tablename__ = "event_counters"

    store_id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    last_event: Mapped[int] = mapped_column(sa.BigInteger)


class StoreEvent(NodeMixin, Base):
    """One event of a store. No personal data: a face reads the visit itself."""

    __tablename__ = "store_events"

    store_id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    station: Mapped[str] = mapped_column(sa.String(80))
    visit_id: Mapped[str] = mapped_column(sa.String(80))
    what: Mapped[str] = mapped_column(sa.String(80))
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class _Told:
    store_id: str
    station: str
    visit_id: str
    what: str
    revision: int
    at: datetime


def tell(
    session: Session, *, store_id: str, station: str, visit_id: str, what: str, revision: int, now: datetime
) -> None:
    """Tell the faces of a store, when this transaction commits. `what` is `subject.verb_past`."""
    told = _Told(store_id, station, visit_id, what, revision, now)
    session.info.setdefault("events", []).append(told)


class Bell:
    """Wakes the streams of this process when something was told."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings = 0
        self.closing = threading.Event()

    @property
    def rings(self) -> int:
        """How often it rang; pass it to `wait`."""
        return self._rings

    def ring(self) -> None:
        """Wake everybody."""
        with self._changed:
            self._rings += 1
            self._changed.notify_all()

    def wait(self, rings: int, seconds: float) -> None:
        """Sleep until it has rung since `rings` was read, or for `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._rings != rings, seconds)

    def close(self) -> None:
        """Let every stream end."""
        self.closing.set()
        self.ring()


def follow_database(database: Database, bell: Bell, tell_others: Callable[[set[str]], None]) -> None:
    """Write what was told before each commit; after it ring, and tell other processes of the stores."""

    def spread(session: Session) -> None:
        told = session.info.get("events")
        if told:
            bell.ring()
            tell_others({each.store_id for each in told})

    database.before_commit.append(_write)
    database.after_commit.append(spread)


def read_events(
    session: Session, store_id: str, after: int, *, station: str | None = None, limit: int = PAGE
) -> list[VisitEvent]:
    """The events of a store (of one station only, if given) after a number, oldest first."""
    query = sa.select(StoreEvent).where(StoreEvent.store_id == store_id, StoreEvent.event_id > after)
    if station is not None:
        query = query.where(StoreEvent.station == station)
    rows = session.scalars(query.order_by(StoreEvent.event_id).limit(limit))
    return [
        VisitEvent(event_id=row.event_id, visit_id=row.visit_id, what=row.what, revision=row.revision)
        for row in rows
    ]


def last_event(session: Session, store_id: str) -> int:
    """The number of a store's newest event; 0 before the first."""
    counter = session.get(EventCounter, store_id)
    return 0 if counter is None else counter.last_event


def _write(session: Session) -> None:
    for told in session.info.get("events", []):
        add_row(
            session,
            StoreEvent,
            store_id=told.store_id,
            event_id=_next_number(session, told.store_id),
            station=told.station,
            visit_id=told.visit_id,
            what=told.what,
            revision=told.revision,
            at=told.at,
        )


def _next_number(session: Session, store_id: str) -> int:
    counted = {"store_id": store_id, "last_event": 1, "node_id": session.info["node_id"]}
    return int(_COUNT.first(session, counted)[0])


def _count_on(insert: Callable[..., Any]) -> sa.Executable:
    counter = EventCounter.__table__
    counted = insert(counter).on_conflict_do_update(
        index_elements=[counter.c.store_id], set_={"last_event": counter.c.last_event + 1}
    )
    statement: sa.Executable = counted.returning(counter.c.last_event)
    return statement


_COUNT = Prepared({"postgresql": _count_on(postgresql.insert), "sqlite": _count_on(sqlite.insert)})
