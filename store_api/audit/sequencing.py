"""The sequencer: gives entries their place in the tree, and signs what the tree comes to.

What it is for: entries are committed side by side and get no order from that; within a second one process at
a time gives them leaf indexes, grows the tree, and signs a checkpoint, in one transaction under the lock of
the log's head. An entry that commits late gets a later place; none is passed over.
What it must not know: who wrote the entries, HTTP.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from store_api.audit import merkle, store
from store_api.audit.checkpoints import Checkpoint, origin_of, sign
from store_api.audit.leaves import Leaf
from store_api.audit.models import LogCheckpointRow, LogEntryRow
from store_api.audit.store import LeafRow
from store_api.db import Database
from store_api.keys import KeyRing
from store_api.writer_queue import QueueTimeout

BATCH = 2_000
"""Entries in one transaction: some 100 ms, in which SQLite's other writers wait."""
PAUSE_SECONDS = 0.5
"""Between two looks: an entry is in a checkpoint within a second."""


def leaf_of(row: LogEntryRow | LeafRow) -> Leaf:
    """The fields of an entry that are hashed."""
    return Leaf(
        row.entry_id, row.node_id, row.at, row.action, row.actor, row.subject, row.details, row.commitments
    )


def sequence(session: Session, node_id: str, keys: KeyRing, now: datetime) -> int:
    """Give waiting entries their places and sign a checkpoint; how many there were, at most a batch."""
    head = store.lock_head(session, node_id)
    waiting = store.read_unsequenced(session, node_id, "", BATCH)
    if not waiting:
        return 0
    fresh: dict[tuple[int, int], bytes] = {}
    below = store.node_reader(session, node_id)

    def stored(level: int, position: int) -> bytes:
        return fresh.get((level, position)) or below(level, position)

    indexes: dict[str, int] = {}
    for row in waiting:
        place = head.size + len(indexes)
        leaf = merkle.hash_leaf(leaf_of(row).text().encode())
        fresh.update(
            {(level, position): digest for level, position, digest in merkle.grow(place, leaf, stored)}
        )
        indexes[row.entry_id] = place
    size = head.size + len(indexes)
    store.set_leaf_indexes(session, indexes)
    store.add_nodes(session, node_id, fresh)
    head.size = size
    checkpoint = Checkpoint(origin_of(node_id), size, merkle.root(size, stored))
    signed = LogCheckpointRow(log=node_id, size=size, at=now, note=sign(checkpoint, keys))
    store.add_checkpoint(session, signed)
    return len(indexes)


class Sequencer:
    """A thread that sequences while the service runs. Several processes may each have one."""

    def __init__(
        self, database: Database, node_id: str, keys: KeyRing, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._node_id = node_id
        self._keys = keys
        self._clock = clock
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log sequencer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End after the batch that is under way."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def run_once(self) -> int:
        """Sequence everything that waits now; how many entries."""
        done, batch = 0, BATCH
        # Less than a batch was all there was. What has come since waits for the next look: one by one, its
        # entries would each cost as much as a batch.
        while batch == BATCH and not self._closing.is_set() and self._is_needed():
            with self._database.transaction() as session:
                batch = sequence(session, self._node_id, self._keys, self._clock())
            done += batch
        return done

    def _is_needed(self) -> bool:
        with self._database.reading() as session:
            return store.has_unsequenced(session, self._node_id)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self.run_once()
            except (QueueTimeout, sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
                # The database is busy or away: nothing was done, and the entries wait.
                structlog.get_logger().warning("log.sequencer_waits", fault=type(error).__name__)
            self._closing.wait(PAUSE_SECONDS)
