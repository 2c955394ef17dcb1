"""Staff: their PINs, and their sessions on their store's tablets or at a desk.

What it is for: a named person behind every action of a rep, a manager, an author or a regional manager.
What it must not know: visits, customers, HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api import lockout
from store_api.audit.service import record
from store_api.auth import Caller, hash_token, new_token
from store_api.contract import StaffPinCheck, StaffSession
from store_api.devices.service import is_enrolled, owner_of
from store_api.errors import NotFound
from store_api.pins import PinHash, hash_pin, pin_matches
from store_api.staff.models import StaffRow, StaffSessionRow
from store_api.stores.service import read_store
from store_api.work import Work

StaffRole = Literal["rep", "manager", "author", "region", "care"]
DESK_ROLES: frozenset[str] = frozenset({"author", "region", "care"})
"""Roles of people who belong to no store and sign in at a desk."""
CALLER_KIND = "staff"


@dataclass(frozen=True)
class PinCheck:
    """What became of a PIN: `code` is None where it is right, and `locked_until` says when to try again."""

    code: str | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True)
class Colleague:
    """A member of staff whose PIN was right."""

    staff_id: str
    name: str
    role: str
    store_id: str | None


def add_staff(
    work: Work, staff_number: str, name: str, role: StaffRole, store_id: str | None, pin: str
) -> str:
    """Add a member of staff to a store, or to the central office; the identifier.

    Raises NotFound for an unknown store, ValueError where role and store do not go together.
    """
    if (role in DESK_ROLES) is not (store_id is None):
        raise ValueError(
            "authors, regional managers and customer care belong to no store; all others belong to one"
        )
    if store_id is not None:
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
    place = {"store_id": store_id} if store_id is not None else {}
    _record(work, "staff.added", staff_id, {"role": role, **place}, {"name": name})
    return staff_id


def sign_in(work: Work, staff_number: str, pin: str) -> StaffSession:
    """Open a session on the calling device: on a tablet for staff of its own store, at a desk for others.

    A staff number that nobody has answers as a wrong PIN does. The token is in this answer only.
    """
    staff = _find_by_number(work, staff_number)
    owner_id = owner_of(work.session, work.caller.subject_id)
    if staff is not None and owner_id not in (None, staff.staff_id):
        staff = None
    checked = _try_pin(work, _subject_of(work, staff, staff_number), staff, pin)
    if checked.code is None and staff is not None:
        return _open_session(work, staff)
    return _refuse(work, checked)


def check_colleague(work: Work, staff_number: str, pin: str) -> tuple[PinCheck, Colleague | None]:
    """Whether this is the PIN of a member of staff of the caller's store, who stands at the caller's session.

    Wrong ones count as those of signing in do. A wrong one is a value, so that the transaction that counts
    it is kept; a number that nobody has answers as a wrong PIN does.
    """
    staff = _find_by_number(work, staff_number)
    checked = _try_pin(work, _subject_of(work, staff, staff_number), staff, pin)
    if checked.code is None and staff is not None:
        return checked, Colleague(staff.staff_id, staff.name, staff.role, staff.store_id)
    _record(work, "staff.refused", work.caller.subject_id, {"code": str(checked.code)}, {})
    return checked, None


def close_pin(work: Work, staff_id: str) -> datetime:
    """Close somebody's PIN for the time of a lock-out, as too many wrong ones would; until when."""
    rule = lockout.Rule(0, timedelta(minutes=work.settings.lockout_minutes))
    lockout.count_try(work.session, f"staff:{staff_id}", work.now)
    closed = lockout.settle_wrong(work.session, f"staff:{staff_id}", work.now, rule)
    return closed or work.now


def is_on_own_device(session: Session, session_id: str | None, staff_id: str) -> bool:
    """Whether a session runs on the device of the member of staff themself."""
    opened = session.get(StaffSessionRow, session_id) if session_id is not None else None
    return opened is not None and owner_of(session, opened.device_id) == staff_id


def _subject_of(work: Work, staff: StaffRow | None, staff_number: str) -> str:
    return f"staff:{staff.staff_id}" if staff else f"staff-number:{_digest(work, staff_number)}"


def check_own_pin(work: Work, pin: str) -> PinCheck:
    """Whether this is the caller's own PIN, asked for again. Wrong ones count as those of signing in do.

    A wrong one is a value, so that the transaction that counts it is kept.
    """
    staff = work.session.get_one(StaffRow, work.caller.subject_id)
    checked = _try_pin(work, f"staff:{staff.staff_id}", staff, pin)
    if checked.code is not None:
        _record(work, "staff.refused", staff.staff_id, {"code": checked.code}, {})
    return checked


def check_pin_at_kiosk(work: Work, staff_number: str, pin: str) -> StaffPinCheck:
    """Whether this is the PIN of a member of staff of the calling kiosk's store.

    Anybody can stand before a kiosk. Wrong tries there are therefore counted apart: they close the kiosk's
    own way for that number, and for every number after three times as many, and never a tablet's.
    """
    staff = _find_by_number(work, staff_number)
    place = f"staff-at-kiosk:{work.caller.subject_id}"
    closed = lockout.hold_place(work.session, place, work.now)
    if closed is not None:
        return StaffPinCheck(code="identity.locked", locked_until=closed)
    checked = _try_pin(work, _at_kiosks(staff.staff_id if staff else _digest(work, staff_number)), staff, pin)
    if checked.code is not None:
        rule = lockout.Rule(3 * work.settings.wrong_pins, timedelta(minutes=work.settings.lockout_minutes))
        lockout.count_at_place(work.session, place, work.now, rule)
        _record(work, "staff.refused", work.caller.subject_id, {"code": checked.code}, {})
    elif staff is not None:
        _record(work, "staff.checked", staff.staff_id, {}, {})
    return StaffPinCheck(code=checked.code, locked_until=checked.locked_until)


def _at_kiosks(subject: str) -> str:
    return f"staff-at-kiosk:{subject}"


def names_of(session: Session, staff_ids: Iterable[str]) -> dict[str, str]:
    """The names of members of staff, those who left included."""
    query = sa.select(StaffRow.staff_id, StaffRow.name).where(StaffRow.staff_id.in_(sorted(set(staff_ids))))
    return {row.staff_id: row.name for row in session.execute(query)}


def _try_pin(work: Work, subject: str, staff: StaffRow | None, pin: str) -> PinCheck:
    """Count the try, then look at it; nobody's PIN takes the same work and is wrong."""
    rule = lockout.Rule(work.settings.wrong_pins, timedelta(minutes=work.settings.lockout_minutes))
    closed = lockout.count_try(work.session, subject, work.now)
    if closed is not None:
        return PinCheck("identity.locked", closed)
    stored = PinHash(staff.pin_key_id, staff.pin_hash) if staff else None
    if pin_matches(work.settings.keys, stored, pin) and staff is not None:
        lockout.settle_right(work.session, subject)
        return PinCheck()
    closed = lockout.settle_wrong(work.session, subject, work.now, rule)
    return PinCheck("identity.wrong" if closed is None else "identity.locked", closed)


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
    lockout.unlock(work.session, _at_kiosks(staff.staff_id))
    _record(work, "staff.unlocked", staff.staff_id, {}, {})


def find_id(work: Work, staff_number: str) -> str:
    """The identifier of a member of staff. Raises NotFound."""
    chosen = sa.select(StaffRow.staff_id).where(StaffRow.staff_number == staff_number)
    found = work.session.scalar(chosen.where(StaffRow.left_at.is_(None)))
    if found is None:
        raise NotFound
    return found


def find_caller(session: Session, token_hash: str, now: datetime) -> Caller | None:
    """The member of staff of a session that is still open, on a device that is still enrolled."""
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
    store_id = work.caller.store_id
    query = sa.select(StaffRow).where(
        StaffRow.staff_number == staff_number,
        StaffRow.store_id.is_(None) if store_id is None else StaffRow.store_id == store_id,
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
        store=read_store(work.session, staff.store_id) if staff.store_id is not None else None,
        expires_at=row.expires_at,
    )


def _refuse(work: Work, checked: PinCheck) -> StaffSession:
    code = checked.code or "identity.wrong"
    _record(work, "staff.refused", work.caller.subject_id, {"code": code}, {})
    return StaffSession(
        code=code,
        token=None,
        staff_id=None,
        name=None,
        role=None,
        store=None,
        expires_at=None,
        locked_until=checked.locked_until,
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
