"""Writing new rows, each by one statement that was made once for its table.

What it is for: rows that are only ever added (entries of the log, uses, redemptions, events). The unit of
work of a session finds out in what order to write what; for one row whose place is known it costs six times
what the statement does.
What it must not know: any feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from store_api.db import Base


def insert_row(session: Session, row: Base) -> None:
    """Write a new row at once, after what is pending. It stays a plain value: nothing follows its changes."""
    session.flush()
    statement, columns = _insert_of(type(row))
    values: dict[str, Any] = {}
    for name, default in columns:
        value = getattr(row, name)
        if value is None and default is not None:
            value = default
            setattr(row, name, value)
        values[name] = value
    values["node_id"] = session.info["node_id"]
    session.execute(statement, values)


@cache
def _insert_of(kind: type[Base]) -> tuple[sa.Insert, tuple[tuple[str, Any], ...]]:
    """The statement of a table, and its columns but the node's, each with its plain default."""
    table = kind.__table__
    columns = tuple((column.key, _default(column)) for column in table.columns if column.key != "node_id")
    return sa.insert(table), columns  # type: ignore[arg-type]  # a mapped class's table


def _default(column: Any) -> Any:
    default = column.default
    return default.arg if default is not None and default.is_scalar else None


def refresh_row(row: Base, values: Mapping[str, Any]) -> None:
    """Let a row that a session knows carry what a statement has just written; nothing is written again."""
    for name, value in values.items():
        set_committed_value(row, name, value)
