"""The identity check: a telephone number and the person's own PIN, or a photo ID seen by a rep.

The one-time code to the line is in one_time_codes.py, the counting of tries in tries.py.

What it is for: nothing of an account is shown before one of these (47 CFR 64.2010). A number that nobody
has answers as a wrong PIN does, in words, in counting and in work done.
What it must not know: visits, vouchers, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from store_api import lockout
from store_api.accounts import store, telephones, tries
from store_api.accounts.models import LineRow, PersonRow
from store_api.audit.service import record
from store_api.pins import PinHash, pin_matches
from store_api.work import Work


@dataclass(frozen=True)
class KnownPerson:
    """A person who passed the check, and the line by which they were found."""

    account_id: str
    person_id: str
    line_id: str
    first_name: str
    role: str


@dataclass(frozen=True)
class IdentityCheck:
    """The outcome: a person, or `code`: identity.wrong, or one of those of a closed method (until then)."""

    person: KnownPerson | None
    code: str | None
    locked_until: datetime | None


@dataclass(frozen=True)
class Found:
    """Whose number was typed: nobody's where `line` is null. `number_hash` is the number's newest hash."""

    line: LineRow | None
    person: PersonRow | None
    number_hash: str


def check_pin(work: Work, visit_id: str, telephone: str, pin: str) -> IdentityCheck:
    """Check a number and the person's own PIN. Counts the try; a closed method looks at no PIN."""
    found = find(work, telephone)
    line, person = found.line, found.person
    subject = pin_subject(person.person_id) if person else f"number:{found.number_hash}"
    closed = tries.begin(work, "person_pin", subject)
    if closed is not None:
        return refuse(work, visit_id, closed.code, closed.until)
    if pin_matches(work.settings.keys, _stored_pin(person), pin) and line is not None and person is not None:
        tries.settle_right(work, subject)
        return accept(work, visit_id, "person_pin", line, person)
    closed = tries.settle_wrong(work, "person_pin", subject)
    if closed is None:
        return refuse(work, visit_id, "identity.wrong", None)
    return refuse(work, visit_id, closed.code, closed.until)


def see_photo_id(work: Work, visit_id: str, telephone: str) -> IdentityCheck:
    """Note that the calling member of staff saw the photo ID of the person of a number.

    Neither the document's number nor a picture is kept. It works while every other method is closed.
    """
    found = find(work, telephone)
    if found.line is None or found.person is None:
        return refuse(work, visit_id, "identity.wrong", None)
    return accept(work, visit_id, "photo_id_seen", found.line, found.person)


def unlock(work: Work, visit_id: str, person_id: str, line_id: str) -> None:
    """Open a person's PIN and the codes of their line again: the caller has seen their photo ID."""
    lockout.unlock(work.session, pin_subject(person_id))
    lockout.unlock(work.session, f"code:{line_id}")
    lockout.open_place(work.session, f"sent-code:{line_id}")
    _record(work, "identity.unlocked", visit_id, {}, {"person_id": person_id})


def pin_subject(person_id: str) -> str:
    """Under which name a person's wrong PINs are counted, whatever number was typed."""
    return f"pin:{person_id}"


def find(work: Work, telephone: str) -> Found:
    """The line and person of a telephone number, as typed."""
    number = telephones.normal_form(telephone, work.settings.telephone_region)
    hashes = telephones.hashes_of(work.settings.keys, number)
    line = store.find_line_by_hash(work.session, hashes)
    person = store.find_person(work.session, line.account_id, line.person_id) if line else None
    return Found(line, person, hashes[0])


def _stored_pin(person: PersonRow | None) -> PinHash | None:
    if person is None or person.pin_key_id is None or person.pin_hash is None:
        return None
    return PinHash(person.pin_key_id, person.pin_hash)


def accept(work: Work, visit_id: str, method: str, line: LineRow, person: PersonRow) -> IdentityCheck:
    """The person is who they say; the log tells by which method."""
    _record(work, "identity.checked", visit_id, {"method": method}, {"person_id": person.person_id})
    known = KnownPerson(line.account_id, person.person_id, line.line_id, person.first_name, person.role)
    return IdentityCheck(known, None, None)


def refuse(work: Work, visit_id: str, code: str, closed: datetime | None) -> IdentityCheck:
    """The check failed. The entry is the same for a number that nobody has, so that the log does not tell."""
    _record(work, "identity.refused", visit_id, {"code": code}, {})
    return IdentityCheck(None, code, closed)


def _record(
    work: Work, action: str, visit_id: str, details: dict[str, str], personal: dict[str, str]
) -> None:
    record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=visit_id,
        now=work.now,
        details=details,
        personal=personal,
    )
