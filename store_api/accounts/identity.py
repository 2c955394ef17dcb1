"""The identity check: a telephone number and the person's own PIN, or a photo ID seen by a rep.

What it is for: nothing of an account is shown before one of these (47 CFR 64.2010). A number that nobody
has answers as a wrong PIN does, in words, in counting and in work done.
What it must not know: visits, vouchers, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from store_api import lockout
from store_api.accounts import store, telephones
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
    """The outcome: a person, or `code` identity.wrong or identity.locked (closed until then)."""

    person: KnownPerson | None
    code: str | None
    locked_until: datetime | None


def check_pin(work: Work, visit_id: str, telephone: str, pin: str) -> IdentityCheck:
    """Check a number and the person's own PIN. Counts the try; a closed method looks at no PIN."""
    line, person, subject = _find(work, telephone)
    rule = lockout_rule(work)
    closed = lockout.count_try(work.session, subject, work.now)
    if closed is not None:
        return _refuse(work, visit_id, "identity.locked", closed)
    if pin_matches(work.settings.keys, _stored_pin(person), pin) and line is not None and person is not None:
        lockout.settle_right(work.session, subject)
        return _accept(work, visit_id, "person_pin", line, person)
    closed = lockout.settle_wrong(work.session, subject, work.now, rule)
    return _refuse(work, visit_id, "identity.wrong" if closed is None else "identity.locked", closed)


def see_photo_id(work: Work, visit_id: str, telephone: str) -> IdentityCheck:
    """Note that the calling member of staff saw the photo ID of the person of a number.

    Neither the document's number nor a picture is kept. It works while the PIN is locked.
    """
    line, person, _subject = _find(work, telephone)
    if line is None or person is None:
        return _refuse(work, visit_id, "identity.wrong", None)
    return _accept(work, visit_id, "photo_id_seen", line, person)


def lockout_rule(work: Work) -> lockout.Rule:
    """When PINs close, from the settings."""
    return lockout.Rule(work.settings.wrong_pins, timedelta(minutes=work.settings.lockout_minutes))


def pin_subject(person_id: str) -> str:
    """Under which name a person's wrong PINs are counted, whatever number was typed."""
    return f"pin:{person_id}"


def _find(work: Work, telephone: str) -> tuple[LineRow | None, PersonRow | None, str]:
    number = telephones.normal_form(telephone, work.settings.telephone_region)
    hashes = telephones.hashes_of(work.settings.keys, number)
    line = store.find_line_by_hash(work.session, hashes)
    person = store.find_person(work.session, line.account_id, line.person_id) if line else None
    subject = pin_subject(person.person_id) if person else f"number:{hashes[0]}"
    return line, person, subject


def _stored_pin(person: PersonRow | None) -> PinHash | None:
    if person is None or person.pin_key_id is None or person.pin_hash is None:
        return None
    return PinHash(person.pin_key_id, person.pin_hash)


def _accept(work: Work, visit_id: str, method: str, line: LineRow, person: PersonRow) -> IdentityCheck:
    _record(work, "identity.checked", visit_id, {"method": method}, {"person_id": person.person_id})
    known = KnownPerson(line.account_id, person.person_id, line.line_id, person.first_name, person.role)
    return IdentityCheck(known, None, None)


def _refuse(work: Work, visit_id: str, code: str, closed: datetime | None) -> IdentityCheck:
    # The entry is the same for a number that nobody has, so that the log does not tell either.
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
