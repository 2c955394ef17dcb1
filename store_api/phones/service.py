"""Phones in a visit: a token for a browser that joined by a code, and whose phone it turned out to be.

What it is for: an owner at home sees the visit without an app. The token opens one visit only, and shows
nothing of an account before the phone's holder has passed an identity check of their own.
What it must not know: what a visit holds, join codes, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.accounts import service as accounts
from store_api.accounts.service import KnownPerson
from store_api.audit.service import record
from store_api.auth import Caller, hash_token, new_token
from store_api.phones.models import PhoneSessionRow
from store_api.work import Work

CALLER_KIND = "phone"
LONGEST = timedelta(hours=2)
"""As long as a visit can last at most."""


@dataclass(frozen=True)
class PhonePerson:
    """Who holds a phone, and their role on the account: owner, manager or member."""

    account_id: str
    person_id: str
    line_id: str
    role: str


def begin(work: Work, visit_id: str, store_id: str) -> tuple[str, str]:
    """Let a phone into a visit; its session and its token, which is told this once."""
    token = new_token(CALLER_KIND, work.session.info["random_bytes"])
    row = PhoneSessionRow(
        session_id=work.new_id("pho"),
        token_hash=hash_token(token),
        visit_id=visit_id,
        store_id=store_id,
        began_at=work.now,
        expires_at=work.now + LONGEST,
    )
    work.session.add(row)
    work.session.flush()
    _record(work, "phone.joined", row)
    return row.session_id, token


def identify(work: Work, person: KnownPerson, method: str) -> None:
    """Note who holds the calling phone, after a check of their own."""
    row = _own(work)
    row.identity, row.identified_at = method, work.now
    row.account_id, row.person_id, row.line_id = person.account_id, person.person_id, person.line_id
    work.session.flush()


def leave(work: Work) -> None:
    """End the calling phone's session; its token opens nothing any more."""
    row = _own(work)
    row.ended_at = work.now
    work.session.flush()
    _record(work, "phone.signed_out", row)


def who_holds(session: Session, session_id: str | None) -> PhonePerson | None:
    """Who holds a phone, or None before their identity check."""
    row = session.get(PhoneSessionRow, session_id) if session_id else None
    if row is None or row.account_id is None or row.person_id is None or row.line_id is None:
        return None
    role = accounts.role_of(session, row.account_id, row.person_id)
    return PhonePerson(row.account_id, row.person_id, row.line_id, role)


def find_caller(session: Session, token_hash: str, now: datetime) -> Caller | None:
    """The phone of a token, while its session lasts."""
    query = sa.select(PhoneSessionRow).where(
        PhoneSessionRow.token_hash == token_hash,
        PhoneSessionRow.ended_at.is_(None),
        PhoneSessionRow.expires_at > now,
    )
    row = session.scalars(query).first()
    if row is None:
        return None
    return Caller(
        "phone", row.session_id, store_id=row.store_id, session_id=row.session_id, visit_id=row.visit_id
    )


def _own(work: Work) -> PhoneSessionRow:
    return work.session.get_one(PhoneSessionRow, work.caller.session_id)


def _record(work: Work, action: str, row: PhoneSessionRow) -> None:
    record(work.session, action=action, actor=row.session_id, subject=row.visit_id, now=work.now)
