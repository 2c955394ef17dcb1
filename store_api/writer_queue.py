"""The one queue in which all writes and checkpoints of a SQLite file stand.

What it is for: fairness in and across processes (SQLite's own busy handler starves writers), and, on
libraries with the WAL-reset race (https://sqlite.org/wal.html#the_wal_reset_bug), the promise that a
write and a checkpoint never overlap.
What it must not know: SQLAlchemy, SQL, any table.

Threads of a process stand in line one by one. The head of each process's line then passes two file locks:
the turnstile, which only the next in turn holds, and the door, which the writer holds. Who leaves the door
cannot take it again at once, because somebody already stands in the turnstile. The time limit is for the
threads' line; between processes the kernel wakes whoever waits, also when the holder dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class QueueTimeout(Exception):
    """A turn did not come in time. Nothing was written."""


class ThreadLine:
    """A first-come, first-served lock for the threads of one process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._waiting)

    def enter(self, seconds: float) -> None:
        """Wait for the turn. Raises QueueTimeout."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        if not turn.wait(seconds):
            self._give_up(turn)

    def leave(self) -> None:
        """Hand the turn to the one who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False

    def _give_up(self, turn: threading.Event) -> None:
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise QueueTimeout("other writes took too long")


class WriterQueue:
    """The queue of one database file; `path` is the database's own path."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._paths = (Path(f"{path}-turnstile"), Path(f"{path}-door"))
        self._seconds = seconds
        self._line = ThreadLine()
        self._files: tuple[int, int] | None = None
        self._owner = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the only right to write or to checkpoint. Raises QueueTimeout."""
        self._line.enter(self._seconds)
        try:
            turnstile, door = self._open_files()
            fcntl.flock(turnstile, fcntl.LOCK_EX)
            try:
                fcntl.flock(door, fcntl.LOCK_EX)
            finally:
                fcntl.flock(turnstile, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(door, fcntl.LOCK_UN)
        finally:
            self._line.leave()

    def close(self) -> None:
        """Close the lock files."""
        if self._files is not None and self._owner == os.getpid():
            for descriptor in self._files:
                os.close(descriptor)
        self._files = None

    def _open_files(self) -> tuple[int, int]:
        # A lock belongs to the open file, and a forked process shares it with its parent: so each process
        # opens the files for itself.
        if self._files is None or self._owner != os.getpid():
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._files = (os.open(self._paths[0], flags, 0o600), os.open(self._paths[1], flags, 0o600))
            self._owner = os.getpid()
        return self._files
