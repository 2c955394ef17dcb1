"""Devices: enrolled with a token that is shown once, revoked at the next request.

What it is for: kiosks, tablets, partner tills and desks as callers of the service.
What it must not know: visits, staff, HTTP.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.audit.service import record
from store_api.auth import Caller, hash_token, new_token
from store_api.devices.models import DeviceRow
from store_api.errors import NotFound
from store_api.stores.service import read_place
from store_api.work import Work

DeviceKind = Literal["kiosk", "tablet", "till", "desk"]
CALLER_KIND = "device"


def enrol_device(
    work: Work,
    kind: DeviceKind,
    store_id: str | None,
    station: str,
    *,
    token: str | None = None,
    owner_id: str | None = None,
) -> tuple[str, str]:
    """Add a device to a store, or a desk to none; its identifier and its token.

    The token is drawn here, unless the caller brings one of the same strength. `owner_id` is the member of
    staff whose own device it is. Raises NotFound for an
    unknown store, ValueError for a desk in a store and for any other device without one.
    """
    if (kind == "desk") is not (store_id is None):
        raise ValueError("a desk belongs to no store; every other device belongs to one")
    if store_id is not None:
        read_place(work.session, store_id)
    device_id = work.new_id("dev")
    token = token or new_token(CALLER_KIND, work.session.info["random_bytes"])
    work.session.add(
        DeviceRow(
            device_id=device_id,
            kind=kind,
            store_id=store_id,
            station=station,
            token_hash=hash_token(token),
            owner_id=owner_id,
            enrolled_at=work.now,
        )
    )
    work.session.flush()
    place = {"store_id": store_id} if store_id is not None else {}
    _record(work, "device.enrolled", device_id, {"kind": kind, **place, "station": station})
    return device_id, token


def revoke_device(work: Work, device_id: str) -> None:
    """End a device's token at once. Raises NotFound."""
    device = work.session.get(DeviceRow, device_id)
    if device is None:
        raise NotFound
    device.revoked_at = device.revoked_at or work.now
    _record(work, "device.revoked", device_id, {})


def find_caller(session: Session, token_hash: str, _now: datetime) -> Caller | None:
    """The device of a token, unless it was revoked."""
    query = sa.select(DeviceRow).where(DeviceRow.token_hash == token_hash, DeviceRow.revoked_at.is_(None))
    device = session.scalars(query).first()
    if device is None:
        return None
    kind = cast(DeviceKind, device.kind)
    return Caller(kind, device.device_id, store_id=device.store_id, station=device.station)


def is_enrolled(session: Session, device_id: str) -> bool:
    """Whether a device is there and was not revoked."""
    device = session.get(DeviceRow, device_id)
    return device is not None and device.revoked_at is None


def owner_of(session: Session, device_id: str) -> str | None:
    """The member of staff whose own device it is, or None for one that staff share."""
    device = session.get(DeviceRow, device_id)
    return None if device is None else device.owner_id


def _record(work: Work, action: str, device_id: str, details: dict[str, str]) -> None:
    record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=device_id,
        now=work.now,
        details=details,
    )
