"""Fixtures of the service's tests: a fresh database for each test, a clock that stands still, clients.

Every test that asks for `database` (or anything built on it) runs on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from store_api import pins, schema
from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.logs import configure_logs
from store_api.settings import Settings
from tests.store_api.clients import Client, sign_in
from tests.store_api.demo_fixtures import demo_url, postgres_demo, sqlite_demo, story
from tests.store_api.factories import (
    AUTHOR_NUMBER,
    AUTHOR_PIN,
    CARE_NUMBER,
    CARE_PIN,
    MANAGER_NUMBER,
    MANAGER_PIN,
    OTHER_AUTHOR_NUMBER,
    OTHER_AUTHOR_PIN,
    OTHER_REGION_NUMBER,
    OTHER_REGION_PIN,
    REGION_NUMBER,
    REGION_PIN,
    REP_NUMBER,
    REP_PIN,
    FakeClock,
    World,
    furnish,
    make_settings,
    make_work,
)

__all__ = ["demo_url", "postgres_demo", "sqlite_demo", "story"]


@pytest.fixture(scope="session", autouse=True)
def cheap_and_quiet() -> Iterator[None]:
    """PINs hash at argon2's least cost, and the service's log is silent, unless a test says otherwise."""
    configure_logs("error", io.StringIO())
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(pins, "_HASHER", cheap)
        patch.setattr(pins, "_NOBODY", cheap.hash("nobody"))
        yield


@dataclass(frozen=True)
class Template:
    """A furnished database to make copies of."""

    url: str
    world: World


@pytest.fixture(scope="session")
def sqlite_template(cheap_and_quiet: None, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A furnished SQLite database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('template')}/template.db"
    return Template(url, _furnish(url))


@pytest.fixture(scope="session")
def postgres_template(cheap_and_quiet: None, postgres_databases: Any) -> Template:
    """A furnished PostgreSQL database."""
    url = postgres_databases.new(None)
    return Template(url, _furnish(url))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on both databases, unless its module names its own in BACKENDS."""
    if "template" in metafunc.fixturenames:
        backends = getattr(metafunc.module, "BACKENDS", ("sqlite", "postgresql"))
        metafunc.parametrize("template", backends, indirect=True)


@pytest.fixture
def template(request: pytest.FixtureRequest) -> Template:
    """The furnished database of the backend under test."""
    name = "sqlite_template" if request.param == "sqlite" else "postgres_template"
    chosen: Template = request.getfixturevalue(name)
    return chosen


@pytest.fixture
def world(template: Template) -> World:
    """Identifiers and tokens of the furnished database."""
    return template.world


@pytest.fixture
def database_url(template: Template, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a fresh copy of the furnished database."""
    if template.url.startswith("sqlite"):
        path = tmp_path / "store.db"
        shutil.copyfile(template.url.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"
    new: Callable[[str | None], str] = request.getfixturevalue("new_postgres_database")
    return new(template.url)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings on the fresh database."""
    return make_settings(database_url)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The fresh database."""
    opened = Database(settings.database_url, settings.node_id, pool_size=8)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at factories.NOW until it is moved."""
    return FakeClock()


@pytest.fixture
def app(settings: Settings, database: Database, clock: FakeClock) -> Iterator[Flask]:
    """The service on the fresh database."""
    made = create_app(settings, database=database, clock=clock)
    yield made
    close_app(made)


@pytest.fixture
def as_nobody(app: Flask) -> Client:
    """A caller without a token."""
    return Client(app, None)


@pytest.fixture
def as_kiosk(app: Flask, world: World) -> Client:
    """The kiosk of counter-1."""
    return Client(app, world.kiosk)


@pytest.fixture
def as_tablet(app: Flask, world: World) -> Client:
    """The tablet of counter-1."""
    return Client(app, world.tablet)


@pytest.fixture
def as_till(app: Flask, world: World) -> Client:
    """The till."""
    return Client(app, world.till)


@pytest.fixture
def as_partner(app: Flask, world: World) -> Client:
    """A system of the carrier, for the whole chain."""
    return Client(app, world.partner)


@pytest.fixture
def as_rep(as_tablet: Client) -> Client:
    """Jordan, a rep, signed in on the tablet."""
    return sign_in(as_tablet, REP_NUMBER, REP_PIN)


@pytest.fixture
def as_manager(as_tablet: Client) -> Client:
    """Morgan, the store manager, signed in on the tablet."""
    return sign_in(as_tablet, MANAGER_NUMBER, MANAGER_PIN)


@pytest.fixture
def as_desk(app: Flask, world: World) -> Client:
    """The desk of the central office."""
    return Client(app, world.desk)


@pytest.fixture
def as_author(as_desk: Client) -> Client:
    """Robin, a policy author, signed in at the desk."""
    return sign_in(as_desk, AUTHOR_NUMBER, AUTHOR_PIN)


@pytest.fixture
def as_other_author(as_desk: Client) -> Client:
    """Quinn, another policy author."""
    return sign_in(as_desk, OTHER_AUTHOR_NUMBER, OTHER_AUTHOR_PIN)


@pytest.fixture
def as_region(as_desk: Client) -> Client:
    """Taylor, a regional manager, signed in at the desk."""
    return sign_in(as_desk, REGION_NUMBER, REGION_PIN)


@pytest.fixture
def as_other_region(as_desk: Client) -> Client:
    """Avery, another regional manager."""
    return sign_in(as_desk, OTHER_REGION_NUMBER, OTHER_REGION_PIN)


@pytest.fixture
def as_care(as_desk: Client) -> Client:
    """Kim, an agent of customer care, signed in at a desk."""
    return sign_in(as_desk, CARE_NUMBER, CARE_PIN)


@pytest.fixture
def as_phone(as_kiosk: Client, as_nobody: Client) -> Client:
    """A phone that joined a visit at the kiosk; nobody knows yet who holds it."""
    visit_id = as_kiosk.post("/v1/visits", {}).get_json()["visit_id"]
    code = as_kiosk.post(f"/v1/visits/{visit_id}/join-codes", {}).get_json()["code"]
    return Client(as_nobody.app, as_nobody.post("/v1/joins", {"code": code}).get_json()["token"])


def _furnish(url: str) -> World:
    database = Database(url)
    schema.upgrade(database)
    with database.transaction() as session:
        made = furnish(make_work(session))
    database.close()
    if url.startswith("sqlite"):
        # The copy is of one file: what still stands in the write-ahead log goes into it first.
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made
