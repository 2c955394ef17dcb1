"""Reading and writing policy versions.

What it must not know: the policy language, Flask, the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.policies.models import PolicyVersionRow
from store_api.prepared import Prepared


class VersionMark(NamedTuple):
    """A version by name and number, with the digest of its content."""

    policy: str
    version: int
    digest: str


_P = PolicyVersionRow.__table__.c
_MARKS = Prepared(sa.select(_P.policy, _P.version, _P.digest).order_by(_P.policy, _P.version))


def find_marks(session: Session) -> Sequence[VersionMark]:
    """Every version without its text, which is enough to see whether a reader is up to date."""
    return [VersionMark(*mark) for mark in _MARKS.rows(session, {})]


def find_version(session: Session, policy: str, version: int) -> PolicyVersionRow | None:
    """One version with its text."""
    return session.get(PolicyVersionRow, (policy, version))


def add_version(session: Session, row: PolicyVersionRow) -> None:
    """Add a version."""
    session.add(row)
    session.flush()
