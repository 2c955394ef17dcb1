"""Reading and writing who is in a visit, codes to join by, and what was quoted.

What it must not know: visits, roles, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store_api.sharing.models import JoinCodeRow, JoinTryRow, ParticipantRow, QuoteRow


def find_participants(session: Session, visit_id: str) -> Sequence[ParticipantRow]:
    """Everybody who ever was in a visit."""
    chosen = sa.select(ParticipantRow).where(ParticipantRow.visit_id == visit_id)
    return session.scalars(chosen.execution_options(populate_existing=True)).all()


def find_participant(session: Session, visit_id: str, caller_id: str) -> ParticipantRow | None:
    """A caller's own place in a visit."""
    chosen = sa.select(ParticipantRow).where(
        ParticipantRow.visit_id == visit_id, ParticipantRow.caller_id == caller_id
    )
    return session.scalars(chosen).first()


def put_participant(session: Session, row: dict[str, Any], changes: dict[str, Any]) -> None:
    """Add a caller to a visit; where they are in it already, write `changes`. Two at once are one."""
    insert = _insert_of(session)(ParticipantRow).values(**row, node_id=session.info["node_id"])
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[ParticipantRow.visit_id, ParticipantRow.caller_id], set_=changes
        )
    )


def add_code(session: Session, row: JoinCodeRow) -> None:
    """Add a code to join by; earlier ones of the same maker for the same visit and face are void."""
    session.execute(
        sa.delete(JoinCodeRow).where(
            JoinCodeRow.visit_id == row.visit_id,
            JoinCodeRow.made_by == row.made_by,
            JoinCodeRow.face == row.face,
            JoinCodeRow.used_at.is_(None),
        )
    )
    session.add(row)
    session.flush()


def find_code(session: Session, hashes: Sequence[str], face: str, now: dt.datetime) -> JoinCodeRow | None:
    """A code for a face that was not used and is not over."""
    chosen = sa.select(JoinCodeRow).where(
        JoinCodeRow.code_hash.in_(hashes),
        JoinCodeRow.face == face,
        JoinCodeRow.used_at.is_(None),
        JoinCodeRow.expires_at > now,
    )
    return session.scalars(chosen).first()


def use_code(session: Session, code_hash: str, now: dt.datetime) -> bool:
    """Use a code up; False where somebody else was faster."""
    used = sa.update(JoinCodeRow).where(JoinCodeRow.code_hash == code_hash, JoinCodeRow.used_at.is_(None))
    done = session.execute(used.values(used_at=now), execution_options={"synchronize_session": False})
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def count_tries(session: Session, subject: str, hour: dt.datetime) -> int:
    """How many wrong codes a subject has tried in an hour."""
    row = session.get(JoinTryRow, (subject, hour), populate_existing=True)
    return 0 if row is None else row.wrong


def add_try(session: Session, subject: str, hour: dt.datetime) -> None:
    """Count one wrong code."""
    insert = _insert_of(session)(JoinTryRow).values(
        subject=subject, hour=hour, wrong=1, node_id=session.info["node_id"]
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[JoinTryRow.subject, JoinTryRow.hour], set_={"wrong": JoinTryRow.wrong + 1}
        )
    )


def find_quotes(session: Session, visit_id: str) -> Sequence[QuoteRow]:
    """What was quoted in a visit, newest first."""
    chosen = sa.select(QuoteRow).where(QuoteRow.visit_id == visit_id)
    return session.scalars(chosen.order_by(QuoteRow.at.desc(), QuoteRow.quote_id.desc())).all()


def _insert_of(session: Session) -> Callable[..., Any]:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
