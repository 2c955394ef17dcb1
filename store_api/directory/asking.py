"""Asking a directory outside of any transaction, a source at a time, each behind its circuit.

What it is for: everything that is to be known of a number, or of a person who is known already, with the
fault of each source that did not answer.
What it must not know: where answers are kept, Flask, the wall clock.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from store_api.db import Database
from store_api.directory import circuits
from store_api.directory.ports import (
    AccountTold,
    CustomerTold,
    Directory,
    DirectoryFailed,
    LineTold,
    PersonTold,
    Source,
)

Told = TypeVar("Told")
OPEN = "circuit_open"


@dataclass(frozen=True)
class Reference:
    """A person who is known already, by the directory's own identifiers."""

    account_id: str
    person_id: str
    line_id: str
    customer_id: str | None


@dataclass(frozen=True)
class Heard:
    """What a directory said. `number` is what was asked for, if it was a number; `nobody` that nobody has it.

    `faults` are the sources that were asked and did not answer.
    """

    number: str | None = None
    nobody: bool = False
    line: LineTold | None = None
    account: AccountTold | None = None
    person: PersonTold | None = None
    customer: CustomerTold | None = None
    reference: Reference | None = None
    faults: Mapping[Source, str] = field(default_factory=dict)

    @property
    def cannot_identify(self) -> bool:
        """Whether a source failed without which nobody new can be known."""
        return any(source in self.faults for source in ("lines", "accounts", "people"))


class Asker:
    """Asks a directory within `seconds` for everything; `database` keeps the circuits."""

    def __init__(self, directory: Directory, database: Database, seconds: float) -> None:
        self._directory = directory
        self._database = database
        self._seconds = seconds

    def ask_number(self, number: str, now: dt.datetime) -> Heard:
        """Everything of the line of a telephone number in E.164."""
        asked = _Round(self._database, now, time.monotonic() + self._seconds)
        line = asked.ask("lines", lambda deadline: self._directory.find_line(number, deadline))
        if line is None:
            return Heard(number=number, nobody=not asked.faults, faults=asked.faults)
        known = Reference(line.account_id, line.person_id, line.line_id, None)
        return self._around(asked, known, line, number)

    def ask_person(self, known: Reference, stale: Collection[Source], now: dt.datetime) -> Heard:
        """What is stale of a person who is known."""
        asked = _Round(self._database, now, time.monotonic() + self._seconds)
        line = None
        if "lines" in stale:
            line = asked.ask("lines", lambda deadline: self._directory.read_line(known.line_id, deadline))
        return self._around(asked, known, line, None, stale)

    def _around(
        self,
        asked: _Round,
        known: Reference,
        line: LineTold | None,
        number: str | None,
        stale: Collection[Source] = ("accounts", "people", "customers"),
    ) -> Heard:
        """The account, person and customer around a line."""
        account, person, customer = None, None, None
        if "accounts" in stale:
            account = asked.ask("accounts", lambda end: self._directory.read_account(known.account_id, end))
        if "people" in stale:
            person = asked.ask("people", lambda end: self._directory.read_person(known.person_id, end))
        customer_id = account.customer_id if account is not None else known.customer_id
        if "customers" in stale and customer_id is not None:
            customer = asked.ask("customers", lambda end: self._directory.read_customer(customer_id, end))
        return Heard(number, False, line, account, person, customer, known, asked.faults)


class _Round:
    """One round of asking, with one deadline, and the faults that it met."""

    def __init__(self, database: Database, now: dt.datetime, deadline: float) -> None:
        self._database = database
        self._now = now
        self._deadline = deadline
        self.faults: dict[Source, str] = {}

    def ask(self, source: Source, question: Callable[[float], Told]) -> Told | None:
        """The answer of one source, or None with its fault written down."""
        if not circuits.may_ask(self._database, source, self._now):
            self.faults[source] = OPEN
            return None
        try:
            told = question(self._deadline)
        except DirectoryFailed as failed:
            self.faults[source] = failed.fault
            circuits.note_fault(self._database, source, failed.fault, self._now)
            return None
        circuits.note_answer(self._database, source)
        return told
