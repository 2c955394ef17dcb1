"""Fixtures that every part's tests may use: the browser's path and real PostgreSQL databases.

Whatever knows the project's own data belongs into the conftest file of a part.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from kiosk.system_libraries import find_chromium
from tests.postgres import PostgresDatabases, PostgresServer

# Where a run decides what lands, the same tree gives the same result; everywhere else new cases are tried.
hypothesis.settings.register_profile("steady", derandomize=True, print_blob=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("steady")

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what the checks before the tests found, above the last line."""
    report = os.environ.get("SAMETERMS_CHECKS", "")
    if report:
        terminalreporter.section("checks")
        terminalreporter.write_line(report)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of a Chromium that starts. Its absence is a failure, never a reason to skip."""
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium: `python3 -m tests` fetches one, or name one in SAMETERMS_CHROMIUM")
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """A real Chromium, one for each worker process: Playwright runs once in a process."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM_ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """The SQLAlchemy URL of a PostgreSQL where databases may be made, started on first use.

    One server for each worker process (about 1.5 s to start, 40 MB): workers share nothing, so
    none waits for or outlives another. SAMETERMS_TEST_POSTGRES_URL names a server of one's own.
    """
    told = os.environ.get("SAMETERMS_TEST_POSTGRES_URL")
    if told:
        yield told
        return
    with PostgresServer() as server:
        yield server.url


@pytest.fixture(scope="session")
def postgres_databases(postgres_server_url: str) -> Iterator[PostgresDatabases]:
    """Makes databases that live until the session's end unless dropped before."""
    databases = PostgresDatabases(postgres_server_url)
    yield databases
    databases.drop_all()


@pytest.fixture
def new_postgres_database(postgres_databases: PostgresDatabases) -> Iterator[Callable[[str | None], str]]:
    """`new_postgres_database(template)` returns the URL of a database that is dropped after the test.

    `template` is the URL of a database to clone, or None for an empty one.
    """
    made: list[str] = []

    def create(template: str | None = None) -> str:
        made.append(postgres_databases.new(template))
        return made[-1]

    yield create
    for url in made:
        postgres_databases.drop(url)
