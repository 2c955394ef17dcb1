"""Checking a whole log: every entry against its hash, the tree against every checkpoint, in words.

What it is for: `audit verify`, on the database or on an export. What it finds names the entry that broke,
or between which two checkpoints. A checkpoint that was handed out before shows what nothing inside can: a
tail that was cut, or a log that was written anew from the start.
What it must not know: HTTP, where the text of an export comes from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from store_api.audit import merkle, store
from store_api.audit.checkpoints import (
    BadCheckpoint,
    Checkpoint,
    VerifierKey,
    origin_of,
    read_note,
    verifier_keys,
)
from store_api.audit.exporting import FORMAT, write_line
from store_api.audit.leaves import commitment
from store_api.audit.sequencing import leaf_of
from store_api.audit.store import LeafRow
from store_api.keys import KeyRing

MOST_FAULTS = 50
"""So many faults are told; a log that is broken throughout is broken."""


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was written. `leaf_index` and `entry_id` where it is one entry."""

    code: str
    says: str
    leaf_index: int | None = None
    entry_id: str | None = None


@dataclass(frozen=True)
class Verified:
    """What a check came to: how many entries and checkpoints were read, and what is wrong with them."""

    origin: str
    size: int
    root_hash: bytes
    checkpoints: int
    faults: tuple[Fault, ...]


class _Peaks:
    """The complete subtrees at the right edge of a growing tree: all that its next root needs."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf."""
        place, current = self.size, leaf
        while place % 2:
            current = merkle.hash_node(self._peaks.pop(), current)
            place //= 2
        self._peaks.append(current)
        self.size += 1

    def root(self) -> bytes:
        """The root of the leaves so far."""
        if not self._peaks:
            return merkle.EMPTY_ROOT
        current = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            current = merkle.hash_node(peak, current)
        return current


def verify_database(
    session: Session, node_id: str, keys: KeyRing, handed_out: Sequence[str] = ()
) -> Verified:
    """Check a node's log in the database; `handed_out` are checkpoints that were kept elsewhere."""
    known = verifier_keys(keys, node_id)
    notes = [row.note for row in store.read_checkpoints(session, node_id)]
    checking = _Checking(origin_of(node_id), known, notes, handed_out)
    hashes = store.read_leaf_hashes(session, node_id)
    for chunk in _chunks(store.read_all_leaves(session, node_id)):
        checking.faults += _opened(session, chunk)
        for row in chunk:
            _check_row(checking, row, hashes)
    left = sum(1 for _ in hashes)
    if left:
        checking.faults.append(Fault("entry.missing", f"{left} entries at the end are gone", checking.size))
    if store.tree_size(session, node_id) != checking.size + left:
        checking.faults.append(Fault("head.wrong", "the head does not count the entries that are there"))
    return checking.finish()


def verify_export(lines: Iterable[str], keys: Sequence[str] = (), handed_out: Sequence[str] = ()) -> Verified:
    """Check an export, line by line, under the log's public keys as known from elsewhere, or else its own.

    Raises BadCheckpoint where the text is no export at all.
    """
    rows = iter(lines)
    header = _header(next(rows, ""))
    own = tuple(VerifierKey.read(str(text)) for text in header["keys"])
    known = tuple(VerifierKey.read(text) for text in keys) or own
    notes: list[str] = []
    checking: _Checking | None = None
    for line in rows:
        content = _content(line)
        if checking is None and "checkpoint" in content:
            notes.append(str(content["checkpoint"]))
            continue
        checking = checking or _Checking(str(header["origin"]), known, notes, handed_out)
        _check_content(checking, content)
    checking = checking or _Checking(str(header["origin"]), known, notes, handed_out)
    if header["size"] != checking.size:
        says = f"the export says {header['size']} entries and holds {checking.size}"
        checking.faults.append(Fault("export.size", says, checking.size))
    return checking.finish()


class _Checking:
    """A log as it is read: grows the tree and compares it with each checkpoint as it comes by."""

    def __init__(
        self, origin: str, known: tuple[VerifierKey, ...], notes: Sequence[str], handed_out: Sequence[str]
    ) -> None:
        self.origin = origin
        self.faults: list[Fault] = []
        self.seen: set[str] = set()
        self._peaks = _Peaks()
        self._good = 0
        self._count = 0
        self._waiting: dict[int, list[Checkpoint]] = {}
        for note in (*notes, *handed_out):
            self._expect(note, known)

    @property
    def size(self) -> int:
        """How many leaves were read."""
        return self._peaks.size

    def add(self, leaf: bytes) -> None:
        """The next leaf's hash; where a checkpoint has this size, its root is compared."""
        self._peaks.add(leaf)
        for checkpoint in self._waiting.pop(self.size, ()):
            if checkpoint.root_hash == self._peaks.root():
                self._good = self.size
                continue
            says = (
                f"the checkpoint of {checkpoint.size} entries has another root: "
                f"an entry from number {self._good} to {checkpoint.size - 1} was changed"
            )
            self.faults.append(Fault("checkpoint.root", says, self._good))

    def finish(self) -> Verified:
        """What is left: checkpoints of a log that was longer."""
        for size in sorted(self._waiting):
            says = f"a checkpoint counts {size} entries, and there are {self.size}: the end is missing"
            self.faults.append(Fault("log.cut", says, self.size))
        return Verified(
            self.origin, self.size, self._peaks.root(), self._count, tuple(self.faults[:MOST_FAULTS])
        )

    def _expect(self, note: str, known: tuple[VerifierKey, ...]) -> None:
        self._count += 1
        try:
            checkpoint = read_note(note, known)
        except BadCheckpoint as bad:
            self.faults.append(Fault("checkpoint.bad", f"checkpoint {self._count}: {bad}"))
            return
        if checkpoint.origin != self.origin:
            says = f"checkpoint {self._count} is of the log {checkpoint.origin}"
            self.faults.append(Fault("checkpoint.bad", says))
            return
        self._waiting.setdefault(checkpoint.size, []).append(checkpoint)


def _check_row(checking: _Checking, row: LeafRow, hashes: Iterator[tuple[int, bytes]]) -> None:
    """One row against its stored hash and its place."""
    place, told = next(hashes, (None, b""))
    leaf = merkle.hash_leaf(leaf_of(row).text().encode())
    index = row.leaf_index
    if index != checking.size or place != checking.size:
        says = f"entry number {checking.size} is missing or stands elsewhere"
        checking.faults.append(Fault("entry.missing", says, checking.size))
    elif leaf != told:
        says = f"entry number {index} ({row.entry_id}) is not what was written"
        checking.faults.append(Fault("entry.changed", says, index, row.entry_id))
    checking.add(leaf)


def _check_content(checking: _Checking, content: dict[str, Any]) -> None:
    """One entry of an export: in its place, as its own hash says, and there once; the tree does the rest."""
    place, text = checking.size, str(content.get("entry", ""))
    leaf = merkle.hash_leaf(text.encode("utf-8", "surrogatepass"))
    entry_id = _entry_id(text)
    if content.get("leaf_index") != place:
        says = f"entry number {place} is missing or stands elsewhere"
        checking.faults.append(Fault("entry.missing", says, place, entry_id))
    elif content.get("leaf_hash") != leaf.hex():
        says = f"entry number {place} ({entry_id or 'unreadable'}) is not what was written"
        checking.faults.append(Fault("entry.changed", says, place, entry_id))
    elif entry_id in checking.seen:
        says = f"entry number {place} ({entry_id}) is there twice"
        checking.faults.append(Fault("entry.twice", says, place, entry_id))
    checking.seen.add(entry_id or "")
    checking.add(leaf)


def _entry_id(text: str) -> str | None:
    try:
        return str(json.loads(text)["entry_id"])
    except (ValueError, TypeError, KeyError):
        return None


def _content(line: str) -> dict[str, Any]:
    """A line of an export; one that is not written as lines are has nothing in it, and is told as missing."""
    try:
        content = json.loads(line)
    except ValueError:
        return {}
    return content if isinstance(content, dict) and write_line(content) == line else {}


def _opened(session: Session, rows: Sequence[LeafRow]) -> list[Fault]:
    """Personal fields that do not open the commitment that the entry holds. Erased ones open nothing."""
    by_id = {row.entry_id: row for row in rows}
    faults = []
    for field in store.read_personal_fields(session, list(by_id)):
        row = by_id[field.entry_id]
        if row.commitments.get(field.name) != commitment(field.name, field.value, field.salt):
            says = f"the field {field.name} of entry number {row.leaf_index} is not what was committed to"
            faults.append(Fault("field.changed", says, row.leaf_index, row.entry_id))
    return faults


def _chunks(rows: Iterator[LeafRow]) -> Iterator[list[LeafRow]]:
    chunk: list[LeafRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == store.CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _header(line: str) -> dict[str, Any]:
    """The first line of an export. Raises BadCheckpoint."""
    content = _content(line)
    if content.get("format") != FORMAT or not isinstance(content.get("keys"), list):
        raise BadCheckpoint("the file does not begin as an export of a log does")
    return content
