"""Statements that are compiled once for each kind of database and then go to the driver as they are.

What it is for: the twenty statements of a redemption. SQLAlchemy writes their SQL and knows their types; what
it does anew at each execution (finding the compiled form, contexts, result objects) costs three times what
the database itself takes for one of them. Everything else in the service goes through the session.
What it must not know: any table.

It runs on the session's own connection, in its transaction, after what the session has pending. Errors of
the driver become SQLAlchemy's, and listeners of statements are told.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Session

from store_api.prepared_postgres import NamedStatement

Convert = Callable[[Any], Any] | None


class Prepared:
    """A statement with named parameters, or one by each dialect's name where databases need other words."""

    def __init__(self, statement: sa.Executable | Mapping[str, sa.Executable]) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, session: Session, values: Mapping[str, Any]) -> Sequence[Any]:
        """Run it; its rows as named tuples."""
        return self._run(session, values)[0]

    def first(self, session: Session, values: Mapping[str, Any]) -> Any:
        """Run it; its first row, or None."""
        found = self._run(session, values)[0]
        return found[0] if found else None

    def count(self, session: Session, values: Mapping[str, Any]) -> int:
        """Run it; how many rows it changed."""
        return self._run(session, values)[1]

    def _run(self, session: Session, values: Mapping[str, Any]) -> tuple[Sequence[Any], int]:
        session.flush()
        connection = _connection_of(session)
        name = connection.dialect.name
        form = self._forms.get(name)
        if form is None:
            statement = self._statement
            chosen = statement[name] if isinstance(statement, Mapping) else statement
            kind = _PostgresForm if name == "postgresql" else _Form
            form = self._forms[name] = kind(chosen, connection.dialect)
        return form.run(connection, values)


def _connection_of(session: Session) -> Connection:
    """The session's connection, in its transaction: a transaction of the service keeps it at hand."""
    known: Connection | None = session.info.get("connection")
    return session.connection() if known is None else known


class _Form:
    """A statement in the words of one dialect."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        kinds = {name: bind.type for bind, name in compiled.bind_names.items()}
        self._names = tuple(compiled.positiontup if compiled.positional else kinds)
        self._usual = dict(compiled.params)
        self._positional = compiled.positional
        self._binds = _converters(
            (name, kinds[name].dialect_impl(dialect).bind_processor(dialect)) for name in self._names
        )
        columns = list(statement.exported_columns) if hasattr(statement, "exported_columns") else []
        self._results = _converters(
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(columns)
        )
        self._row: Any = namedtuple("Row", [column.key or "" for column in columns], rename=True)  # type: ignore[misc]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Sequence[Any], int]:
        """The rows that came back, and how many the statement changed."""
        given = self._given(values)
        cursor = connection.connection.cursor()
        try:
            self._tell(connection, cursor, given)
            cursor.execute(self.sql, given)
            rows = cursor.fetchall() if self._row._fields else ()
            return [self._read(row) for row in rows], cursor.rowcount
        except connection.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy(error, self.sql, connection) from error
        finally:
            cursor.close()

    def _tell(self, connection: Connection, cursor: Any, given: Any) -> None:
        """Tell those who listen for statements."""
        if connection.engine.dispatch.before_cursor_execute:
            connection.dispatch.before_cursor_execute(connection, cursor, self.sql, given, None, False)

    def _given(self, values: Mapping[str, Any]) -> Any:
        found = {**self._usual, **values}
        for name, convert in self._binds:
            found[name] = convert(found[name])
        if self._positional:
            return [found[name] for name in self._names]
        return {name: found[name] for name in self._names}

    def _read(self, row: Sequence[Any]) -> Any:
        if self._results:
            row = list(row)
            for place, convert in self._results:
                if row[place] is not None:
                    row[place] = convert(row[place])
        return self._row._make(row)


class _PostgresForm(_Form):
    """A statement that goes to psycopg past its cursors."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        super().__init__(statement, dialect)
        self._named = NamedStatement(self.sql)

    def run(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Sequence[Any], int]:
        """The rows that came back, and how many the statement changed."""
        given = self._given(values)
        self._tell(connection, None, given)
        pooled = connection.connection
        try:
            rows, changed = self._named.run(
                pooled.dbapi_connection,  # type: ignore[arg-type]  # psycopg's own
                pooled.info,
                [given[name] for name in self._named.names],
            )
            return [self._read(row) for row in rows], changed
        except connection.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy(error, self.sql, connection) from error


def _converters(found: Iterable[tuple[Any, Convert]]) -> tuple[tuple[Any, Callable[[Any], Any]], ...]:
    """What has to be converted, and how."""
    return tuple((name, convert) for name, convert in found if convert is not None)


def _as_sqlalchemy(error: Exception, sql: str, connection: Connection) -> BaseException:
    """The driver's error as SQLAlchemy's, without what was sent; a connection that is lost is given up."""
    dialect = connection.dialect
    is_lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if is_lost:
        connection.invalidate(error)
    return sa.exc.DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, True, is_lost, dialect=dialect
    )
