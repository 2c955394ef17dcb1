"""Reading accounts, lines, persons, facts and consents.

What it must not know: HTTP, PINs in the clear, rules about who may do what.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.accounts.models import AccountRow, ConsentRow, FactRow, LineRow, PersonRow


def find_line_by_hash(session: Session, hashes: Sequence[str]) -> LineRow | None:
    """The line of a telephone number, by any of its hashes."""
    return session.scalars(sa.select(LineRow).where(LineRow.telephone_hash.in_(hashes))).first()


def find_lines_by_hash(session: Session, hashes: Sequence[str]) -> Sequence[LineRow]:
    """The lines of many telephone numbers, by their hashes."""
    return session.scalars(sa.select(LineRow).where(LineRow.telephone_hash.in_(hashes))).all()


def known_accounts(session: Session, named: Collection[str]) -> set[str]:
    """Which of these accounts there are."""
    return set(session.scalars(sa.select(AccountRow.account_id).where(AccountRow.account_id.in_(named))))


def find_account(session: Session, account_id: str) -> AccountRow | None:
    """An account."""
    return session.get(AccountRow, account_id)


def find_person(session: Session, account_id: str, person_id: str | None) -> PersonRow | None:
    """A person of an account."""
    return session.get(PersonRow, (account_id, person_id)) if person_id else None


def find_line(session: Session, account_id: str, line_id: str) -> LineRow | None:
    """A line of an account."""
    return session.get(LineRow, (account_id, line_id))


def count_lines(session: Session, account_id: str) -> int:
    """How many lines an account has."""
    query = sa.select(sa.func.count()).select_from(LineRow).where(LineRow.account_id == account_id)
    return int(session.scalar(query) or 0)


def read_fact_rows(session: Session, account_id: str, subjects: Sequence[str]) -> Sequence[FactRow]:
    """The stored facts of an account's subjects."""
    query = sa.select(FactRow).where(FactRow.account_id == account_id, FactRow.subject_id.in_(subjects))
    return session.scalars(query.order_by(FactRow.fact)).all()


def read_lines_but_of(session: Session, account_id: str, roles: Collection[str]) -> Sequence[LineRow]:
    """The account's lines that a person with none of these roles uses, by label."""
    is_theirs = sa.and_(PersonRow.account_id == LineRow.account_id, PersonRow.person_id == LineRow.person_id)
    query = sa.select(LineRow).join(PersonRow, is_theirs)
    query = query.where(LineRow.account_id == account_id, PersonRow.role.not_in(roles))
    return session.scalars(query.order_by(LineRow.label, LineRow.line_id)).all()


def find_consent(session: Session, account_id: str, consent_id: str) -> ConsentRow | None:
    """A leave, whether it stands or was withdrawn."""
    return session.get(ConsentRow, (account_id, consent_id))


def read_consents(session: Session, account_id: str, line_id: str) -> Sequence[ConsentRow]:
    """The owner's leaves for a line that were not withdrawn, oldest first."""
    query = sa.select(ConsentRow).where(
        ConsentRow.account_id == account_id,
        ConsentRow.line_id == line_id,
        ConsentRow.withdrawn_at.is_(None),
    )
    return session.scalars(query.order_by(ConsentRow.given_at, ConsentRow.consent_id)).all()


def confirm_fact_rows(session: Session, account_id: str, now: datetime) -> None:
    """Write a new moment beside every stored fact of an account."""
    session.execute(sa.update(FactRow).where(FactRow.account_id == account_id).values(as_of=now))
