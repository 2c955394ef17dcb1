"""The guarded statement alone, each in a transaction of its own: by SQLAlchemy, and by the driver."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg

from store_api.db import Database
from store_api.writer_queue import WriterQueue
from tests.bench.redeem.bare import USE
from tests.bench.redeem.stage import Case

GUARDED = (
    "UPDATE vouchers SET last_use_number = last_use_number + 1 WHERE account_id = {0} AND voucher_id = {0} "
    "AND voided_at IS NULL AND hold_id IS NULL AND last_use_number < uses_allowed RETURNING last_use_number"
)


def sqlalchemy_alone(database: Database, cases: list[Case], threads: int) -> float:
    """Uses a second through SQLAlchemy, with the service's own transactions."""

    def work(mine: list[Case]) -> None:
        for case in mine:
            with database.transaction() as session:
                asked = {"account": case.account_id, "voucher": case.voucher_id}
                assert session.execute(USE, asked).one()[0] == 1

    return _rate(work, cases, threads)


def driver_alone(database: Database, cases: list[Case], threads: int) -> float:
    """Uses a second through sqlite3 (with the writer queue) or psycopg."""
    return _rate(_on_sqlite(database) if database.is_sqlite else _on_postgres(database), cases, threads)


def _on_sqlite(database: Database) -> Callable[[list[Case]], None]:
    path = Path(str(database.url.database))
    queue = WriterQueue(path, 10)

    def work(mine: list[Case]) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            for case in mine:
                with queue.turn():
                    connection.execute("BEGIN IMMEDIATE")
                    found = connection.execute(GUARDED.format("?"), (case.account_id, case.voucher_id))
                    assert found.fetchall() == [(1,)]
                    connection.execute("COMMIT")

    return work


def _on_postgres(database: Database) -> Callable[[list[Case]], None]:
    plain = database.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def work(mine: list[Case]) -> None:
        with psycopg.connect(plain) as connection:
            for case in mine:
                found = connection.execute(GUARDED.format("%s").encode(), (case.account_id, case.voucher_id))
                assert found.fetchall() == [(1,)]
                connection.commit()

    return work


def _rate(work: Callable[[list[Case]], None], cases: list[Case], threads: int) -> float:
    shares = [threading.Thread(target=work, args=(cases[n::threads],)) for n in range(threads)]
    began = time.perf_counter()
    for share in shares:
        share.start()
    for share in shares:
        share.join()
    return len(cases) / (time.perf_counter() - began)
