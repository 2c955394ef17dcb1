"""Accounts, lines and persons: who somebody is, what is known of them, what they may use.

What it is for: the door through which every other feature reaches the accounts.
What it must not know: policies, vouchers (beyond their identifiers), visits, HTTP.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from store_api.accounts import store, telephones, tries
from store_api.accounts.consents import (
    FREE_ROLES,
    Buying,
    Leave,
    LineLeaves,
    OrderLimit,
    allow_line,
    give_consent,
    is_owner,
    leaves_of,
    lines_needing_leave,
    may_use_account_voucher,
    stop_line,
    withdraw_consent,
)
from store_api.accounts.identity import IdentityCheck, KnownPerson, check_pin, see_photo_id, unlock
from store_api.accounts.models import AccountRow, FactRow, LineRow, PersonRow
from store_api.accounts.one_time_codes import Sent
from store_api.accounts.one_time_codes import check as check_one_time_code
from store_api.accounts.one_time_codes import send as send_one_time_code
from store_api.accounts.told import forget_number, keep_account, keep_line, keep_person, replace_facts
from store_api.audit.service import record
from store_api.contract import FactValue, LineChoice
from store_api.errors import NotFound
from store_api.pins import hash_pin
from store_api.settings import Settings
from store_api.work import Work

__all__ = [
    "FREE_ROLES",
    "Buying",
    "HeldFact",
    "IdentityCheck",
    "KnownPerson",
    "Leave",
    "LineLeaves",
    "OrderLimit",
    "Sent",
    "add_account",
    "add_line",
    "add_person",
    "allow_line",
    "check_one_time_code",
    "check_pin",
    "confirm_facts",
    "facts_of",
    "find_lines",
    "forget_number",
    "forget_old_codes",
    "give_consent",
    "is_locked",
    "is_owner",
    "keep_account",
    "keep_fact",
    "keep_line",
    "keep_person",
    "known_accounts",
    "leaves_of",
    "line_choice",
    "lines_needing_leave",
    "lock_account",
    "may_use_account_voucher",
    "normal_number",
    "open_device",
    "open_fleet",
    "person_name",
    "replace_facts",
    "role_of",
    "see_photo_id",
    "send_one_time_code",
    "stop_line",
    "unlock",
    "withdraw_consent",
    "zone_of",
]  # fmt: skip


def normal_number(settings: Settings, telephone: str) -> str:
    """A telephone number as it was typed, in E.164."""
    return telephones.normal_form(telephone, settings.telephone_region)


@dataclass(frozen=True)
class HeldFact:
    """A fact's value in its wire form ("50.00 USD", "2026-03-04") and when it was true (UTC)."""

    value: FactValue
    as_of: datetime


def facts_of(
    session: Session, account_id: str, person_id: str | None, line_id: str | None, today: date, now: datetime
) -> dict[str, HeldFact]:
    """Every fact that is known of an account, a person and a line, by its key in the catalogue.

    `today` is the day of the decision in its own zone; ages are counted to it. What is not known is absent.
    """
    subjects = [subject for subject in (account_id, person_id, line_id) if subject]
    rows = store.read_fact_rows(session, account_id, subjects)
    facts = {row.fact: HeldFact(row.value["value"], row.as_of) for row in rows}
    own = _own_facts(session, account_id, person_id, today, now)
    if "account.lines" in facts:  # a directory told how many there are; the table holds those who were here
        del own["account.lines"]
    return {**facts, **own}


def find_lines(session: Session, settings: Settings, numbers: Collection[str]) -> dict[str, tuple[str, str]]:
    """Account and line of each telephone number, as typed, that is known."""
    hashed = {
        digest: number
        for number in numbers
        for digest in telephones.hashes_of(
            settings.keys, telephones.normal_form(number, settings.telephone_region)
        )
    }
    rows = store.find_lines_by_hash(session, list(hashed))
    return {hashed[row.telephone_hash]: (row.account_id, row.line_id) for row in rows}


def known_accounts(session: Session, named: Collection[str]) -> set[str]:
    """Which of these accounts there are."""
    return store.known_accounts(session, named)


def is_locked(session: Session, account_id: str) -> bool:
    """Whether the account is locked: upgrades are blocked, and the answer says so."""
    account = store.find_account(session, account_id)
    return account is not None and account.locked


def zone_of(session: Session, account_id: str) -> str:
    """The account's own time zone. Raises NotFound."""
    account = store.find_account(session, account_id)
    if account is None:
        raise NotFound
    return account.zone


def line_choice(session: Session, account_id: str, line_id: str) -> LineChoice:
    """A line as a face shows it. Raises NotFound."""
    line = store.find_line(session, account_id, line_id)
    if line is None:
        raise NotFound
    return LineChoice(line_id=line.line_id, label=line.label, last_four=line.last_four)


def person_name(session: Session, account_id: str, person_id: str) -> str:
    """A person's first name. Raises NotFound."""
    person = store.find_person(session, account_id, person_id)
    if person is None:
        raise NotFound
    return person.first_name


def role_of(session: Session, account_id: str, person_id: str) -> str:
    """A person's role on the account: owner, manager or member. Raises NotFound."""
    person = store.find_person(session, account_id, person_id)
    if person is None:
        raise NotFound
    return person.role


def add_account(work: Work, zone: str, account_id: str | None = None) -> str:
    """Add an account; its identifier."""
    account_id = account_id or work.new_id("acc")
    work.session.add(AccountRow(account_id=account_id, zone=zone, locked=False))
    work.session.flush()
    _record(work, "account.added", account_id)
    return account_id


def add_person(
    work: Work, account_id: str, role: str, first_name: str, *, born_on: date | None = None, pin: str | None
) -> str:
    """Add a person with a role ("owner", "manager", "member") and their own PIN; the identifier."""
    person_id = work.new_id("per")
    hashed = hash_pin(work.settings.keys, pin) if pin is not None else None
    work.session.add(
        PersonRow(
            account_id=account_id,
            person_id=person_id,
            role=role,
            first_name=first_name,
            born_on=born_on,
            pin_key_id=hashed.key_id if hashed else None,
            pin_hash=hashed.encoded if hashed else None,
        )
    )
    work.session.flush()
    _record(work, "person.added", person_id)
    return person_id


def add_line(work: Work, account_id: str, telephone: str, label: str, person_id: str | None) -> str:
    """Add a line used by a person; the identifier. The number is kept as a keyed hash and last four."""
    line_id = work.new_id("lin")
    number = telephones.normal_form(telephone, work.settings.telephone_region)
    keyed = telephones.hash_number(work.settings.keys, number)
    work.session.add(
        LineRow(
            account_id=account_id,
            line_id=line_id,
            person_id=person_id,
            label=label,
            last_four=number[-4:],
            telephone_key_id=keyed.key_id,
            telephone_hash=keyed.digest,
        )
    )
    work.session.flush()
    _record(work, "line.added", line_id)
    return line_id


def keep_fact(work: Work, account_id: str, subject_id: str, fact: str, value: FactValue) -> None:
    """Keep a fact of an account, person or line as of now, in place of what was known before."""
    work.session.merge(
        FactRow(
            account_id=account_id,
            subject_id=subject_id,
            fact=fact,
            value={"value": value},
            as_of=work.now,
            node_id=work.session.info["node_id"],
        )
    )
    work.session.flush()


def confirm_facts(work: Work, account_id: str) -> None:
    """Note that every kept fact of an account is still true now."""
    store.confirm_fact_rows(work.session, account_id, work.now)


def open_device(work: Work, device_id: str) -> None:
    """Open every identity method at a device that too many wrong tries closed."""
    tries.open_device(work, device_id)
    _record(work, "device.unlocked", device_id)


def open_fleet(work: Work) -> None:
    """Open every identity method that too many wrong tries closed everywhere."""
    tries.open_fleet(work)
    _record(work, "device.unlocked", "fleet")


def forget_old_codes(session: Session, now: datetime) -> None:
    """Delete one-time codes that ended a day ago."""
    store.forget_old_codes(session, now - timedelta(days=1))


def lock_account(work: Work, account_id: str, locked: bool) -> None:
    """Lock or unlock an account. Raises NotFound."""
    account = store.find_account(work.session, account_id)
    if account is None:
        raise NotFound
    account.locked = locked
    _record(work, "account.locked" if locked else "account.unlocked", account_id)


def _own_facts(
    session: Session, account_id: str, person_id: str | None, today: date, now: datetime
) -> dict[str, HeldFact]:
    """The facts that the tables themselves state."""
    standing = store.find_standing(session, account_id, person_id)
    if standing is None:
        return {"account.locked": HeldFact(False, now), "account.lines": HeldFact(0, now)}
    facts = {
        "account.locked": HeldFact(standing.locked, now),
        "account.lines": HeldFact(standing.lines, now),
    }
    if standing.role is not None:
        facts["person.role"] = HeldFact(standing.role, now)
    if standing.born_on is not None:
        facts["person.age"] = HeldFact(_years_between(standing.born_on, today), now)
    return facts


def _years_between(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _record(work: Work, action: str, subject: str) -> None:
    record(work.session, action=action, actor=work.caller.subject_id, subject=subject, now=work.now)
