"""How many pages stand in the write-ahead log of a SQLite file, by the file beside it (the -shm file).

What it is for: knowing when a checkpoint is due. The log's own file never shrinks, so its size says nothing.
What it must not know: SQLAlchemy, transactions.

Never close that file while SQLite has it open: SQLite's locks on it are POSIX locks, and a process that
closes any descriptor of a file loses all of its locks on it (https://sqlite.org/howtocorrupt.html, section
2.2). Another process would then take itself for the first one and truncate the file under this one. So each
file is opened once, and closed only after SQLite has deleted it.
"""

from __future__ import annotations

import os
import sys
import threading

FRAMES_AT = 16
"""Where the file keeps their number, in the machine's own byte order
(https://sqlite.org/walformat.html#the_wal_index_header)."""

_guard = threading.Lock()
_open: dict[tuple[int, int], int] = {}
"""Descriptors by device and inode."""


def frames_in_log(database: str) -> int:
    """How many pages stand in the log of the database at this path; 0 where it has none."""
    path = f"{database}-shm"
    try:
        found = os.stat(path)
        with _guard:
            descriptor = _open.get((found.st_dev, found.st_ino))
            if descriptor is None:
                descriptor = _begin_to_read(path)
    except FileNotFoundError:
        return 0
    return int.from_bytes(os.pread(descriptor, 4, FRAMES_AT), sys.byteorder)


def _begin_to_read(path: str) -> int:
    """Open a file for good; those that were deleted meanwhile are let go."""
    for known, old in list(_open.items()):
        if os.fstat(old).st_nlink == 0:
            os.close(_open.pop(known))
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    found = os.fstat(descriptor)
    known = (found.st_dev, found.st_ino)
    _open.setdefault(known, descriptor)  # one that is known already must not be closed, either
    return descriptor
