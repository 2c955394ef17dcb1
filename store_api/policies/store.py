"""Reading and writing policy versions, and the counts beside their terms.

What it must not know: the policy language, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store_api.policies.models import PolicyVersionRow, TermDayRow
from store_api.prepared import Prepared


class VersionMark(NamedTuple):
    """A version by name and number, with what tells whether a reader's copy of it is up to date."""

    policy: str
    version: int
    digest: str
    catalogue_digest: str | None
    stopped: bool


class Counted(NamedTuple):
    """What is added to one term's row; the empty term carries the decisions."""

    term: str
    decided: int = 0
    unmet: int = 0
    waived: int = 0
    misquoted: int = 0


_P = PolicyVersionRow.__table__.c
_MARKS = Prepared(
    sa.select(
        _P.policy, _P.version, _P.digest, _P.catalogue_digest, _P.stopped_at.is_not(None).label("stopped")
    ).order_by(_P.policy, _P.version)
)


def find_marks(session: Session) -> Sequence[VersionMark]:
    """Every version without its text, which is enough to see whether a reader is up to date."""
    return [VersionMark(*mark) for mark in _MARKS.rows(session, {})]


def find_version(session: Session, policy: str, version: int) -> PolicyVersionRow | None:
    """One version with its text."""
    return session.get(PolicyVersionRow, (policy, version))


def find_versions(session: Session, policy: str | None = None) -> Sequence[PolicyVersionRow]:
    """The versions of one policy or of all, the newest first in each."""
    chosen = sa.select(PolicyVersionRow).order_by(
        PolicyVersionRow.policy, PolicyVersionRow.effective_from.desc(), PolicyVersionRow.version.desc()
    )
    if policy is not None:
        chosen = chosen.where(PolicyVersionRow.policy == policy)
    return session.scalars(chosen).all()


def lock_version(session: Session, policy: str, version: int) -> PolicyVersionRow | None:
    """One version, locked until the transaction ends."""
    chosen = sa.select(PolicyVersionRow).where(
        PolicyVersionRow.policy == policy, PolicyVersionRow.version == version
    )
    return session.scalars(chosen.with_for_update(), execution_options={"populate_existing": True}).first()


def lock_effective(session: Session, policy: str, day: dt.date) -> PolicyVersionRow | None:
    """The version that begins last up to a day, locked against a stop; such locks share the row."""
    chosen = (
        sa.select(PolicyVersionRow)
        .where(PolicyVersionRow.policy == policy, PolicyVersionRow.effective_from <= day)
        .order_by(PolicyVersionRow.effective_from.desc())
        .limit(1)
    )
    return session.scalars(
        chosen.with_for_update(read=True), execution_options={"populate_existing": True}
    ).first()


def add_version(session: Session, row: PolicyVersionRow) -> None:
    """Add a version."""
    session.add(row)
    session.flush()


def add_counts(
    session: Session, policy: str, version: int, day: dt.date, slot: int, counted: Iterable[Counted]
) -> None:
    """Add to the rows of a version's terms on a day, in one order, so that none waits in a ring."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"policy": policy, "version": version, "day": day, "slot": slot, **each._asdict()}
        for each in sorted(counted)
    ]
    statement = insert(TermDayRow).values([{**row, "node_id": session.info["node_id"]} for row in rows])
    added = {
        name: getattr(TermDayRow, name) + statement.excluded[name]
        for name in ("decided", "unmet", "waived", "misquoted")
    }
    keys = ("policy", "version", "day", "term", "slot")
    session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=added))


def sum_counts(session: Session, policy: str, version: int, since: dt.date) -> dict[str, Counted]:
    """What was counted from a day on, by term."""
    row = TermDayRow
    sums = [sa.func.sum(column) for column in (row.decided, row.unmet, row.waived, row.misquoted)]
    chosen = (
        sa.select(row.term, *sums)
        .where(row.policy == policy, row.version == version, row.day >= since)
        .group_by(row.term)
    )
    return {term: Counted(term, *(int(each) for each in found)) for term, *found in session.execute(chosen)}
