"""Counting wrong tries in the database, so that a restart or another worker forgets none.

What it is for: a try is counted before it is looked at, under the lock of its row, so that many tries at
once cannot all be the tenth; a right one sets the count back. Of a place (a device, the whole fleet) the
wrong tries of an hour are counted, and no right one sets those back: whoever guesses knows one PIN too.
What it must not know: what was tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from store_api.db import Base, NodeMixin


class WrongTries(NodeMixin, Base):
    """Tries in a row of one subject that were not right; closed until `locked_until`."""

    __tablename__ = "wrong_tries"

    subject: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    tries: Mapped[int]
    locked_until: Mapped[datetime | None]


class TriesInWindow(NodeMixin, Base):
    """Wrong tries of a place since `began_at`; closed until `locked_until`."""

    __tablename__ = "tries_in_window"

    subject: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    began_at: Mapped[datetime]
    wrong: Mapped[int]
    locked_until: Mapped[datetime | None]


WINDOW = timedelta(hours=1)
"""How long the wrong tries of a place are remembered."""


@dataclass(frozen=True)
class Rule:
    """After `limit` wrong tries in a row the method is closed for `closed_for`."""

    limit: int
    closed_for: timedelta


def count_try(session: Session, subject: str, now: datetime) -> datetime | None:
    """Count one try; None where it may be looked at, else the moment until which it may not.

    The row stays locked until the transaction ends, so that the tries of one subject stand in line.
    """
    row = _locked_row(session, subject)
    if row.locked_until is not None and row.locked_until > now:
        return row.locked_until
    if row.locked_until is not None:
        row.tries, row.locked_until = 0, None
    row.tries += 1
    return None


def settle_wrong(session: Session, subject: str, now: datetime, rule: Rule) -> datetime | None:
    """Close the method if the try just counted was one too many; until when, or None."""
    row = session.get_one(WrongTries, subject)
    if row.tries >= rule.limit:
        row.locked_until = now + rule.closed_for
    return row.locked_until


def settle_right(session: Session, subject: str) -> None:
    """Forget the wrong tries of a subject."""
    row = session.get_one(WrongTries, subject)
    row.tries, row.locked_until = 0, None


def unlock(session: Session, subject: str) -> None:
    """Open a closed method again."""
    session.execute(sa.delete(WrongTries).where(WrongTries.subject == subject))


def closed_place(session: Session, place: str, now: datetime) -> datetime | None:
    """Until when a place is closed, or None; nothing is locked."""
    row = session.get(TriesInWindow, place, populate_existing=True)
    return _closed(row, now) if row is not None else None


def hold_place(session: Session, place: str, now: datetime) -> datetime | None:
    """The same, and the place's tries stand in line until the transaction ends."""
    return _closed(_locked_place(session, place, now), now)


def count_at_place(session: Session, place: str, now: datetime, rule: Rule) -> datetime | None:
    """Count one at a place; the moment until which it is closed, if this was one too many, or None."""
    row = _locked_place(session, place, now)
    if now >= row.began_at + WINDOW or (row.locked_until is not None and row.locked_until <= now):
        row.began_at, row.wrong, row.locked_until = now, 0, None
    row.wrong += 1
    if row.wrong >= rule.limit and row.locked_until is None:
        row.locked_until = now + rule.closed_for
    session.flush()
    return _closed(row, now)


def open_place(session: Session, place: str) -> None:
    """Open a place again."""
    session.execute(sa.delete(TriesInWindow).where(TriesInWindow.subject == place))


def _closed(row: TriesInWindow, now: datetime) -> datetime | None:
    return row.locked_until if row.locked_until is not None and row.locked_until > now else None


def _locked_place(session: Session, place: str, now: datetime) -> TriesInWindow:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(TriesInWindow)
        .values(subject=place, began_at=now, wrong=0, locked_until=None, node_id=session.info["node_id"])
        .on_conflict_do_nothing()
    )
    query = sa.select(TriesInWindow).where(TriesInWindow.subject == place).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def _locked_row(session: Session, subject: str) -> WrongTries:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(WrongTries)
        .values(subject=subject, tries=0, locked_until=None, node_id=session.info["node_id"])
        .on_conflict_do_nothing()
    )
    query = sa.select(WrongTries).where(WrongTries.subject == subject).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()
