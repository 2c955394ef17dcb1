"""Statements on the log's tables.

What it must not know: HTTP, what the entries mean, keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.audit.models import (
    LogCheckpointRow,
    LogEntryRow,
    LogHeadRow,
    LogNodeRow,
    LogPersonalField,
)
from store_api.prepared import Prepared

CHUNK = 1_000
"""Rows that are read or written at once; a parameter list stays below every database's limit."""
_N = LogNodeRow.__table__.c
_NODE = Prepared(
    sa.select(_N.digest).where(
        _N.log == sa.bindparam("of"), _N.level == sa.bindparam("at"), _N.position == sa.bindparam("place")
    )
)
_SET_LEAVES = sa.text(
    "UPDATE log_entries SET leaf_index = given.leaf "
    "FROM unnest(CAST(:entries AS text[]), CAST(:leaves AS bigint[])) AS given (entry, leaf) "
    "WHERE entry_id = given.entry AND leaf_index IS NULL"
)
_ADD_NODES = sa.text(
    "INSERT INTO log_nodes (log, level, position, digest) SELECT CAST(:log AS text), given.* FROM unnest("
    "CAST(:levels AS smallint[]), CAST(:positions AS bigint[]), CAST(:digests AS bytea[])) AS given"
)
"""PostgreSQL's: one statement for a batch. Row by row it took ten times the processor's time."""


class LeafRow(NamedTuple):
    """A sequenced entry as a plain row."""

    entry_id: str
    node_id: str
    at: datetime
    action: str
    actor: str
    subject: str
    details: dict[str, Any]
    commitments: dict[str, Any]
    leaf_index: int


def read_leaves(session: Session, node_id: str, after: int, limit: int) -> Sequence[LogEntryRow]:
    """Entries of a node's tree after a leaf index, in their order."""
    query = sa.select(LogEntryRow).where(LogEntryRow.node_id == node_id, LogEntryRow.leaf_index > after)
    return session.scalars(query.order_by(LogEntryRow.leaf_index).limit(limit)).all()


def read_unsequenced(
    session: Session, node_id: str, after: str, limit: int, *, lock: bool = False
) -> Sequence[LogEntryRow]:
    """Entries that have no leaf index yet, by identifier; a node's identifiers sort by time."""
    query = (
        sa.select(LogEntryRow)
        .where(LogEntryRow.node_id == node_id, LogEntryRow.leaf_index.is_(None), LogEntryRow.entry_id > after)
        .order_by(LogEntryRow.entry_id)
        .limit(limit)
    )
    return session.scalars(query.with_for_update() if lock else query).all()


def find_entry(session: Session, entry_id: str) -> LogEntryRow | None:
    """One entry."""
    return session.get(LogEntryRow, entry_id)


def has_acted(session: Session, actor: str, subjects: Collection[str]) -> bool:
    """Whether an actor has an entry about one of these subjects."""
    query = sa.select(sa.literal(1)).where(LogEntryRow.subject.in_(subjects), LogEntryRow.actor == actor)
    return session.scalar(query.limit(1)) is not None


def has_unsequenced(session: Session, node_id: str) -> bool:
    """Whether an entry waits for the sequencer."""
    query = sa.select(sa.literal(1)).where(LogEntryRow.node_id == node_id, LogEntryRow.leaf_index.is_(None))
    return session.scalar(query.limit(1)) is not None


def lock_head(session: Session, node_id: str) -> LogHeadRow:
    """The size of a node's tree, locked until this transaction ends."""
    query = sa.select(LogHeadRow).where(LogHeadRow.log == node_id).with_for_update()
    head = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if head is None:
        head = LogHeadRow(log=node_id, size=0)
        session.add(head)
        session.flush()
    return head


def tree_size(session: Session, node_id: str) -> int:
    """How many leaves a node's tree has."""
    return session.scalar(sa.select(LogHeadRow.size).where(LogHeadRow.log == node_id)) or 0


def set_leaf_indexes(session: Session, indexes: Mapping[str, int]) -> None:
    """Write the leaf index of entries by identifier."""
    if _is_postgres(session):
        arrays = {"entries": list(indexes), "leaves": list(indexes.values())}
        session.connection().execute(_SET_LEAVES, arrays)
        return
    statement = (
        sa.update(LogEntryRow)
        .where(LogEntryRow.entry_id == sa.bindparam("entry"), LogEntryRow.leaf_index.is_(None))
        .values(leaf_index=sa.bindparam("leaf"))
    )
    rows = [{"entry": entry_id, "leaf": leaf} for entry_id, leaf in indexes.items()]
    session.connection().execute(statement, rows)


def add_nodes(session: Session, node_id: str, nodes: Mapping[tuple[int, int], bytes]) -> None:
    """Write complete subtrees."""
    if _is_postgres(session):
        levels, positions = ([place[part] for place in nodes] for part in (0, 1))
        arrays = {"levels": levels, "positions": positions, "digests": list(nodes.values())}
        session.connection().execute(_ADD_NODES, {"log": node_id, **arrays})
        return
    rows = [
        {"log": node_id, "level": level, "position": position, "digest": digest}
        for (level, position), digest in nodes.items()
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(sa.insert(LogNodeRow), rows[start : start + CHUNK])


def _is_postgres(session: Session) -> bool:
    return session.connection().dialect.name == "postgresql"


def node_reader(session: Session, node_id: str) -> Callable[[int, int], bytes]:
    """Reads stored subtrees one by one, as the tree's functions ask. Raises LookupError for a missing one."""

    def stored(level: int, position: int) -> bytes:
        found = _NODE.first(session, {"of": node_id, "at": level, "place": position})
        if found is None:
            raise LookupError(f"the subtree at level {level}, position {position} is missing")
        return bytes(found.digest)

    return stored


def read_leaf_hashes(session: Session, node_id: str) -> Iterator[tuple[int, bytes]]:
    """Every leaf's stored hash, in order."""
    query = (
        sa.select(LogNodeRow.position, LogNodeRow.digest)
        .where(LogNodeRow.log == node_id, LogNodeRow.level == 0)
        .order_by(LogNodeRow.position)
        .execution_options(yield_per=CHUNK)
    )
    for position, digest in session.execute(query):
        yield int(position), bytes(digest)


def read_all_leaves(session: Session, node_id: str) -> Iterator[LeafRow]:
    """Every sequenced entry in its order, a chunk at a time, as plain rows; nothing is kept."""
    columns = (
        LogEntryRow.entry_id, LogEntryRow.node_id, LogEntryRow.at, LogEntryRow.action, LogEntryRow.actor,
        LogEntryRow.subject, LogEntryRow.details, LogEntryRow.commitments, LogEntryRow.leaf_index,
    )  # fmt: skip
    query = sa.select(*columns).where(
        LogEntryRow.node_id == node_id, LogEntryRow.leaf_index > sa.bindparam("after")
    )
    query = query.order_by(LogEntryRow.leaf_index).limit(CHUNK)
    after = -1
    while rows := session.execute(query, {"after": after}).all():
        yield from (LeafRow(*row) for row in rows)
        after = rows[-1].leaf_index


def read_personal_fields(session: Session, entry_ids: Sequence[str]) -> Sequence[LogPersonalField]:
    """The personal fields of entries that were not erased."""
    return session.scalars(sa.select(LogPersonalField).where(LogPersonalField.entry_id.in_(entry_ids))).all()


def add_checkpoint(session: Session, row: LogCheckpointRow) -> None:
    """Keep a signed checkpoint."""
    session.add(row)
    session.flush()


def newest_checkpoint(session: Session, node_id: str) -> LogCheckpointRow | None:
    """The checkpoint of the largest tree."""
    query = sa.select(LogCheckpointRow).where(LogCheckpointRow.log == node_id)
    return session.scalars(query.order_by(LogCheckpointRow.size.desc()).limit(1)).first()


def read_checkpoints(session: Session, node_id: str) -> Sequence[LogCheckpointRow]:
    """Every checkpoint, smallest tree first."""
    query = sa.select(LogCheckpointRow).where(LogCheckpointRow.log == node_id)
    return session.scalars(query.order_by(LogCheckpointRow.size)).all()
