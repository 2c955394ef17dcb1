"""Keeping what a directory tells: accounts, persons, lines and facts as they are there now.

What it is for: the same tables whether they are the directory or keep another's answers. A PIN is this
system's own and stays as it is.
What it must not know: which directory it is, visits, HTTP.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import sqlalchemy as sa

from store_api.accounts import store, telephones
from store_api.accounts.models import AccountRow, FactRow, LineRow, PersonRow
from store_api.audit.service import record
from store_api.contract import FactValue
from store_api.work import Work

GONE = "gone:"
"""How the hash of a number begins that its line has no more; no number hashes to it."""
UNKNOWN_ZONE = "UTC"


def keep_account(work: Work, account_id: str, zone: str, is_locked: bool) -> None:
    """An account as it stands; `zone` counts where it is new here."""
    row = store.find_account(work.session, account_id)
    if row is None:
        work.session.add(AccountRow(account_id=account_id, zone=zone, locked=is_locked))
        work.session.flush()
        _record(work, "account.added", account_id)
    elif row.locked is not is_locked:
        row.locked = is_locked
        work.session.flush()
        _record(work, "account.locked" if is_locked else "account.unlocked", account_id)


def keep_person(
    work: Work, account_id: str, person_id: str, *, role: str | None, first_name: str | None,
    born_on: date | None,
) -> None:  # fmt: skip
    """A person as they stand; what is null stays as it was. Nothing where one is new and has no name."""
    row = store.find_person(work.session, account_id, person_id)
    if row is None:
        if role is None or first_name is None:
            return
        made = PersonRow(account_id=account_id, person_id=person_id, role=role, first_name=first_name,
                         born_on=born_on)  # fmt: skip
        work.session.add(made)
        work.session.flush()
        _record(work, "person.added", person_id)
        return
    row.role = role or row.role
    if first_name is not None:
        row.first_name, row.born_on = first_name, born_on
    work.session.flush()


def keep_line(
    work: Work, account_id: str, line_id: str, person_id: str, label: str, number: str | None
) -> None:
    """A line as it stands, with its number where that was asked for (E.164); another line loses it."""
    if store.find_person(work.session, account_id, person_id) is None:
        return
    row = store.find_line(work.session, account_id, line_id)
    if number is not None:
        _take_number_from_others(work, number, line_id)
    if row is None and number is not None:
        keyed = telephones.hash_number(work.settings.keys, number)
        made = LineRow(
            account_id=account_id, line_id=line_id, person_id=person_id, label=label, last_four=number[-4:],
            telephone_key_id=keyed.key_id, telephone_hash=keyed.digest,
        )  # fmt: skip
        work.session.add(made)
        work.session.flush()
        _record(work, "line.added", line_id)
    elif row is not None:
        row.person_id, row.label = person_id, label
        if number is not None:
            keyed = telephones.hash_number(work.settings.keys, number)
            row.telephone_key_id, row.telephone_hash = keyed.key_id, keyed.digest
            row.last_four = number[-4:]
        work.session.flush()


def forget_number(work: Work, number: str) -> None:
    """Nobody has a number (E.164) any more: the line that had it is found by it no longer."""
    _take_number_from_others(work, number, None)


def replace_facts(
    work: Work, account_id: str, subject_id: str, names: Collection[str], facts: Mapping[str, FactValue]
) -> None:
    """Keep a source's facts of a subject as of now, and drop those that it tells no more."""
    gone = set(names) - set(facts)
    work.session.execute(
        sa.delete(FactRow).where(
            FactRow.account_id == account_id, FactRow.subject_id == subject_id, FactRow.fact.in_(gone)
        )
    )
    for fact, value in facts.items():
        row = FactRow(account_id=account_id, subject_id=subject_id, fact=fact, value={"value": value},
                      as_of=work.now, node_id=work.session.info["node_id"])  # fmt: skip
        work.session.merge(row)
    work.session.flush()


def _take_number_from_others(work: Work, number: str, line_id: str | None) -> None:
    hashes = telephones.hashes_of(work.settings.keys, number)
    for row in store.find_lines_by_hash(work.session, hashes):
        if row.line_id != line_id:
            row.telephone_hash = f"{GONE}{row.line_id}"[:64]
    work.session.flush()


def _record(work: Work, action: str, subject: str) -> None:
    record(work.session, action=action, actor=work.caller.subject_id, subject=subject, now=work.now)
