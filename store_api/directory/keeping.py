"""Keeping what a directory said in the tables of the accounts, from which everything decides.

What it is for: one transaction takes up an answer; a source that failed changes nothing but the note that
it did.
What it must not know: how a directory is asked, Flask, the clock.
"""

from __future__ import annotations

from store_api.accounts import service as accounts
from store_api.directory import store, tmf
from store_api.directory.asking import Heard, Reference
from store_api.directory.ports import SOURCES, LineTold, Source
from store_api.work import Work

MEMBER = "member"


def keep(work: Work, heard: Heard, zone: str) -> None:
    """Take up an answer; `zone` is that of the store, for an account that is new here."""
    if heard.nobody and heard.number is not None:
        accounts.forget_number(work, heard.number)
        return
    if heard.reference is None:
        return
    known = heard.reference
    is_new = not accounts.known_accounts(work.session, (known.account_id,))
    if is_new and heard.cannot_identify:
        return
    _keep_account(work, heard, known, zone)
    _keep_person(work, heard, known)
    if heard.line is not None:
        _keep_line(work, heard.line, heard.number)
    _keep_facts(work, heard, known)
    _note(work, heard, known)


def _keep_account(work: Work, heard: Heard, known: Reference, zone: str) -> None:
    if heard.account is not None:
        accounts.keep_account(work, known.account_id, zone, heard.account.is_locked)


def _keep_person(work: Work, heard: Heard, known: Reference) -> None:
    """A person's name and birthday, and the role that the account gives them."""
    role = heard.account.roles.get(known.person_id, MEMBER) if heard.account is not None else None
    accounts.keep_person(
        work,
        known.account_id,
        known.person_id,
        role=role,
        first_name=heard.person.first_name if heard.person is not None else None,
        born_on=heard.person.born_on if heard.person is not None else None,
    )


def _keep_line(work: Work, line: LineTold, number: str | None) -> None:
    accounts.keep_line(work, line.account_id, line.line_id, line.person_id, line.label, number)


def _keep_facts(work: Work, heard: Heard, known: Reference) -> None:
    """The facts of each source that answered, in place of all that it had told before."""
    told = (
        (known.line_id, "lines", heard.line),
        (known.account_id, "accounts", heard.account),
        (known.account_id, "customers", heard.customer),
    )
    for subject_id, source, answer in told:
        if answer is not None:
            names = tmf.FACTS[source]  # type: ignore[index]  # one of the sources
            accounts.replace_facts(work, known.account_id, subject_id, names, answer.facts)
    if heard.line is not None and heard.line.account_lines is not None:
        counted = {tmf.COUNT_OF_LINES: heard.line.account_lines}
        accounts.replace_facts(work, known.account_id, known.account_id, (), counted)


def _note(work: Work, heard: Heard, known: Reference) -> None:
    answers = {
        "lines": heard.line, "accounts": heard.account, "people": heard.person, "customers": heard.customer,
    }  # fmt: skip
    for source in SOURCES:
        fault = heard.faults.get(source)
        if fault is None and answers[source] is None:
            continue
        customer = heard.account.customer_id if source == "accounts" and heard.account is not None else None
        key = (known.account_id, subject_of(source, known), source)
        store.note(work.session, key, work.now, fault, customer)


def subject_of(source: Source, known: Reference) -> str:
    """About which subject of a person's a source is asked."""
    if source == "lines":
        return known.line_id
    return known.person_id if source == "people" else known.account_id
