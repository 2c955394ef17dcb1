"""The file beside SQLite's log is read without taking SQLite's locks away."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store_api.wal_index import frames_in_log

FIRST_ONE = 128
"""The byte of the file on which each process that uses the database holds a shared lock (os_unix.c)."""
TAKE = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR)
try:
    fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, int(sys.argv[2]))
except OSError:
    sys.exit("held")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "wal.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes to a log which nobody moves into the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("PRAGMA wal_autocheckpoint = 0")
        made.execute("CREATE TABLE notes (note TEXT)")
        yield made


def is_locked(path: Path) -> bool:
    """Whether another process finds that somebody uses the database."""
    command = [sys.executable, "-c", TAKE, f"{path}-shm", str(FIRST_ONE)]
    return subprocess.run(command, check=False, capture_output=True).returncode != 0


def test_pages_are_counted_as_they_come(path: Path, connection: sqlite3.Connection) -> None:
    counts = [frames_in_log(str(path))]
    for _ in range(3):
        connection.execute("INSERT INTO notes VALUES ('one')")
        counts.append(frames_in_log(str(path)))
    assert counts == sorted(set(counts))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("INSERT INTO notes VALUES ('one')")
    assert frames_in_log(str(path)) < counts[-1]


def test_a_database_without_a_log_has_no_pages_in_it(tmp_path: Path) -> None:
    assert frames_in_log(str(tmp_path / "none.db")) == 0


def test_looking_leaves_the_locks_of_sqlite_as_they_are(path: Path, connection: sqlite3.Connection) -> None:
    for _ in range(3):
        connection.execute("INSERT INTO notes VALUES ('one')")
        frames_in_log(str(path))
    assert is_locked(path)


def test_opening_and_closing_the_file_instead_takes_them_away(
    path: Path, connection: sqlite3.Connection
) -> None:
    connection.execute("INSERT INTO notes VALUES ('one')")
    assert is_locked(path)
    os.close(os.open(f"{path}-shm", os.O_RDONLY))
    assert not is_locked(path)


def test_a_database_that_was_made_anew_is_looked_at_anew(path: Path, connection: sqlite3.Connection) -> None:
    for _ in range(3):
        connection.execute("INSERT INTO notes VALUES ('one')")
    before = frames_in_log(str(path))
    connection.close()
    for file in path.parent.iterdir():
        file.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE notes (note TEXT)")
        assert 0 < frames_in_log(str(path)) < before
