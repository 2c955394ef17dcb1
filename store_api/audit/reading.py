"""Reading the log: its pages, its newest checkpoint, and the proofs that an entry is in it.

What it must not know: HTTP, who asks, how entries come into the log.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from sqlalchemy.orm import Session

from store_api.audit import merkle, store
from store_api.audit.checkpoints import read_body
from store_api.audit.models import LogEntryRow
from store_api.audit.sequencing import leaf_of
from store_api.contract import (
    ConsistencyProof,
    InclusionProof,
    LogCheckpoint,
    LogEntry,
    LogPage,
)

PAGE = 100
"""Entries in one page of the log."""


def read_page(session: Session, node_id: str, after: str | None) -> LogPage:
    """A page of a node's log after a cursor: in the tree's order, then what waits for its place.

    The cursor is a leaf index, or the identifier of an entry that had none yet.
    """
    rows: list[LogEntryRow] = []
    waiting_after = ""
    if after is None or after.isdecimal():
        rows += store.read_leaves(session, node_id, int(after) if after else -1, PAGE + 1)
    else:
        waiting_after = after
    if len(rows) <= PAGE:
        rows += store.read_unsequenced(session, node_id, waiting_after, PAGE + 1 - len(rows))
    entries = tuple(show_entry(row) for row in rows[:PAGE])
    return LogPage(entries=entries, next=_cursor(rows[PAGE - 1]) if len(rows) > PAGE else None)


def show_entry(row: LogEntryRow) -> LogEntry:
    """An entry as the wire has it."""
    return LogEntry(
        entry_id=row.entry_id,
        node_id=row.node_id,
        at=row.at,
        action=row.action,
        actor=row.actor,
        subject=row.subject,
        details={**row.details, "commitments": row.commitments},
        leaf_index=row.leaf_index,
    )


def newest_checkpoint(session: Session, node_id: str) -> LogCheckpoint | None:
    """The newest signed checkpoint; None before the first."""
    row = store.newest_checkpoint(session, node_id)
    if row is None:
        return None
    told = read_body(row.note)
    root = base64.b64encode(told.root_hash).decode()
    return LogCheckpoint(origin=told.origin, size=told.size, root_hash=root, at=row.at, note=row.note)


def prove_inclusion(session: Session, node_id: str, entry_id: str) -> InclusionProof | None:
    """The proof that an entry is in the newest checkpoint; None for an unknown entry.

    An entry that has no place yet has neither proof nor checkpoint.
    """
    row = store.find_entry(session, entry_id)
    if row is None or row.node_id != node_id:
        return None
    text = leaf_of(row).text()
    newest = newest_checkpoint(session, node_id)
    if row.leaf_index is None or newest is None or row.leaf_index >= newest.size:
        return InclusionProof(entry=text, leaf_index=None, hashes=(), checkpoint=None)
    stored = store.node_reader(session, node_id)
    hashes = merkle.inclusion_proof(row.leaf_index, newest.size, stored)
    return InclusionProof(
        entry=text, leaf_index=row.leaf_index, hashes=tuple(_encode(hashes)), checkpoint=newest.note
    )


def prove_consistency(session: Session, node_id: str, first: int, second: int) -> ConsistencyProof | None:
    """The proof that the first `first` leaves begin the first `second`; None where there are not so many."""
    if not 0 < first <= second <= store.tree_size(session, node_id):
        return None
    hashes = merkle.consistency_proof(first, second, store.node_reader(session, node_id))
    return ConsistencyProof(first=first, second=second, hashes=tuple(_encode(hashes)))


def _encode(hashes: list[bytes]) -> Iterator[str]:
    return (base64.b64encode(each).decode() for each in hashes)


def _cursor(row: LogEntryRow) -> str:
    return row.entry_id if row.leaf_index is None else str(row.leaf_index)
