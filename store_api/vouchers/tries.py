"""Counting codes that nobody issued, per device and for the whole fleet, hour by hour.

What it is for: guessing a code is hopeless by its length, and slow by this count. The count stands in
the database, so that neither a restart nor a second worker sets it back, and no right code does.
What it must not know: the codes that were tried.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store_api.errors import TooMany
from store_api.vouchers.models import CodeTry

FLEET_LIMIT = 25_000
"""Unknown codes in an hour over all devices. With a million live codes among 2^60, 600,000 tries a day
give a chance of about 5.5e-7 a day that one of them hits."""


def refuse_if_closed(session: Session, device: str, now: dt.datetime, limit: int) -> None:
    """Raise TooMany until the hour is over, where the device or the fleet tried too many codes."""
    hour = _hour(now)
    own = session.get(CodeTry, (device, hour), populate_existing=True)
    fleet = session.scalar(sa.select(sa.func.sum(CodeTry.wrong)).where(CodeTry.hour == hour)) or 0
    if (own is not None and own.wrong >= limit) or fleet >= FLEET_LIMIT:
        left = hour + dt.timedelta(hours=1) - now
        raise TooMany("code.too_many_tries", retry_after=int(left.total_seconds()) + 1)


def count_wrong(session: Session, device: str, now: dt.datetime) -> None:
    """Count one code that does not exist."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    counted = insert(CodeTry).values(device=device, hour=_hour(now), wrong=1, node_id=session.info["node_id"])
    session.execute(
        counted.on_conflict_do_update(
            index_elements=[CodeTry.device, CodeTry.hour], set_={"wrong": CodeTry.wrong + 1}
        )
    )


def _hour(now: dt.datetime) -> dt.datetime:
    return now.replace(minute=0, second=0, microsecond=0)
