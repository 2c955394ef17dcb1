"""The database: its column types, the base of all tables, and the two kinds of transaction.

What it is for: SQLite (one box) and PostgreSQL (a chain) behind one class, by the address alone. A write
transaction is opened once a request, by the route; nothing below a route commits.
What it must not know: Flask, any feature, any table.

SQLite runs with a write-ahead log and synchronous=FULL: an acknowledged commit survives a power cut. All
writes stand in one fair queue (writer_queue.py). A library with the WAL-reset race also gets its automatic
checkpoints switched off; they run in the same queue instead.
"""

from __future__ import annotations

import datetime as dt
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine, Transaction, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from store_api.engines import READING, WRITING, postgres_engine, sqlite_engine
from store_api.ids import RANDOM_BYTES, new_id
from store_api.short_memory import ShortMemory
from store_api.wal_index import frames_in_log
from store_api.writer_queue import WriterQueue

CHECKPOINT_FRAMES = 1000
"""Pages in the write-ahead log, since the last checkpoint, at which one is due (SQLite's own default)."""
COMMITS_BETWEEN = 4
"""How many commits pass between two looks at the log's size."""

CANNOT_WRITE_SQLITE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR})
CANNOT_WRITE_POSTGRES = frozenset({"53100", "25006", "58030"})
"""disk_full, read_only_sql_transaction, io_error (PostgreSQL, appendix A)."""

PLACE_SECONDS = 5
"""Seconds for which a process remembers what it read of a store."""

FIXED_SQLITE = ((3, 44, 6), (3, 50, 7))
"""Maintenance releases that carry the fix of the WAL-reset race, besides 3.51.3 and later."""


class OutcomeUnknown(Exception):
    """The connection was lost during the commit: only the database knows whether it is done."""


class UtcDateTime(sa.TypeDecorator[dt.datetime]):
    """An instant. Goes in aware (any zone), comes out aware in UTC; a naive time is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


Minor = Annotated[int, mapped_column(sa.BigInteger)]
"""An amount in its currency's minor units (cents); the currency stands in a Currency column beside it."""
Currency = Annotated[str, mapped_column(sa.String(3))]
"""An ISO 4217 code."""
Id = Annotated[str, mapped_column(sa.String(80))]
"""An opaque identifier made by `Session`-bound `make_id`."""
Document = dict[str, Any]
"""A JSON object."""


class JsonText(sa.TypeDecorator[str]):
    """A JSON column whose value in Python is its text: for what is stored once and sent as it stands."""

    impl = sa.JSON
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> None:
        """The text goes in as it is; a database that knows JSON checks it."""
        return

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> None:
        """The text comes out as it is."""
        return

    def column_expression(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Read as text: PostgreSQL's driver would read JSON into values."""
        return sa.cast(column, sa.Text)


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        dt.datetime: UtcDateTime(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
        bytes: sa.LargeBinary(),
    }


class NodeMixin:
    """Every row says which installation made it; the session fills it in."""

    node_id: Mapped[str] = mapped_column(sa.String(8))


class CallerMixin:
    """Rows that say who a token belongs to: a change of one makes every process-wide memory of it void."""


@event.listens_for(Session, "before_flush")
def _fill_node_id(session: Session, _context: Any, _instances: Any) -> None:
    for row in session.new:
        if isinstance(row, NodeMixin) and row.node_id is None:
            row.node_id = session.info["node_id"]


@event.listens_for(Session, "before_flush")
def _note_changed_callers(session: Session, _context: Any, _instances: Any) -> None:
    if any(isinstance(row, CallerMixin) for row in (*session.dirty, *session.deleted)):
        session.info["callers_changed"] = True


def make_id(session: Session, prefix: str, now: dt.datetime) -> str:
    """A new identifier of the session's node, for example make_id(session, "vou", now)."""
    mint: Mint = session.info["mint"]
    return new_id(prefix, session.info["node_id"], now, mint.draw(now))


class Mint:
    """Draws the random part of identifiers so that those of one process sort in the order of making."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._guard = threading.Lock()
        self._last = (0, 0)

    def draw(self, now: dt.datetime) -> bytes:
        """Fresh random bytes; within the millisecond of the draw before, the number after its."""
        millisecond = int(now.timestamp() * 1000)
        with self._guard:
            chance = self._last[1] + 1 if self._last[0] == millisecond else self._fresh()
            self._last = (millisecond, chance)
        return chance.to_bytes(RANDOM_BYTES, "big")

    def _fresh(self) -> int:
        # The top bit stays free, so that counting on never runs over.
        return int.from_bytes(self._random_bytes(RANDOM_BYTES), "big") >> 1


def has_wal_reset_race(version: tuple[int, ...]) -> bool:
    """Whether this SQLite library may lose commits when two checkpoints and a write overlap.

    Affected: 3.7.0 to 3.51.2; fixed in 3.51.3, 3.50.7 and 3.44.6 (https://sqlite.org/wal.html).
    """
    if version >= (3, 51, 3):
        return False
    return not any(version[:2] == fixed[:2] and version >= fixed for fixed in FIXED_SQLITE)


def cannot_write(error: BaseException) -> bool:
    """Whether a database refused because its disk is full or broken, or because it may only be read."""
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in CANNOT_WRITE_SQLITE
    return getattr(original, "sqlstate", None) in CANNOT_WRITE_POSTGRES


class Database:
    """One database, its connections and its transactions."""

    def __init__(
        self,
        url: str,
        node_id: str = "n1",
        *,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        lock_wait_seconds: float = 10.0,
        statement_seconds: float = 10.0,
        pool_size: int = 16,
        caller_seconds: float = 5.0,
        sqlite_version: tuple[int, ...] = sqlite3.sqlite_version_info,
    ) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.checkpoints_in_queue = self.is_sqlite and has_wal_reset_race(sqlite_version)
        self.sqlite_version = sqlite_version
        self._info = {
            "node_id": node_id,
            "random_bytes": random_bytes,
            "mint": Mint(random_bytes),
            "database": self,
        }
        self.callers = ShortMemory(caller_seconds)
        self.places = ShortMemory(PLACE_SECONDS)
        self.before_commit: list[Callable[[Session], None]] = []
        self.after_commit: list[Callable[[Session], None]] = []
        self._queue: WriterQueue | None = None
        if self.is_sqlite:
            path = Path(self.url.database or "")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._queue = WriterQueue(path, lock_wait_seconds)
        self._frames_at_checkpoint = self._commits = 0
        self.lock_wait_seconds = lock_wait_seconds
        self._statement_seconds = statement_seconds
        self.writer = self._engine(WRITING, pool_size)
        self.reader = self._engine(READING, pool_size)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that may write: commits when left, rolls back when left by an exception.

        Raises writer_queue.QueueTimeout where no turn came in time; then nothing happened. Raises
        OutcomeUnknown where the connection was lost while it committed.
        """
        with self._turn():
            with self._session(self.writer) as (session, doing):
                yield session
                for prepare in self.before_commit:
                    prepare(session)
                _commit(session, doing)
            self._checkpoint_if_due()
        if session.info.get("callers_changed"):
            self.callers.forget()
        for tell in self.after_commit:
            tell(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads, from one snapshot; the database itself refuses writes in it."""
        with self._session(self.reader) as (session, _doing):
            yield session

    def describe(self) -> str:
        """What the data stands on and how it is kept, in words for the log and `db check`."""
        if not self.is_sqlite:
            return "PostgreSQL, READ COMMITTED"
        version = ".".join(map(str, self.sqlite_version))
        race = "has the WAL-reset race" if self.checkpoints_in_queue else "no WAL-reset race"
        checkpoints = "in the writer queue" if self.checkpoints_in_queue else "automatic"
        mode = f"WAL, synchronous=FULL, queued writers, checkpoints {checkpoints}"
        return f"SQLite {version} ({race}), {mode}"

    def close(self) -> None:
        """Close every connection."""
        self.writer.dispose()
        self.reader.dispose()
        if self._queue is not None:
            self._queue.close()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[tuple[Session, Transaction]]:
        """A session, and its transaction, which is begun and ended on the connection.

        A session that begins its own keeps books of it, which takes longer than a statement.
        """
        with engine.connect() as connection:
            doing = connection.begin()
            info = {**self._info, "connection": connection}
            with Session(
                connection, expire_on_commit=False, info=info, join_transaction_mode="rollback_only"
            ) as session:
                yield session, doing

    def _turn(self) -> AbstractContextManager[None]:
        return self._queue.turn() if self._queue is not None else nullcontext()

    def _checkpoint_if_due(self) -> None:
        """Move the write-ahead log into the database, inside the queue, once it has grown enough.

        The log's file never shrinks, so its size says nothing: its pages are counted.
        """
        if not self.checkpoints_in_queue:
            return
        self._commits += 1
        if self._commits % COMMITS_BETWEEN:
            return
        frames = frames_in_log(str(self.url.database))
        if frames < self._frames_at_checkpoint:
            self._frames_at_checkpoint = 0  # The log has begun anew.
        if frames - self._frames_at_checkpoint < CHECKPOINT_FRAMES:
            return
        self._checkpoint()
        self._frames_at_checkpoint = frames

    def _checkpoint(self) -> None:
        with self.writer.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _engine(self, begin: str, pool_size: int) -> Engine:
        if self.is_sqlite:
            return sqlite_engine(self.url, begin, pool_size, self.checkpoints_in_queue)
        return postgres_engine(
            self.url, begin == READING, pool_size, self.lock_wait_seconds, self._statement_seconds
        )


def _commit(session: Session, doing: Transaction) -> None:
    """Commit; what fails before the last word is rolled back, and the connection lost at it is said so."""
    session.flush()
    try:
        doing.commit()
    except sa.exc.DBAPIError as error:
        if error.connection_invalidated:
            raise OutcomeUnknown from error
        raise
