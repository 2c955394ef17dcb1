"""Codes by which another face joins a visit: drawn, told once, used once, wrong ones counted.

What it is for: an owner at home joins by a link or by typing eight characters; a kiosk takes over a visit
that was opened at the tablet. A code is 40 random bits and lives ten minutes; wrong ones are counted by
device, and for all phones together, hour by hour, in the database.
What it must not know: what a visit shows, Flask.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from store_api.audit.service import record
from store_api.errors import NotAllowed, TooMany
from store_api.ids import base32
from store_api.phones import service as phones
from store_api.sharing import store
from store_api.sharing.models import JoinCodeRow
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work

PURPOSE = "join-code"
CODE_BITS = 40
LIVES = dt.timedelta(minutes=10)
DEVICE_LIMIT = 20
"""Wrong codes of one device or member of staff in an hour, after which it waits for the next."""
PHONES_LIMIT = 5_000
"""The same of all phones together. With a thousand live codes among 2^40 that is a chance of 5e-6 an hour
to open a door behind which there is nothing before an identity check."""
PHONES = "phones"


@dataclass(frozen=True)
class Joined:
    """The visit that a code led to, with the phone's token; or none."""

    visit: VisitRow | None
    token: str | None = None


def draw(work: Work, visit: VisitRow, face: str) -> tuple[str, dt.datetime]:
    """A new code for a face, as it is read aloud ("7K3M-9QXT"), and until when it works.

    Raises NotAllowed for a kiosk that asks for another kiosk's: what is on it is seen by passers-by.
    """
    if face == "kiosk" and work.caller.role == "kiosk":
        raise NotAllowed
    code = base32(int.from_bytes(work.session.info["random_bytes"](CODE_BITS // 8), "big"), CODE_BITS // 5)
    until = work.now + LIVES
    row = JoinCodeRow(
        code_hash=work.settings.keys.hash(PURPOSE, code).digest,
        visit_id=visit.visit_id,
        face=face,
        made_by=work.caller.subject_id,
        made_at=work.now,
        expires_at=until,
    )
    store.add_code(work.session, row)
    _record(work, "visit.shared", visit, {"face": face})
    return f"{code[:4]}-{code[4:]}", until


def join(work: Work, typed: str) -> Joined:
    """Use a code. One that is wrong, used or old is counted, and they all answer alike. Raises TooMany."""
    _refuse_if_closed(work)
    face = "phone" if work.caller.role == "public" else "kiosk"
    visit = _use(work, typed, face)
    if visit is None:
        store.add_try(work.session, _subject(work), _hour(work.now))
        return Joined(None)
    if face == "phone":
        _, token = phones.begin(work, visit.visit_id, visit.store_id)
        visits.tell(work, visit, "participant.joined")
        return Joined(visit, token)
    visits.change(work, visit, "visit.joined", station=work.caller.station)
    _record(work, "visit.joined", visit, {"station": work.caller.station})
    return Joined(visit)


def _use(work: Work, typed: str, face: str) -> VisitRow | None:
    code = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(str.maketrans("OIL", "011"))
    hashes = [keyed.digest for keyed in work.settings.keys.hashes(PURPOSE, code)]
    row = store.find_code(work.session, hashes, face, work.now)
    if row is None:
        return None
    visit = visits.find_joinable(work, row.visit_id)
    if visit is None or (face == "kiosk" and visit.store_id != work.caller.store_id):
        return None
    return visit if store.use_code(work.session, row.code_hash, work.now) else None


def _refuse_if_closed(work: Work) -> None:
    hour = _hour(work.now)
    limit = PHONES_LIMIT if work.caller.role == "public" else DEVICE_LIMIT
    if store.count_tries(work.session, _subject(work), hour) >= limit:
        left = hour + dt.timedelta(hours=1) - work.now
        raise TooMany("join.too_many_tries", retry_after=int(left.total_seconds()) + 1)


def _subject(work: Work) -> str:
    return PHONES if work.caller.role == "public" else work.caller.subject_id


def _hour(now: dt.datetime) -> dt.datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _record(work: Work, action: str, visit: VisitRow, details: dict[str, str | None]) -> None:
    record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=visit.visit_id,
        now=work.now,
        details=details,
    )
