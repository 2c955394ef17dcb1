"""Reading and writing visits.

What it must not know: decisions, vouchers, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.prepared import Prepared
from store_api.rows import plain_row, refresh_row
from store_api.visits.models import VisitRow

_V = VisitRow.__table__.c
_FIND = Prepared(sa.select(*_V).where(_V.visit_id == sa.bindparam("named")))


@cache
def _change(names: tuple[str, ...]) -> Prepared:
    """The statement that writes these fields."""
    table = VisitRow.__table__
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names}
    changed = sa.update(table).where(table.c.visit_id == sa.bindparam("named"))  # type: ignore[arg-type]
    return Prepared(changed.values(revision=table.c.revision + 1, **values).returning(*table.c))


def find_code(session: Session, visit_id: str) -> str:
    """The short code of a visit, whoever asks."""
    return str(session.scalar(sa.select(VisitRow.code).where(VisitRow.visit_id == visit_id)) or "")


def find_visit(session: Session, visit_id: str) -> VisitRow | None:
    """A visit by its identifier. It is changed by `change_visit` alone."""
    found = _FIND.first(session, {"named": visit_id})
    return None if found is None else plain_row(VisitRow, found)


def change_visit(session: Session, visit: VisitRow, fields: Mapping[str, Any]) -> bool:
    """Write fields of a visit and raise its revision, in one statement; False where there is none.

    The statement locks the row until this transaction ends, so that two faces never write over each other's
    change. `visit` then carries what stands in the row, others' changes too.
    """
    named = {f"new_{name}": value for name, value in fields.items()}
    found = _change(tuple(fields)).first(session, {"named": visit.visit_id, **named})
    if found is not None:
        refresh_row(visit, found._asdict())
    return found is not None


def find_open_visits(session: Session, store_id: str, since: dt.datetime) -> Sequence[VisitRow]:
    """A store's visits that are open and were opened since a moment, newest first."""
    chosen = sa.select(VisitRow).where(
        VisitRow.store_id == store_id, VisitRow.state == "open", VisitRow.opened_at >= since
    )
    newest_first = (VisitRow.opened_at.desc(), VisitRow.visit_id.desc())
    return session.scalars(chosen.order_by(*newest_first).limit(200)).all()


def find_visits_of_account(session: Session, account_id: str, since: dt.datetime) -> Sequence[VisitRow]:
    """An account's visits that are open and were opened since a moment, newest first."""
    chosen = sa.select(VisitRow).where(
        VisitRow.account_id == account_id, VisitRow.opened_at >= since, VisitRow.state == "open"
    )
    newest_first = (VisitRow.opened_at.desc(), VisitRow.visit_id.desc())
    return session.scalars(chosen.order_by(*newest_first).limit(20)).all()


def find_opened(session: Session, since: dt.datetime, before: dt.datetime) -> Sequence[VisitRow]:
    """Every visit that was opened from a moment to before another, the oldest first."""
    chosen = sa.select(VisitRow).where(VisitRow.opened_at >= since, VisitRow.opened_at < before)
    return session.scalars(chosen.order_by(VisitRow.opened_at, VisitRow.visit_id)).all()


def is_code_taken(session: Session, store_id: str, code: str, since: dt.datetime) -> bool:
    """Whether an open visit of the store goes by a spoken code."""
    chosen = sa.select(VisitRow.visit_id).where(
        VisitRow.store_id == store_id,
        VisitRow.state == "open",
        VisitRow.opened_at >= since,
        VisitRow.code == code,
    )
    return session.scalars(chosen.limit(1)).first() is not None
