"""Reading accounts, lines, persons, facts and consents.

What it must not know: HTTP, PINs in the clear, rules about who may do what.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.accounts.models import (
    AccountRow,
    ConsentRow,
    FactRow,
    LineRow,
    OneTimeCodeRow,
    PersonRow,
)
from store_api.db import JsonText
from store_api.prepared import Prepared


class FactMark(NamedTuple):
    """A stored fact: its key in the catalogue, {"value": …} on the wire's form, and when it was true."""

    fact: str
    value: dict[str, Any]
    as_of: datetime


class Standing(NamedTuple):
    """Whether an account is locked and how many lines it has; role and birthday of a person, where known."""

    locked: bool
    lines: int
    role: str | None
    born_on: date | None


_FACT, _ACCOUNT, _PERSON, _LINE = (kind.__table__.c for kind in (FactRow, AccountRow, PersonRow, LineRow))
_FACTS = Prepared(
    sa.select(_FACT.fact, sa.type_coerce(_FACT.value, JsonText).label("value"), _FACT.as_of)
    .where(
        _FACT.account_id == sa.bindparam("account"),
        _FACT.subject_id.in_([sa.bindparam("first"), sa.bindparam("second"), sa.bindparam("third")]),
    )
    .order_by(_FACT.fact)
)
_LINES = sa.select(sa.func.count()).where(_LINE.account_id == _ACCOUNT.account_id)
_IS_PERSON = sa.and_(_PERSON.account_id == _ACCOUNT.account_id, _PERSON.person_id == sa.bindparam("person"))
_STANDING = Prepared(
    sa.select(
        _ACCOUNT.locked,
        _LINES.correlate(AccountRow.__table__).scalar_subquery(),
        _PERSON.role,
        _PERSON.born_on,
    )
    .select_from(AccountRow.__table__.join(PersonRow.__table__, _IS_PERSON, isouter=True))
    .where(_ACCOUNT.account_id == sa.bindparam("account"))
)


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


def read_fact_rows(session: Session, account_id: str, subjects: Sequence[str]) -> Sequence[FactMark]:
    """The stored facts of an account's subjects: of the account itself, a person, a line."""
    named = [*subjects, None, None, None][:3]
    values = {"account": account_id, "first": named[0], "second": named[1], "third": named[2]}
    rows = _FACTS.rows(session, values)
    told = json.loads(f"[{','.join(row.value for row in rows)}]")
    return [FactMark(row.fact, value, row.as_of) for row, value in zip(rows, told, strict=True)]


def find_standing(session: Session, account_id: str, person_id: str | None) -> Standing | None:
    """What the tables state of an account and of one of its persons, in one statement."""
    found = _STANDING.first(session, {"account": account_id, "person": person_id})
    return None if found is None else Standing(*found)


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


def find_open_code(session: Session, purpose: str, subject: str, now: datetime) -> OneTimeCodeRow | None:
    """The code that was sent last and is still good, locked."""
    query = _open_codes(purpose, subject).where(OneTimeCodeRow.expires_at > now)
    newest = query.order_by(OneTimeCodeRow.sent_at.desc(), OneTimeCodeRow.code_id.desc()).limit(1)
    return session.scalars(newest.with_for_update()).first()


def end_open_codes(session: Session, purpose: str, subject: str, now: datetime) -> None:
    """Let every earlier code be good no more."""
    for row in session.scalars(_open_codes(purpose, subject).with_for_update()):
        row.used_at = now
    session.flush()


def forget_old_codes(session: Session, before: datetime) -> None:
    """Delete codes that ended before a moment."""
    session.execute(sa.delete(OneTimeCodeRow).where(OneTimeCodeRow.expires_at < before))


def _open_codes(purpose: str, subject: str) -> sa.Select[OneTimeCodeRow]:
    wanted = (OneTimeCodeRow.purpose == purpose, OneTimeCodeRow.subject == subject)
    return sa.select(OneTimeCodeRow).where(*wanted, OneTimeCodeRow.used_at.is_(None))
