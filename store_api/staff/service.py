"""Staff: their PINs, and their sessions on their store's tablets.

What it is for: a named person behind every action of a rep or a manager.
What it must not know: visits, customers, HTTP.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api import lockout
from store_api.audit.service import record
from store_api.auth import Caller, hash_token, new_token
from store_api.contract import StaffSession
from store_api.devices.service import is_enrolled
from store_api.errors import NotFound
from store_api.pins import PinHash, hash_pin, pin_matches
from store_api.staff.models import StaffRow, StaffSessionRow
from store_api.stores.service import read_store
from store_api.work import Work

StaffRole = Literal["rep", "manager"]
CALLER_KIND = "staff"


def add_staff(work: Work, staff_number: str, name: str, role: StaffRole, store_id: str, pin: str) -> str:
    """Add a member of staff to a store; the identifier. Raises NotFound for an unknown store."""
    read_store(work.session, store_id)
    staff_id, hashed = work.new_id("stf"), hash_pin(work.settings.keys, pin)
    work.session.add(
        StaffRow(
            staff_id=staff_id,
            staff_number=staff_number,
            name=name,
            role=role,
            store_id=store_id,
            pin_key_id=hashed.key_id,
            pin_hash=hashed.encoded,
        )
    )
    work.session.flush()
    _record(work, "staff.added", staff_id, {"role": role, "store_id": store_id}, {"name": name})
    return staff_id


def sign_in(work: Work, staff_number: str, pin: str) -> StaffSession:
    """Open a session on the calling tablet. Only staff of the tablet's own store get one.

    A staff number that nobody has answers as a wrong PIN does. The token is in this answer only.
    """
    staff = _find_by_number(work, staff_number)
    subject = f"staff:{staff.staff_id}" if staff else f"staff-number:{_digest(work, staff_number)}"
    rule = lockout.Rule(work.settings.wrong_pins, timedelta(minutes=work.settings.lockout_minutes))
    closed = lockout.count_try(work.session, subject, work.now)
    if closed is not None:
        return _refuse(work, "identity.locked", closed)
    stored = PinHash(staff.pin_key_id, staff.pin_hash) if staff else None
    if pin_matches(work.settings.keys, stored, pin) and staff is not None:
        lockout.settle_right(work.session, subject)
        return _open_session(work, staff)
    closed = lockout.settle_wrong(work.session, subject, work.now, rule)
    return _refuse(work, "identity.wrong" if closed is None else "identity.locked", closed)


def sign_out(work: Work) -> None:
    """End the calling session."""
    session = work.session.get_one(StaffSessionRow, work.caller.session_id)
    session.ended_at = work.now
    _record(work, "staff.signed_out", session.staff_id, {"session_id": session.session_id}, {})


def unlock_staff(work: Work, staff_number: str) -> None:
    """Open the PIN of a member of staff again. Raises NotFound."""
    staff = work.session.scalars(sa.select(StaffRow).where(StaffRow.staff_number == staff_number)).first()
    if staff is None:
        raise NotFound
    lockout.unlock(work.session, f"staff:{staff.staff_id}")
    _record(work, "staff.unlocked", staff.staff_id, {}, {})


def find_caller(session: Session, token_hash: str, now: datetime) -> Caller | None:
    """The member of staff of a session that is still open, on a tablet that is still enrolled."""
    query = (
        sa.select(StaffSessionRow, StaffRow)
        .join(StaffRow, StaffRow.staff_id == StaffSessionRow.staff_id)
        .where(
            StaffSessionRow.token_hash == token_hash,
            StaffSessionRow.ended_at.is_(None),
            StaffSessionRow.expires_at > now,
            StaffRow.left_at.is_(None),
        )
    )
    found = session.execute(query).first()
    if found is None or not is_enrolled(session, found[0].device_id):
        return None
    opened, staff = found
    return Caller(
        cast(StaffRole, staff.role),
        staff.staff_id,
        store_id=staff.store_id,
        station=opened.station,
        staff_name=staff.name,
        session_id=opened.session_id,
    )


def _find_by_number(work: Work, staff_number: str) -> StaffRow | None:
    query = sa.select(StaffRow).where(
        StaffRow.staff_number == staff_number,
        StaffRow.store_id == work.caller.store_id,
        StaffRow.left_at.is_(None),
    )
    return work.session.scalars(query).first()


def _digest(work: Work, staff_number: str) -> str:
    return work.settings.keys.hash("staff-number", staff_number).digest


def _open_session(work: Work, staff: StaffRow) -> StaffSession:
    token = new_token(CALLER_KIND, work.session.info["random_bytes"])
    row = StaffSessionRow(
        session_id=work.new_id("ses"),
        token_hash=hash_token(token),
        staff_id=staff.staff_id,
        device_id=work.caller.subject_id,
        station=work.caller.station or "",
        started_at=work.now,
        expires_at=work.now + timedelta(hours=work.settings.staff_session_hours),
    )
    work.session.add(row)
    _record(work, "staff.signed_in", staff.staff_id, {"session_id": row.session_id}, {})
    return StaffSession(
        code=None,
        token=token,
        staff_id=staff.staff_id,
        name=staff.name,
        role=cast(StaffRole, staff.role),
        store=read_store(work.session, staff.store_id),
        expires_at=row.expires_at,
    )


def _refuse(work: Work, code: str, closed: datetime | None) -> StaffSession:
    _record(work, "staff.refused", work.caller.subject_id, {"code": code}, {})
    return StaffSession(
        code=code,
        token=None,
        staff_id=None,
        name=None,
        role=None,
        store=None,
        expires_at=None,
        locked_until=closed,
    )


def _record(work: Work, action: str, subject: str, details: dict[str, str], personal: dict[str, str]) -> None:
    record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=subject,
        now=work.now,
        details=details,
        personal=personal,
    )
