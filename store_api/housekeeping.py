"""What has to be done now and then while the service answers.

What it is for: keys that are older than they are kept are forgotten, a few at a time, so that a process
that runs for months does not keep them until its next start, and no write waits for the forgetting.
What it must not know: any feature.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from store_api import logs
from store_api.db import Database, OutcomeUnknown
from store_api.idempotency import forget_old_keys
from store_api.writer_queue import QueueTimeout

EVERY_SECONDS = 600.0
AT_ONCE = 200
"""Keys in one transaction: on SQLite it holds up the line of writers for some milliseconds."""
FAULTS = (QueueTimeout, OutcomeUnknown, sa.exc.DBAPIError, sa.exc.TimeoutError)


class Housekeeper:
    """A thread that keeps house from its start to its end; the first time when `every_seconds` are over."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], every_seconds: float = EVERY_SECONDS
    ) -> None:
        self._database = database
        self._clock = clock
        self._every = every_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End before the next transaction."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            try:
                self._forget()
            except FAULTS as fault:
                logs.log_failure(fault)

    def _forget(self) -> None:
        found = AT_ONCE
        while found == AT_ONCE and not self._stopped.is_set():
            with self._database.transaction() as session:
                found = forget_old_keys(session, self._clock(), most=AT_ONCE)
