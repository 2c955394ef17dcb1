"""The port to a directory of accounts, lines and persons, and what goes through it.

What it is for: whatever a carrier keeps its customers in is a class with these methods. The embedded tables
need none of them: they are the directory where no other is set. A source is asked by itself, so that one
that is down takes nothing with it but its own facts.
What it must not know: any directory, the database, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from store_api.contract import FactValue

Source = Literal["lines", "accounts", "people", "customers"]
SOURCES: tuple[Source, ...] = ("lines", "accounts", "people", "customers")


class DirectoryFailed(Exception):
    """A source gave no answer that can be used; `fault` is a stable code without personal data."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class LineTold:
    """A line: whose it is, and what is known of it. `account_lines` is how many its account has."""

    line_id: str
    account_id: str
    person_id: str
    label: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    account_lines: int | None = None


@dataclass(frozen=True)
class AccountTold:
    """An account: the roles of its persons by their identifiers, and the customer that it belongs to."""

    is_locked: bool
    roles: Mapping[str, str]
    customer_id: str | None
    facts: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonTold:
    """A person."""

    first_name: str
    born_on: dt.date | None


@dataclass(frozen=True)
class CustomerTold:
    """What the customer records tell of an account."""

    facts: Mapping[str, FactValue] = field(default_factory=dict)


class Directory(Protocol):
    """A directory. Each method raises DirectoryFailed; `deadline` is a moment of the monotonic clock."""

    def find_line(self, number: str, deadline: float) -> LineTold | None:
        """The line of a telephone number in E.164, or None where nobody has it."""
        ...

    def read_line(self, line_id: str, deadline: float) -> LineTold | None:
        """A line by its identifier."""
        ...

    def read_account(self, account_id: str, deadline: float) -> AccountTold:
        """An account."""
        ...

    def read_person(self, person_id: str, deadline: float) -> PersonTold:
        """A person."""
        ...

    def read_customer(self, customer_id: str, deadline: float) -> CustomerTold:
        """The customer of an account."""
        ...
