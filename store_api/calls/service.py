"""Calls to customer care: whom an agent has on the telephone, and that they are who they say.

What it is for: an agent sees nothing of an account before its caller passed a check of their own, and only
that account, for as long as the call lasts.
What it must not know: visits, policies, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.accounts import service as accounts
from store_api.accounts.service import IdentityCheck, KnownPerson, Sent
from store_api.audit.service import record
from store_api.calls.models import CareCallRow
from store_api.contract import CareCall
from store_api.work import Work

LONGEST = timedelta(hours=1)


@dataclass(frozen=True)
class Call:
    """A caller who was authenticated: the person, their line, and by what they were known."""

    call_id: str
    account_id: str
    person_id: str
    line_id: str
    identity: str
    began_at: datetime


def begin(work: Work, telephone: str, pin: str) -> IdentityCheck:
    """Check a caller's number and own PIN; they are then the agent's caller, in place of an earlier one.

    After a wrong one the agent has nobody on the line: the earlier call is over in any case.
    """
    end(work)
    check = accounts.check_pin(work, work.caller.subject_id, telephone, pin)
    return _take(work, check, "person_pin")


def send_code(work: Work, telephone: str, language: str) -> Sent:
    """Send a one-time code to the line of whoever calls; it is good for this agent alone."""
    return accounts.send_one_time_code(work, _purpose(work), telephone, language)


def begin_by_code(work: Work, telephone: str, code: str) -> IdentityCheck:
    """Check the code that the caller reads aloud; otherwise as `begin`."""
    end(work)
    check = accounts.check_one_time_code(work, _purpose(work), telephone, code)
    return _take(work, check, "one_time_code")


def end(work: Work) -> None:
    """End the agent's call, if there is one; nothing of the account is shown from then on."""
    open_calls = sa.select(CareCallRow).where(
        CareCallRow.staff_id == work.caller.subject_id, CareCallRow.ended_at.is_(None)
    )
    for row in work.session.scalars(open_calls):
        row.ended_at = work.now
        _record(work, "call.ended", row)
    work.session.flush()


def current(session: Session, staff_id: str, now: datetime) -> Call | None:
    """The call that an agent has now."""
    chosen = sa.select(CareCallRow).where(
        CareCallRow.staff_id == staff_id, CareCallRow.ended_at.is_(None), CareCallRow.expires_at > now
    )
    row = session.scalars(chosen.order_by(CareCallRow.began_at.desc())).first()
    if row is None:
        return None
    return Call(row.call_id, row.account_id, row.person_id, row.line_id, row.identity, row.began_at)


def show(session: Session, call: Call) -> CareCall:
    """The call as the wire has it."""
    return CareCall(
        call_id=call.call_id,
        person=accounts.person_name(session, call.account_id, call.person_id),
        role=accounts.role_of(session, call.account_id, call.person_id),  # type: ignore[arg-type]
        line=accounts.line_choice(session, call.account_id, call.line_id),
        identity=call.identity,  # type: ignore[arg-type]  # the model checks it
        began_at=call.began_at,
    )


def _purpose(work: Work) -> str:
    return f"care:{work.caller.subject_id}"


def _take(work: Work, check: IdentityCheck, method: str) -> IdentityCheck:
    """Make a caller who is known the agent's caller."""
    if check.person is not None:
        _add(work, check.person, method)
    return check


def _add(work: Work, person: KnownPerson, method: str) -> None:
    row = CareCallRow(
        call_id=work.new_id("cal"),
        staff_id=work.caller.subject_id,
        account_id=person.account_id,
        person_id=person.person_id,
        line_id=person.line_id,
        identity=method,
        began_at=work.now,
        expires_at=work.now + LONGEST,
    )
    work.session.add(row)
    work.session.flush()
    _record(work, "call.begun", row)


def _record(work: Work, action: str, row: CareCallRow) -> None:
    record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=row.call_id,
        now=work.now,
        details={"method": row.identity},
        personal={"person_id": row.person_id},
    )
