"""Reading, writing and counting the claims that were checked.

What it must not know: policies, words, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.claims.models import ClaimCheckRow

MISQUOTED = ("not_required", "not_in_policy")
"""Answers that say that a customer had heard more than the terms ask."""


@dataclass(frozen=True)
class Window:
    """Which checks to count: from a moment to before another, of one store or policy or of all."""

    since: dt.datetime
    before: dt.datetime
    store_id: str | None = None
    policy: str | None = None


@dataclass(frozen=True)
class Count:
    """In how many identified visits a claim got one answer in one store."""

    claim: str
    store_id: str
    policy: str
    version: int | None
    term: str | None
    result: str
    count: int


def find_check(
    session: Session, account_id: str, visit_id: str, person_id: str, policy: str, claim: str
) -> ClaimCheckRow | None:
    """The check of a claim in a visit, if it was asked before."""
    return session.get(ClaimCheckRow, (account_id, visit_id, person_id, policy, claim))


def add_check(session: Session, row: ClaimCheckRow) -> None:
    """Add a check."""
    session.add(row)
    session.flush()


def find_checks(
    session: Session, account_id: str, visit_id: str, person_id: str, policy: str
) -> Sequence[ClaimCheckRow]:
    """What was checked against a policy in a visit for one person, the newest answer first."""
    chosen = sa.select(ClaimCheckRow).where(
        ClaimCheckRow.account_id == account_id,
        ClaimCheckRow.visit_id == visit_id,
        ClaimCheckRow.person_id == person_id,
        ClaimCheckRow.policy == policy,
    )
    newest_first = (ClaimCheckRow.checked_at.desc(), ClaimCheckRow.claim)
    return session.scalars(chosen.order_by(*newest_first)).all()


def find_last(session: Session, account_id: str, person_id: str, before: dt.datetime) -> ClaimCheckRow | None:
    """The last claim of a person that was first checked before a moment."""
    row = ClaimCheckRow
    chosen = sa.select(row).where(
        row.account_id == account_id, row.person_id == person_id, row.first_at < before
    )
    return session.scalars(chosen.order_by(row.first_at.desc(), row.check_id.desc()).limit(1)).first()


def find_misquoted(session: Session, since: dt.datetime, before: dt.datetime) -> set[str]:
    """Identified visits in which somebody had heard terms that there are not."""
    row = ClaimCheckRow
    wanted = (*_within(Window(since, before)), row.result.in_(MISQUOTED))
    return set(session.scalars(sa.select(row.visit_id).where(*wanted).distinct()))


def count_checks(session: Session, window: Window) -> list[Count]:
    """The counts, the most frequent first."""
    row, number = ClaimCheckRow, sa.func.count().label("number")
    parts = (row.claim, row.store_id, row.policy, row.version, row.term, row.result)
    chosen = sa.select(*parts, number).where(*_within(window)).group_by(*parts)
    return [Count(*found) for found in session.execute(chosen.order_by(number.desc(), *parts))]


def count_visits(session: Session, window: Window) -> int:
    """In how many identified visits anything was asked."""
    visits = sa.select(ClaimCheckRow.visit_id).where(*_within(window)).distinct()
    return session.scalar(sa.select(sa.func.count()).select_from(visits.subquery())) or 0


def _within(window: Window) -> list[sa.ColumnElement[bool]]:
    row = ClaimCheckRow
    wanted = [row.identified.is_(True), row.first_at >= window.since, row.first_at < window.before]
    if window.store_id is not None:
        wanted.append(row.store_id == window.store_id)
    if window.policy is not None:
        wanted.append(row.policy == window.policy)
    return wanted
