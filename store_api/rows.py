"""Writing new rows, each by one statement that was made once for its table.

What it is for: rows that are only ever added (entries of the log, uses, redemptions, events). The unit of
work of a session finds out in what order to write what; for one row whose place is known it costs six times
what the statement does.
What it must not know: any feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import manager_of_class

from store_api.db import Base
from store_api.prepared import Prepared

Row = TypeVar("Row", bound=Base)


def add_row(session: Session, table: type[Base], /, **values: Any) -> None:
    """Write a new row at once, from its values by column; what is not named has its default, or none."""
    statement, defaults = _insert_of(table)
    statement.count(session, {**defaults, **values, "node_id": session.info["node_id"]})


def add_plain_row(session: Session, table: type[Row], /, **values: Any) -> Row:
    """The same, and the row as a value that no session follows."""
    add_row(session, table, **values)
    row: Row = manager_of_class(table).new_instance()
    vars(row).update(dict.fromkeys(table.__table__.columns.keys()), **{**_insert_of(table)[1], **values})
    return row


def plain_row(table: type[Row], found: Any) -> Row:
    """What a statement found of a table, as a row that no session follows: changing it changes no table."""
    row: Row = manager_of_class(table).new_instance()
    vars(row).update(found._asdict())
    return row


def refresh_row(row: Base, values: Mapping[str, Any]) -> None:
    """Let a row carry what a statement has just written; a session that follows it writes nothing again."""
    vars(row).update(values)


@cache
def _insert_of(kind: type[Base]) -> tuple[Prepared, dict[str, Any]]:
    """The statement of a table, and its columns' plain defaults."""
    table = kind.__table__
    defaults = {column.key: _default(column) for column in table.columns}
    known = {name: default for name, default in defaults.items() if default is not None}
    return Prepared(sa.insert(table)), known  # type: ignore[arg-type]  # a mapped class's table


def _default(column: Any) -> Any:
    default = column.default
    return default.arg if default is not None and default.is_scalar else None
