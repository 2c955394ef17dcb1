"""The append-only log on the wire: entries, signed checkpoints, proofs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from store_api.contract.basis import Identifier, Wire


class LogEntry(Wire):
    """One entry of the append-only log. `subject` is an opaque identifier, never a person's data.

    `leaf_index` is its place in the log's tree; null for the moment before it has one.
    """

    entry_id: Identifier
    node_id: str
    at: dt.datetime
    action: str
    actor: str
    subject: str
    details: dict[str, Any]
    leaf_index: int | None = None


class LogPage(Wire):
    """A page of the log, oldest first; `next` is the cursor of the following page."""

    entries: tuple[LogEntry, ...]
    next: str | None


class LogCheckpoint(Wire):
    """What the log came to, in base64. `note` is the signed checkpoint to be kept (C2SP signed-note)."""

    origin: str
    size: int
    root_hash: str
    at: dt.datetime
    note: str


class LogKeys(Wire):
    """The public keys that sign this log's checkpoints, newest first, each as `name+hash+key`."""

    origin: str
    keys: tuple[str, ...]


class InclusionProof(Wire):
    """That an entry is in the log. `entry` is the text that is hashed, `hashes` base64 from leaf to root.

    Without `checkpoint` the entry has no place in a checkpoint yet: ask again in a second.
    """

    entry: str
    leaf_index: int | None
    hashes: tuple[str, ...]
    checkpoint: str | None


class ConsistencyProof(Wire):
    """That the log of `first` entries begins the log of `second`; `hashes` are base64."""

    first: int
    second: int
    hashes: tuple[str, ...]
