"""What the data really stands on: asked of the database itself, not of our settings.

What it is for: remarks for `db check` and for the log's first lines, where what was asked for is not what is
in force, or where the ground is unsafe: a journal without its write-ahead log, a file on a network file
system, a PostgreSQL that does not flush, a standby.
What it must not know: the schema, any feature.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.db import Database

MOUNTS = Path("/proc/self/mounts")
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "fuse.sshfs"}
)
"""Where file locks and the shared memory of a write-ahead log are not to be trusted
(https://sqlite.org/wal.html, "all processes must be on the same host computer")."""
FULL = 2
DURABLE = {
    "fsync": "a power cut can destroy the database",
    "full_page_writes": "a power cut can destroy the database",
    "synchronous_commit": "a power cut can lose what was acknowledged",
}


def find_remarks(database: Database) -> list[str]:
    """What an operator should know, in words; empty where all is as it should be."""
    with database.reading() as session:
        return list(_sqlite(session, database) if database.is_sqlite else _postgres(session))


def _sqlite(session: Session, database: Database) -> Iterator[str]:
    mode = session.scalar(sa.text("PRAGMA journal_mode"))
    if mode != "wal":
        yield f"the journal mode is {mode} instead of wal: readers and writers wait for each other"
    if session.scalar(sa.text("PRAGMA synchronous")) != FULL:
        yield "synchronous is not FULL: a power cut can lose what was acknowledged"
    kind = file_system(Path(database.url.database or "."), MOUNTS.read_text() if MOUNTS.exists() else "")
    if kind in NETWORK_FILE_SYSTEMS:
        yield f"the file is on a network file system ({kind}), where its locks are not to be trusted: move it"


def _postgres(session: Session) -> Iterator[str]:
    for name, consequence in DURABLE.items():
        if session.scalar(sa.text(f"SHOW {name}")) == "off":
            yield f"{name} is off: {consequence}"
    if session.scalar(sa.text("SELECT pg_is_in_recovery()")):
        yield "this is a standby: nothing can be decided on it"


def file_system(path: Path, mounts: str) -> str:
    """The kind of file system that a path is on, by a table of mounts (see proc(5)); "" if not known."""
    place, found = path.absolute(), ("", "")
    for line in mounts.splitlines():
        _, point, kind, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if place.is_relative_to(point) and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]
