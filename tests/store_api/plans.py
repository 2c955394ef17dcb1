"""How a database would find the rows of each statement that a piece of work sends.

What it is for: noting the real statements while they run, and asking for their plans afterwards.
What it must not know: which statements there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from store_api.db import Database

KINDS = ("SELECT", "UPDATE", "DELETE", "INSERT", "WITH")
SMALL = frozenset(
    {
        "agreement_lengths",
        "alembic_version",
        "devices",
        "event_counters",
        "policy_versions",
        "price_list_devices",
        "staff",
        "stores",
    }
)
"""Tables that do not grow with the customers: as many rows as a carrier has stores, devices or policies."""


@dataclass
class Notes:
    """Statements, each once, with the parameters of one time that it ran."""

    statements: dict[str, Any] = field(default_factory=dict)

    def note(self, _c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:
        """As SQLAlchemy tells of a statement."""
        if statement.lstrip().startswith(KINDS):
            self.statements.setdefault(statement, parameters[0] if many else parameters)


@contextmanager
def noted() -> Iterator[Notes]:
    """Note every statement that this process sends meanwhile."""
    notes = Notes()
    sa.event.listen(Engine, "before_cursor_execute", notes.note)
    try:
        yield notes
    finally:
        sa.event.remove(Engine, "before_cursor_execute", notes.note)


def whole_reads(database: Database, notes: Notes, *, planner: str = "") -> list[str]:
    """Statements that would read a whole table that grows, with the table; `planner` is said before."""
    explain = _explain_sqlite if database.is_sqlite else _explain_postgres
    found = []
    for statement, parameters in notes.statements.items():
        for table in explain(database, statement, parameters, planner):
            if table not in SMALL:
                found.append(f"{table}: {' '.join(statement.split())}")
    return found


def _explain_sqlite(database: Database, statement: str, parameters: Any, _planner: str) -> Iterator[str]:
    """Tables that are gone through from end to end (https://sqlite.org/eqp.html)."""
    with database.reader.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        details = [str(row[3]) for row in cursor.fetchall()]
        cursor.close()
    for detail in details:
        words = detail.split()
        is_constant = words[1].startswith("(") or "CONSTANT" in words
        if words[0] == "SCAN" and not is_constant:
            yield words[1]


def _explain_postgres(database: Database, statement: str, parameters: Any, planner: str) -> Iterator[str]:
    """Tables that are read without a condition that an index serves."""
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        if planner:
            connection.execute(planner.encode())
        cursor = psycopg.ClientCursor(connection)
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}".encode(), parameters)
        row = cursor.fetchone()
        connection.rollback()
    assert row is not None
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    yield from _unserved(plan[0]["Plan"])


def _unserved(node: dict[str, Any]) -> Iterator[str]:
    table = node.get("Relation Name")
    if table is not None and node["Node Type"] != "ModifyTable" and not _served(node):
        yield table
    for child in node.get("Plans", []):
        yield from _unserved(child)


def _served(node: dict[str, Any]) -> bool:
    return "Index Cond" in node or any(_has(child, "Index Cond") for child in node.get("Plans", []))


def _has(node: dict[str, Any], key: str) -> bool:
    return key in node or any(_has(child, key) for child in node.get("Plans", []))
