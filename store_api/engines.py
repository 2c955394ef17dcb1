"""The engines behind a database: how connections are made, and how their transactions begin.

What it is for: one engine that writes and one that only reads, on SQLite and on PostgreSQL. The database
itself refuses writes on the one that reads.
What it must not know: sessions, any table.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import IsolationLevel
from psycopg.pq import ConnStatus
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from store_api.prepared_postgres import BEGIN

WRITING, READING = "BEGIN IMMEDIATE", "BEGIN"
"""How SQLite's two kinds of transaction begin: one that writes takes its lock at once."""
READER_CACHE_KIB = 1024
"""Half of SQLite's own default: there are many connections that read, and the system keeps pages too."""
IDLE_SECONDS = 30
"""PostgreSQL ends a transaction that says nothing for this long, and with it the locks of a lost process."""
BEGIN_WRITING = b"BEGIN ISOLATION LEVEL READ COMMITTED"
BEGIN_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""How PostgreSQL's two kinds of transaction begin."""
REST_SECONDS = 1.0
"""A connection that has rested for so long is asked whether its server is still there."""
RECYCLE_SECONDS = 1800
"""A connection is made anew after half an hour, so that a move of the server reaches every process."""
REACH = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
}
"""Seconds (the last: milliseconds) after which a server that does not answer at all is given up."""


def sqlite_engine(url: URL, begin: str, pool_size: int, checkpoints_in_queue: bool) -> Engine:
    """An engine on a file, with a write-ahead log and synchronous=FULL, whose transactions begin so."""
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=64,
        # The connection that was used last comes first: writers stand in line, so all of them share one,
        # whose pages and compiled statements stay warm (another's write empties a connection's cache).
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling is off: BEGIN is said below, at the right moment.
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if checkpoints_in_queue:
            connection.execute("PRAGMA wal_autocheckpoint = 0")
        if begin == READING:
            connection.execute("PRAGMA query_only = ON")
            connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        try:
            connection.connection.cursor().execute(begin).close()
        except sqlite3.Error as error:
            raise _as_sqlalchemy(error, begin, connection) from error

    return engine


def postgres_engine(
    url: URL, reads: bool, pool_size: int, lock_wait_seconds: float, statement_seconds: float
) -> Engine:
    """An engine on a server whose statements wait for a lock, and run, no longer than they may."""
    options = (
        f"-c timezone=UTC -c lock_timeout={int(lock_wait_seconds * 1000)} "
        f"-c statement_timeout={int(statement_seconds * 1000)} "
        f"-c idle_in_transaction_session_timeout={IDLE_SECONDS * 1000}"
    )
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=16,
        pool_recycle=RECYCLE_SECONDS,
        pool_timeout=lock_wait_seconds,
        hide_parameters=True,
        # psycopg would prepare statements too, and after each rollback forget all, ours as well.
        connect_args={"options": options, "prepare_threshold": None, **REACH},
    )

    @event.listens_for(engine, "connect")
    def prepare(driver: psycopg.Connection[Any], record: ConnectionPoolEntry) -> None:
        level = IsolationLevel.REPEATABLE_READ if reads else IsolationLevel.READ_COMMITTED
        driver.isolation_level, driver.read_only = level, reads or None
        record.info[BEGIN] = BEGIN_READING if reads else BEGIN_WRITING

    _ping_after_rest(engine)
    return engine


def _as_sqlalchemy(error: sqlite3.Error, sql: str, connection: Connection) -> BaseException:
    return sa.exc.DBAPIError.instance(sql, None, error, sqlite3.Error, True, dialect=connection.dialect)


def _ping_after_rest(engine: Engine) -> None:
    """Ask a connection that nobody has used for a moment whether its server is still there.

    One that was used just now is not asked: that would be one more way to the server in each request.
    """

    @event.listens_for(engine, "checkin")
    def rest(_driver: psycopg.Connection[Any], record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(driver: psycopg.Connection[Any], record: ConnectionPoolEntry, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < REST_SECONDS:
            return
        driver.pgconn.exec_(b"")
        if driver.pgconn.status != ConnStatus.OK:
            raise sa.exc.DisconnectionError("the server has closed the connection")
