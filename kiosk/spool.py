"""The one durable thing that the kiosk owns: requests that nobody knows the end of yet, and print jobs.

What it is for: a request's idempotency key is written down before it is sent, so that after a crash the
key can be settled; a print job is written down before it is printed, so that it survives a printer's fault
and a restart. Both are purged when they are settled. What it must not know: what a request or a receipt
says; it keeps their text.

A print job has a key (a page that asks twice uses it twice) and a name: that which it is a paper of, a
decision or a redemption. At most one paper of a name comes out without the mark of a copy: once bytes of it
may have reached a printer, whatever is printed later is a copy. So a job that was "printing" when the
process ended is printed again, as a copy.

Times are seconds of the caller's clock since the epoch. Every change is on the disk before a call returns.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

JobState = Literal["queued", "printing", "printed", "failed"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS unsettled (
  key TEXT PRIMARY KEY, request TEXT NOT NULL, since REAL NOT NULL, owner TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS print_job (
  key TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'printing', 'printed', 'failed')),
  document TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  trouble TEXT,
  not_before REAL NOT NULL DEFAULT 0,
  changed REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS print_job_by_name ON print_job (name);
CREATE TABLE IF NOT EXISTS paper_out (name TEXT PRIMARY KEY, since REAL NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A request that was sent, or was about to be, and whose answer was never kept.

    `owner` says whose key it is, without being a secret; empty in a spool of an earlier version.
    """

    key: str
    request: str
    since: float
    owner: str = ""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A print job as it stands. `document` is gone once it is printed.

    `as_copy`: a paper of its name may be out already, so that the next one is a copy. `trouble` is the
    printer's fault that keeps it waiting, if any.
    """

    key: str
    name: str
    state: JobState
    document: str | None
    tries: int
    trouble: str | None
    changed: float
    as_copy: bool


class Spool:
    """The file at `path`. Safe to call from many threads; one process owns it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # A rollback journal synced in full: no dependence on the checkpoints of a write-ahead log.
        self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA secure_delete = ON")
        self._connection.executescript(SCHEMA)
        columns = [row[1] for row in self._connection.execute("PRAGMA table_info(unsettled)")]
        if "owner" not in columns:
            self._connection.execute("ALTER TABLE unsettled ADD COLUMN owner TEXT NOT NULL DEFAULT ''")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    # --- Requests -------------------------------------------------------------------------------

    def remember(self, key: str, request: str, now: float, owner: str = "") -> None:
        """Write a request down before it is sent; a key that is known keeps its first request."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO unsettled (key, request, since, owner) VALUES (?, ?, ?, ?)",
                (key, request, now, owner),
            )

    def settle(self, key: str) -> None:
        """Forget a request whose answer is known."""
        with self._writing() as connection:
            connection.execute("DELETE FROM unsettled WHERE key = ?", (key,))

    def unsettled(self) -> list[Unsettled]:
        """Requests without a known end, oldest first."""
        rows = self._rows("SELECT key, request, since, owner FROM unsettled ORDER BY since, rowid")
        return [Unsettled(*row) for row in rows]

    # --- Print jobs -----------------------------------------------------------------------------

    def add_job(self, key: str, name: str, document: str, now: float) -> PrintJob:
        """Queue a document; a job of that key that exists is left as it is and given back."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO print_job (key, name, state, document, changed)"
                " VALUES (?, ?, 'queued', ?, ?)",
                (key, name, document, now),
            )
        return self._known_job(key)

    def job(self, key: str) -> PrintJob | None:
        """The job of a key, or None where there was none or it was purged."""
        return next(iter(self._jobs("WHERE key = ?", key)), None)

    def newest_job(self, name: str) -> PrintJob | None:
        """The job of a name that was changed last, or None."""
        return next(iter(self._jobs("WHERE name = ? ORDER BY changed DESC, rowid DESC", name)), None)

    def take_job(self, now: float) -> PrintJob | None:
        """Claim the oldest job that may be printed now; it is "printing" from then on."""
        for job in self._jobs("WHERE state = 'queued' AND not_before <= ? ORDER BY changed", now):
            with self._writing() as connection:
                claimed = connection.execute(
                    "UPDATE print_job SET state = 'printing', tries = tries + 1, changed = ?"
                    " WHERE key = ? AND state = 'queued'",
                    (now, job.key),
                ).rowcount
            if claimed:
                return self._known_job(job.key)
        return None

    def finish_job(self, key: str, now: float) -> None:
        """It is on paper: the document goes, the key stays so that it is not printed twice."""
        with self._writing() as connection:
            _note_paper(connection, key, now)
            _change(connection, key, "state = 'printed', document = NULL, trouble = NULL", now)

    def put_back(self, key: str, trouble: str, reached_printer: bool, not_before: float, now: float) -> None:
        """It did not come out: keep it for `not_before`, as a copy where paper may carry it already."""
        with self._writing() as connection:
            if reached_printer:
                _note_paper(connection, key, now)
            changes = "state = 'queued', trouble = ?, not_before = ?"
            _change(connection, key, changes, now, trouble, not_before)

    def fail_job(self, key: str, trouble: str, now: float) -> None:
        """It cannot be printed at all, whatever the printer does; it stays until it is retried."""
        with self._writing() as connection:
            _change(connection, key, "state = 'failed', trouble = ?", now, trouble)

    def retry_job(self, key: str, now: float) -> None:
        """Print a waiting or failed job at the next chance instead of later."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE print_job SET state = 'queued', not_before = 0, changed = ?"
                " WHERE key = ? AND state IN ('queued', 'failed')",
                (now, key),
            )

    def recover_jobs(self, now: float) -> int:
        """Queue, as copies, the jobs that were printing when a process ended; gives their number."""
        with self._writing() as connection:
            rows = connection.execute("SELECT key FROM print_job WHERE state = 'printing'").fetchall()
            for (key,) in rows:
                _note_paper(connection, key, now)
                _change(connection, key, "state = 'queued', not_before = 0", now)
        return len(rows)

    def purge_printed(self, before: float) -> int:
        """Forget jobs and names that were printed before a moment; gives the number of jobs."""
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM paper_out WHERE since < ? AND name NOT IN (SELECT name FROM print_job)",
                (before,),
            )
            statement = "DELETE FROM print_job WHERE state = 'printed' AND changed < ?"
            return connection.execute(statement, (before,)).rowcount

    def waiting_jobs(self) -> list[PrintJob]:
        """Jobs that are not on paper yet, oldest first."""
        return self._jobs("WHERE state != 'printed' ORDER BY changed")

    # --- The file -------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def _jobs(self, where: str, *values: object) -> list[PrintJob]:
        columns = "key, name, state, document, tries, trouble, changed, name IN (SELECT name FROM paper_out)"
        rows = self._rows(f"SELECT {columns} FROM print_job {where}", *values)  # noqa: S608 - our own text
        return [_job_of(row) for row in rows]

    def _known_job(self, key: str) -> PrintJob:
        job = self.job(key)
        if job is None:
            raise KeyError(key)
        return job


def _note_paper(connection: sqlite3.Connection, key: str, now: float) -> None:
    """Write down that a paper of this job's name may be out."""
    connection.execute(
        "INSERT OR IGNORE INTO paper_out SELECT name, ? FROM print_job WHERE key = ?", (now, key)
    )


def _change(connection: sqlite3.Connection, key: str, changes: str, now: float, *values: object) -> None:
    statement = f"UPDATE print_job SET {changes}, changed = ? WHERE key = ? AND state = 'printing'"  # noqa: S608
    connection.execute(statement, (*values, now, key))


def _job_of(row: tuple[Any, ...]) -> PrintJob:
    key, name, state, document, tries, trouble, changed, as_copy = row
    return PrintJob(key, name, state, document, tries, trouble, changed, bool(as_copy))
