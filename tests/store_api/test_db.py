"""Transactions, the writers' line, and what stays whole on both databases."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from store_api import schema
from store_api.audit.models import LogEntryRow
from store_api.audit.service import record
from store_api.db import Database, UtcDateTime, has_wal_reset_race
from store_api.writer_queue import QueueTimeout, ThreadLine, WriterQueue
from tests.store_api.factories import NOW

ROOT = Path(__file__).parents[2]


def count_entries(database: Database) -> int:
    """How many entries the log has."""
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(LogEntryRow)) or 0


def write_entry(database: Database) -> None:
    """One entry in a transaction of its own."""
    with database.transaction() as session:
        record(session, action="account.added", actor="operator", subject="acc_1", now=NOW)


def write_and_fail(database: Database) -> None:
    """One entry in a transaction that fails."""
    with database.transaction() as session:
        record(session, action="account.added", actor="operator", subject="acc_1", now=NOW)
        raise KeyError("stop")


def test_a_transaction_commits_when_left_and_rolls_back_when_it_fails(database: Database) -> None:
    before = count_entries(database)
    with pytest.raises(KeyError):
        write_and_fail(database)
    assert count_entries(database) == before
    write_entry(database)
    assert count_entries(database) == before + 1


def test_a_reading_transaction_cannot_write(database: Database) -> None:
    with database.reading() as session, pytest.raises(sa.exc.DBAPIError):
        session.execute(sa.text("DELETE FROM log_personal_fields"))


def test_a_reading_transaction_sees_one_moment(database: Database) -> None:
    with database.reading() as session:
        query = sa.select(sa.func.count()).select_from(LogEntryRow)
        before = session.scalar(query)
        write_entry(database)
        assert session.scalar(query) == before


def test_times_go_in_with_any_zone_and_come_out_in_utc(database: Database) -> None:
    chicago = dt.timezone(dt.timedelta(hours=-6))
    with database.transaction() as session:
        entry = record(
            session, action="account.added", actor="operator", subject="acc_1", now=NOW.astimezone(chicago)
        )
    with database.reading() as session:
        assert session.get_one(LogEntryRow, entry).at == NOW
        assert session.get_one(LogEntryRow, entry).at.tzinfo is dt.UTC


def test_a_time_without_a_zone_is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"):
        UtcDateTime().process_bind_param(naive, sa.create_engine("sqlite://").dialect)


def test_every_row_says_which_installation_made_it(database: Database) -> None:
    write_entry(database)
    with database.reading() as session:
        assert set(session.scalars(sa.select(LogEntryRow.node_id))) == {"n1"}


def test_many_writers_in_threads_all_get_their_turn(database: Database) -> None:
    before = count_entries(database)
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(write_entry, database) for _ in range(40)]:
            future.result()
    assert count_entries(database) == before + 40


def test_a_sound_database_has_no_fault_and_a_changed_one_has(database: Database) -> None:
    assert schema.find_faults(database) == []
    with database.transaction() as session:
        session.execute(sa.text("ALTER TABLE log_entries ADD COLUMN extra INTEGER"))
    assert "extra" in schema.find_faults(database)[0]


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_the_libraries_with_the_wal_reset_race_are_known(version: tuple[int, ...], affected: bool) -> None:
    assert has_wal_reset_race(version) is affected


@pytest.fixture(params=[(3, 40, 1), (3, 51, 3)], ids=["older library", "fixed library"])
def sqlite_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A new SQLite database, opened as with an older and as with a fixed library."""
    opened = Database(f"sqlite:///{tmp_path}/new.db", sqlite_version=request.param)
    schema.upgrade(opened)
    yield opened
    opened.close()


def pragma(database: Database, name: str) -> object:
    """A setting of a connection that writes."""
    with database.transaction() as session:
        return session.scalar(sa.text(f"PRAGMA {name}"))


def test_sqlite_is_durable_and_checkpoints_as_its_library_needs(sqlite_database: Database) -> None:
    assert pragma(sqlite_database, "journal_mode") == "wal"
    assert pragma(sqlite_database, "synchronous") == 2
    assert pragma(sqlite_database, "foreign_keys") == 1
    automatic = 0 if sqlite_database.checkpoints_in_queue else 1000
    assert pragma(sqlite_database, "wal_autocheckpoint") == automatic
    assert ("in the writer queue" in sqlite_database.describe()) is (automatic == 0)


def test_the_write_ahead_log_does_not_grow_for_ever(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store_api.db.CHECKPOINT_FRAMES", 16)
    sizes = []
    for _ in range(120):
        write_entry(sqlite_database)
        sizes.append(Path(f"{sqlite_database.url.database}-wal").stat().st_size)
    limit = 1024 * 1024 if sqlite_database.checkpoints_in_queue else 8 * 1024 * 1024
    assert max(sizes) < limit
    assert count_entries(sqlite_database) == 120


def test_a_log_that_has_once_been_long_is_not_moved_after_every_commit(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sqlite_database.checkpoints_in_queue:
        pytest.skip("this library checkpoints by itself")
    moved: list[int] = []
    original = Database._checkpoint

    def count(database: Database) -> None:
        moved.append(1)
        original(database)

    monkeypatch.setattr("store_api.db.CHECKPOINT_FRAMES", 30)
    monkeypatch.setattr(Database, "_checkpoint", count)
    for _ in range(120):
        write_entry(sqlite_database)
    assert 3 <= len(moved) <= 40


WRITER = """
import datetime as dt, sys
from store_api.audit.service import record
from store_api.db import Database
database = Database(sys.argv[1])
for _ in range(15):
    with database.transaction() as session:
        now = dt.datetime(2026, 11, 21, 16, tzinfo=dt.UTC)
        record(session, action="account.added", actor="operator", subject="acc_1", now=now)
database.close()
"""


def test_writers_in_several_processes_lose_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shared.db"
    database = Database(url)
    schema.upgrade(database)
    command = [sys.executable, "-c", WRITER, url]
    writers = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert count_entries(database) == 45
    database.close()
    with sqlite3.connect(tmp_path / "shared.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_threads_get_their_turns_in_the_order_in_which_they_came() -> None:
    line, order = ThreadLine(), []
    line.enter(5)
    threads = []
    for number in range(6):

        def stand(number: int = number) -> None:
            line.enter(20)
            order.append(number)
            line.leave()

        thread = threading.Thread(target=stand)
        thread.start()
        threads.append(thread)
        while line.waiting < len(threads):
            threading.Event().wait(0.001)
    line.leave()
    for thread in threads:
        thread.join(20)
    assert order == list(range(6))


def test_who_gets_no_turn_in_time_is_told_and_the_next_still_gets_theirs(tmp_path: Path) -> None:
    queue = WriterQueue(tmp_path / "x.db", seconds=0.05)
    with queue.turn(), pytest.raises(QueueTimeout):
        queue.turn().__enter__()
    with queue.turn():
        pass
    queue.close()


def test_two_queues_on_one_file_keep_each_other_out(tmp_path: Path) -> None:
    one, other = (WriterQueue(tmp_path / "x.db", seconds=20) for _ in range(2))
    inside, most = 0, 0

    def write(queue: WriterQueue) -> None:
        nonlocal inside, most
        for _ in range(50):
            with queue.turn():
                inside += 1
                most = max(most, inside)
                threading.Event().wait(0.0001)
                inside -= 1

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(write, queue) for queue in (one, other, one, other)]:
            future.result(60)
    assert most == 1
    one.close()
    other.close()
