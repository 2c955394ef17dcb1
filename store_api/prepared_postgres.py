"""Running a statement on PostgreSQL under a name that its connection already knows.

What it is for: the hot path. psycopg's cursor looks at each statement's text, its values' types and what its
columns are called anew; for one of our statements that is three times what the server takes. Here a
statement is prepared once a connection, its values go as text (the server knows their types from the
statement) and psycopg's own loaders read what comes back.
What it must not know: SQLAlchemy's statements, any table.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import Transformer as Reader
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

ENDS_IT = (b"FATAL", b"PANIC")
"""After an error of this severity the server closes the connection (PostgreSQL: error severity levels)."""
_NAMED = re.compile(r"%\((\w+)\)s|%%")
BEGIN = "begin"
"""Under this name a connection's record keeps the bytes with which its transactions begin."""
_KNOWN = "prepared"
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class NamedStatement:
    """A statement whose parameters are numbered; `names` are theirs, in that order."""

    def __init__(self, sql: str) -> None:
        self.names: list[str] = []
        self._sql = _NAMED.sub(self._number, sql).encode()
        self._formats: Sequence[PyFormat] = [PyFormat.TEXT] * len(self.names)

    def run(
        self, driver: psycopg.Connection[Any], known: MutableMapping[str, Any], values: Sequence[Any]
    ) -> tuple[list[tuple[Any, ...]], int]:
        """The rows that came back and how many were changed. `known` is kept as long as the connection.

        Raises what psycopg raises.
        """
        if driver.pgconn.transaction_status == TransactionStatus.IDLE and not driver.autocommit:
            _checked(driver, driver.pgconn.exec_(known[BEGIN]))
        reader: Reader = known.get("reader") or Transformer.from_context(driver)
        known["reader"] = reader
        given = reader.dump_sequence(values, self._formats)
        result = _checked(driver, driver.pgconn.exec_prepared(self._name(driver, known), given))  # type: ignore[arg-type]  # NULL is None
        reader.set_pgresult(result)
        rows = reader.load_rows(0, result.ntuples, tuple) if result.ntuples else []
        return rows, result.command_tuples or 0

    def _name(self, driver: psycopg.Connection[Any], known: MutableMapping[str, Any]) -> bytes:
        """The statement's name on this connection, which is told of it the first time."""
        names: dict[NamedStatement, bytes] = known.setdefault(_KNOWN, {})
        name = names.get(self)
        if name is None:
            name = f"sameterms_{len(names)}".encode()
            _checked(driver, driver.pgconn.prepare(name, self._sql))
            names[self] = name
        return name

    def _number(self, found: re.Match[str]) -> str:
        name = found.group(1)
        if name is None:
            return "%"
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name) + 1}"


def _checked(driver: psycopg.Connection[Any], result: PGresult) -> PGresult:
    if result.status in _GOOD:
        return result
    if driver.pgconn.status == ConnStatus.BAD or result.error_field(DiagnosticField.SQLSTATE) is None:
        # What has no code does not come from the server, but from the way to it.
        driver.close()
        raise psycopg.OperationalError("the connection to the server is lost")
    if result.error_field(DiagnosticField.SEVERITY_NONLOCALIZED) in ENDS_IT:
        driver.close()  # the server has ended it; its last word came before the end itself
    raise errors.error_from_result(result)
