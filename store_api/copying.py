"""Copying a whole database into an empty one: the way from SQLite to PostgreSQL, and back.

What it is for: `db copy`. Table by table in the order of their dependencies, within one transaction of the
target, verified before it commits: it is all there, or nothing is. The source is opened for reading alone.
What it must not know: any feature; what a row means, but for the vouchers' ledger, which is verified a second
time by sums that each database makes itself.

A table's digest is the sum, modulo 2^256, of the SHA-256 of each row in a written form that does not depend
on the database: the order of the rows, and so the collation, does not matter. It finds what was lost, doubled
or changed on the way; it is no proof against somebody who forges rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import Session

from store_api import schema
from store_api.db import Database
from store_api.tables import METADATA

AT_ONCE = 1000
OWN_BOOKKEEPING = frozenset({"alembic_version"})
LEDGER = "voucher_ledger"


class CannotCopy(Exception):
    """The copy was not made, and the target is as it was; the message says why and what to do."""


@dataclass(frozen=True)
class Count:
    """How many rows a table has, and their digest."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Copied:
    """One table on both sides. `name` may also be that of a sum that both sides made."""

    name: str
    source: Count
    target: Count

    @property
    def is_equal(self) -> bool:
        """Whether both sides hold the same."""
        return self.source == self.target


Progress = Callable[[int], None]
"""Called with the number of rows that were copied or verified since the last call."""


def count_rows(source_url: str) -> int:
    """How many rows there are to copy. Raises CannotCopy."""
    with _reading(source_url) as source:
        return sum(_size(source, table) for table in METADATA.sorted_tables)


def copy(source_url: str, target: Database, progress: Progress = lambda rows: None) -> list[Copied]:
    """Copy everything and verify it; every table, and the ledger's balances. Raises CannotCopy."""
    with (
        _reading(source_url) as source,
        _written_meanwhile(source_url) as was_written,
        target.transaction() as session,
    ):
        connection = session.connection()
        _lift_limits(connection)
        _check_target(connection, session)
        copied = _copy_tables(source, connection, progress)
        if was_written():
            raise CannotCopy("the source was written to meanwhile. Stop the service first")
    return copied


def _copy_tables(source: Connection, target: Connection, progress: Progress) -> list[Copied]:
    sent = {table.name: _copy_table(source, target, table, progress) for table in _tables()}
    copied = [Copied(table.name, sent[table.name], _count(target, table, progress)) for table in _tables()]
    copied.append(Copied("balances of the ledger", _balances(source), _balances(target)))
    different = [each.name for each in copied if not each.is_equal]
    if different:
        raise CannotCopy(f"what arrived differs from what was sent: {', '.join(different)}")
    _move_sequences(target)
    return copied


def _tables() -> list[sa.Table]:
    """Every table, after those that it depends on."""
    return METADATA.sorted_tables


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    """One snapshot of the source, in a connection that cannot write."""
    engine = _source_engine(url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")  # the driver itself begins only before a write
            _check_source(connection)
            yield connection
    except sa.exc.DBAPIError as error:
        raise CannotCopy(f"the source cannot be read: {_first_line(error)}") from None
    finally:
        engine.dispose()


def _source_engine(url: str) -> sa.Engine:
    made = make_url(url)
    if made.get_backend_name() != "sqlite":
        engine = sa.create_engine(made, hide_parameters=True, isolation_level="REPEATABLE READ")
        return engine.execution_options(postgresql_readonly=True)
    path = Path(made.database or "").absolute()
    if not path.is_file():
        raise CannotCopy(f"there is no file {path}")
    return sa.create_engine(f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true", hide_parameters=True)


@contextmanager
def _written_meanwhile(url: str) -> Iterator[Callable[[], bool]]:
    """Whether somebody wrote to a SQLite file since; of a server that cannot be told from a snapshot."""
    engine = _source_engine(url)
    try:
        with engine.connect() as watching:
            if watching.dialect.name != "sqlite":
                yield lambda: False
                return
            version = sa.text("PRAGMA data_version")
            before = watching.scalar(version)
            yield lambda: watching.scalar(version) != before
    finally:
        engine.dispose()


def _check_source(connection: Connection) -> None:
    present = set(sa.inspect(connection).get_table_names()) - OWN_BOOKKEEPING
    missing, unknown = METADATA.tables.keys() - present, present - METADATA.tables.keys()
    revision = schema.revision_of(connection)
    if revision != schema.newest_revision() or missing or unknown:
        strange = ", ".join(sorted(missing | unknown)) or "none"
        raise CannotCopy(
            f"the source is at schema {revision}, needed is {schema.newest_revision()} "
            f"(tables that do not fit: {strange}). Run db upgrade on it with this version first"
        )


def _check_target(connection: Connection, session: Session) -> None:
    """Make the tables where there are none; refuse a target that holds anything."""
    present = set(sa.inspect(connection).get_table_names())
    if not present:
        schema.upgrade_within(session)
        return
    revision = schema.revision_of(connection)
    if revision != schema.newest_revision():
        raise CannotCopy(
            f"the target is at schema {revision}, needed is {schema.newest_revision()}. "
            "Name an empty database"
        )
    filled = [table.name for table in _tables() if _has_rows(connection, table)]
    if filled:
        raise CannotCopy(f"the target is not empty ({', '.join(filled[:5])}). Name an empty database")


def _has_rows(connection: Connection, table: sa.Table) -> bool:
    return connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None


def _lift_limits(connection: Connection) -> None:
    """A copy may take longer than a request may."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _copy_table(source: Connection, target: Connection, table: sa.Table, progress: Progress) -> Count:
    """Copy a table's rows; what was read of them. Raises CannotCopy where the target refuses one."""
    total = _Total()
    for rows in _batches(source, table):
        total.add(rows)
        try:
            target.execute(
                table.insert(), [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]
            )
        except (sa.exc.DBAPIError, ValueError) as error:
            raise CannotCopy(f"a row of {table.name} cannot be kept there: {_first_line(error)}") from None
        progress(len(rows))
    return total.count


def _count(connection: Connection, table: sa.Table, progress: Progress) -> Count:
    total = _Total()
    for rows in _batches(connection, table):
        total.add(rows)
        progress(len(rows))
    return total.count


def _batches(connection: Connection, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
    options = {"stream_results": True, "yield_per": AT_ONCE}
    with connection.execute(sa.select(table), execution_options=options) as result:
        for part in result.partitions():
            yield [tuple(row) for row in part]


def _size(connection: Connection, table: sa.Table) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


class _Total:
    """The running count and digest of rows."""

    def __init__(self) -> None:
        self._rows = 0
        self._sum = 0

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take rows in."""
        for row in rows:
            written = json.dumps([_write(value) for value in row], sort_keys=True).encode()
            self._sum = (self._sum + int.from_bytes(hashlib.sha256(written).digest(), "big")) % 2**256
            self._rows += 1

    @property
    def count(self) -> Count:
        """What was taken in so far."""
        return Count(self._rows, f"{self._sum:064x}")


def _write(value: Any) -> Any:
    """A value as JSON that is the same whichever database it came from; its type stays visible."""
    if isinstance(value, dt.datetime):
        return {"moment": value.astimezone(dt.UTC).isoformat()}
    if isinstance(value, dt.date):
        return {"day": value.isoformat()}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    return value


def _balances(connection: Connection) -> Count:
    """Every voucher's balance as the database itself adds it up."""
    ledger = METADATA.tables[LEDGER]
    mine = (ledger.c.account_id, ledger.c.voucher_id, ledger.c.currency)
    summed = sa.select(*mine, sa.cast(sa.func.sum(ledger.c.amount_minor), sa.BigInteger), sa.func.count())
    total = _Total()
    total.add(tuple(row) for row in connection.execute(summed.group_by(*mine)))
    return total.count


def _move_sequences(target: Connection) -> None:
    """Let what numbers itself go on after the highest number that was copied."""
    if target.dialect.name != "postgresql":
        return
    for table in _tables():
        column = table.autoincrement_column
        if column is None:
            continue
        name = target.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
        highest = target.scalar(sa.select(sa.func.max(column)))
        if name is not None and highest is not None:
            target.execute(sa.select(sa.func.setval(name, highest)))


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
