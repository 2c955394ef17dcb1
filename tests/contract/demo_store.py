"""The real service with the demo's data: made once, copied for each test.

What it is for: tests of the client and of the faces against the service itself, on SQLite.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from store_api import pins
from store_api.app import close_app, open_app, prepare_demo


@dataclass(frozen=True)
class DemoTemplate:
    """A database file with the loaded demo, the variables that go with it, and everybody in it."""

    database: Path
    variables: dict[str, str]
    people: dict[str, Any]


@dataclass(frozen=True)
class DemoStore:
    """The service, its variables and everybody in it."""

    app: Flask
    variables: dict[str, str]
    people: dict[str, Any]

    def token(self, station: str) -> str:
        """The token of a station's device."""
        return str(next(each["token"] for each in self.people["devices"] if each["station"] == station))

    def person(self, name: str) -> dict[str, str]:
        """A person of the demo: name, role, telephone, pin."""
        people = (person for account in self.people["accounts"] for person in account["people"])
        return next(person for person in people if person["name"] == name)

    def staff(self, name: str) -> dict[str, str]:
        """A member of staff: staff_number, pin, name, role."""
        return next(each for each in self.people["staff"] if each["name"] == name)

    def code(self, name: str) -> str:
        """The code of a voucher."""
        vouchers = [each for account in self.people["accounts"] for each in account["vouchers"]]
        return next(
            each["code"] for each in [*vouchers, *self.people["bearer_vouchers"]] if each["name"] == name
        )


@pytest.fixture(scope="session")
def cheap_pins() -> Iterator[None]:
    """PINs hash at argon2's least cost."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(pins, "_HASHER", cheap)
        patch.setattr(pins, "_NOBODY", cheap.hash("nobody"))
        yield


@pytest.fixture(scope="session")
def demo_template(cheap_pins: None, tmp_path_factory: pytest.TempPathFactory) -> DemoTemplate:
    """A loaded demo to make copies of."""
    folder = tmp_path_factory.mktemp("demo")
    variables, people = prepare_demo(folder, "http://terms.example", {"SAMETERMS_LOG_LEVEL": "error"})
    with closing(sqlite3.connect(folder / "sameterms.db")) as connection:
        # The copy is of one file: what still stands in the write-ahead log goes into it first.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return DemoTemplate(folder / "sameterms.db", variables, people)


@contextmanager
def opened_copy(template: DemoTemplate, folder: Path) -> Iterator[DemoStore]:
    """The service on a fresh copy of the demo."""
    copy = folder / "store.db"
    shutil.copyfile(template.database, copy)
    variables = {**template.variables, "SAMETERMS_DATABASE_URL": f"sqlite:///{copy}"}
    app = open_app(variables)
    try:
        yield DemoStore(app, variables, template.people)
    finally:
        close_app(app)


@pytest.fixture
def demo_store(demo_template: DemoTemplate, tmp_path: Path) -> Iterator[DemoStore]:
    """The service on a copy of the demo of one's own."""
    with opened_copy(demo_template, tmp_path) as store:
        yield store
