"""Fixtures of the demo: loaded once for each kind of database, copied for each test."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store_api import schema
from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.demo.service import load_demo
from tests.store_api.factories import NOW, FakeClock, make_settings
from tests.store_api.story import Story


def prepare_demo(url: str) -> str:
    """Load the demo as of the tests' own day; the same address."""
    database = Database(url)
    schema.upgrade(database)
    load_demo(database, make_settings(url), NOW.date())
    database.close()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return url


@pytest.fixture(scope="session")
def sqlite_demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database with the demo."""
    return prepare_demo(f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.db")


@pytest.fixture(scope="session")
def postgres_demo(postgres_databases: Any) -> str:
    """A PostgreSQL database with the demo."""
    return prepare_demo(postgres_databases.new(None))


@pytest.fixture(params=["sqlite", "postgresql"])
def demo_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh copy of the demo, on both databases in turn."""
    if request.param == "sqlite":
        original: str = request.getfixturevalue("sqlite_demo")
        copy = tmp_path / "demo.db"
        shutil.copyfile(original.removeprefix("sqlite:///"), copy)
        return f"sqlite:///{copy}"
    new: Callable[[str | None], str] = request.getfixturevalue("new_postgres_database")
    return new(request.getfixturevalue("postgres_demo"))


@pytest.fixture
def story(demo_url: str) -> Iterator[Story]:
    """The demo's stores open for business, on 21 November 2026, eleven in the morning in Maple St."""
    settings, clock = make_settings(demo_url), FakeClock()
    database = Database(demo_url, pool_size=4)
    app = create_app(settings, database=database, clock=clock)
    yield Story(app, database, settings, clock)
    close_app(app)
    database.close()
