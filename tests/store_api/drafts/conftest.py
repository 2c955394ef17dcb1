"""The central office of the demo, where one draft lies ready for Morgan's approval.

It is made once for each kind of database and copied with the demo, because making it takes the solver.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store_api.app import close_app, create_app
from store_api.db import Database
from tests.store_api.drafts.office import Office, next_credit
from tests.store_api.factories import FakeClock, make_settings
from tests.store_api.story import Story


def lay_ready(url: str) -> str:
    """Put the ready draft into a database with the demo; its address."""
    settings, clock = make_settings(url), FakeClock()
    database = Database(url, pool_size=4)
    app = create_app(settings, database=database, clock=clock)
    Office(Story(app, database, settings, clock)).ready(next_credit())
    close_app(app)
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return url


@pytest.fixture(scope="session")
def sqlite_office(sqlite_demo: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database with the demo and the ready draft."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    shutil.copyfile(sqlite_demo.removeprefix("sqlite:///"), path)
    return lay_ready(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def postgres_office(postgres_demo: str, postgres_databases: Any) -> str:
    """A PostgreSQL database with the demo and the ready draft."""
    return lay_ready(postgres_databases.new(postgres_demo))


@pytest.fixture(params=["sqlite", "postgresql"])
def demo_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh copy of the demo with the ready draft, on both databases in turn."""
    if request.param == "sqlite":
        original: str = request.getfixturevalue("sqlite_office")
        copy = tmp_path / "demo.db"
        shutil.copyfile(original.removeprefix("sqlite:///"), copy)
        return f"sqlite:///{copy}"
    new: Callable[[str | None], str] = request.getfixturevalue("new_postgres_database")
    return new(request.getfixturevalue("postgres_office"))


@pytest.fixture
def office(story: Story) -> Office:
    """Authors and regional managers at their desk."""
    return Office(story)
