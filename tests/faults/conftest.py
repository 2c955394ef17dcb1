"""Fixtures of the fault tests: an empty database of either kind, for processes that run by the real clock."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from store_api import pins
from store_api.logs import configure_logs


@pytest.fixture(scope="session", autouse=True)
def cheap_and_quiet() -> Iterator[None]:
    """PINs hash at argon2's least cost, and this process's own log is silent."""
    configure_logs("error", io.StringIO())
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(pins, "_HASHER", cheap)
        patch.setattr(pins, "_NOBODY", cheap.hash("nobody"))
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of both kinds in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/faults.db"
    new: Callable[[str | None], str] = request.getfixturevalue("new_postgres_database")
    return new(None)
