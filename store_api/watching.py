"""How a process learns that another one has told something.

What it is for: ringing this process's bell (events.py) when a commit elsewhere brought events. On
PostgreSQL by LISTEN and NOTIFY over one connection, on SQLite by looking at a counter that SQLite keeps.
What it must not know: what an event says; streams, HTTP.

News is a hint and never the truth: a stream reads the table, and looks by itself every `pause` seconds. So
nothing is lost where a hint is, and while there are no hints (the connection broke) the pause is short.

The hint is sent just after the commit, over the watcher's own connection, and not within the transaction:
PostgreSQL lets commits that notify pass one by one, over all databases of the server, each with its flush to
disk (PreCommit_Notify in commands/async.c). This connection's own commits wait for no flush.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Protocol

import psycopg
import sqlalchemy as sa

from store_api import logs
from store_api.db import Database
from store_api.events import Bell, EventCounter

CHANNEL = "sameterms_events"
PAUSE_WITH_HINTS = 2.0
PAUSE_WITHOUT_HINTS = 0.2
LOOK_SECONDS = 0.03
"""How often the counter of a SQLite file is looked at; a look takes some ten microseconds."""
RECONNECT_SECONDS = 1.0
PROBE_SECONDS = 15.0
GATHER_SECONDS = 0.02
"""After news was told, more is gathered for so long: under load, many commits are one hint."""


class Watcher(Protocol):
    """Rings the bell when something was told elsewhere."""

    @property
    def pause(self) -> float:
        """Seconds after which a stream looks by itself."""
        ...

    def start(self) -> None:
        """Begin, in the process that asks; a second call does nothing."""
        ...

    def tell(self, stores: Iterable[str]) -> None:
        """Tell other processes that these stores have news."""
        ...

    def stop(self) -> None:
        """End."""
        ...


def make_watcher(database: Database, bell: Bell) -> Watcher:
    """The watcher that fits the database; it does nothing before `start` or `tell`."""
    return SqliteWatcher(database, bell) if database.is_sqlite else PostgresWatcher(database, bell)


class _Thread(ABC):
    """What both watchers have: one thread, begun once, and whether hints come at present."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell
        self._stopped = threading.Event()
        self._begun = threading.Lock()
        self._thread: threading.Thread | None = None
        self._hints_come = False

    @property
    def pause(self) -> float:
        """Long while hints come, short while they do not."""
        return PAUSE_WITH_HINTS if self._hints_come else PAUSE_WITHOUT_HINTS

    def start(self) -> None:
        """Begin; a second call does nothing."""
        with self._begun:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End, within a moment."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(2)

    def _run(self) -> None:
        """Watch, and begin again where that fails, until the end."""
        while not self._stopped.is_set():
            try:
                self._watch()
            except (psycopg.Error, sa.exc.SQLAlchemyError, OSError) as error:
                logs.log_failure(error)
            self._hints_come = False
            self._stopped.wait(RECONNECT_SECONDS)

    @abstractmethod
    def _watch(self) -> None:
        """Ring for what is told elsewhere, until it is stopped or something breaks."""


class SqliteWatcher(_Thread):
    """Looks at `PRAGMA data_version`, which changes when another connection commits, in any process."""

    def tell(self, stores: Iterable[str]) -> None:
        """Nothing to do: the commit itself has moved the counter."""

    def _watch(self) -> None:
        with self._database.reader.connect() as connection:
            raw = connection.connection.cursor()
            seen, told = None, self._newest()
            self._hints_come = True
            while not self._stopped.wait(LOOK_SECONDS):
                (version,) = raw.execute("PRAGMA data_version").fetchone()
                if version == seen:
                    continue
                seen, newest = version, self._newest()
                if newest != told:
                    told = newest
                    self._bell.ring()

    def _newest(self) -> dict[str, int]:
        """The last event number of every store: a commit without an event wakes nobody."""
        with self._database.reading() as session:
            rows = session.execute(sa.select(EventCounter.store_id, EventCounter.last_event))
            return {row.store_id: row.last_event for row in rows}


class PostgresWatcher(_Thread):
    """Listens on one connection, and notifies over the same."""

    def __init__(self, database: Database, bell: Bell) -> None:
        super().__init__(database, bell)
        self._news: set[str] = set()
        self._guard = threading.Lock()
        self._pipe: tuple[int, int] | None = None

    def tell(self, stores: Iterable[str]) -> None:
        """Have the thread notify the others. A store's identifier is all that is said."""
        with self._guard:
            self._news.update(stores)
        self.start()
        self._wake()

    def stop(self) -> None:
        """End, within a moment: the thread is woken."""
        self._stopped.set()
        self._wake()
        super().stop()

    def _wake(self) -> None:
        with self._guard:
            if self._pipe is not None:
                with contextlib.suppress(BlockingIOError):  # full: the thread has enough to wake up for
                    os.write(self._pipe[1], b"!")

    def _watch(self) -> None:
        with contextlib.closing(self._connect()) as connection:
            connection.add_notify_handler(lambda _notice: self._bell.ring())
            connection.execute("SET synchronous_commit = off")
            connection.execute("LISTEN sameterms_events")
            self._hints_come = True
            self._bell.ring()  # whatever was told while nobody listened
            self._open_pipe()
            try:
                while not self._stopped.is_set():
                    self._take_turn(connection)
            finally:
                self._close_pipe()

    def _connect(self) -> psycopg.Connection:
        address = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(
            address,
            autocommit=True,
            connect_timeout=5,
            application_name="sameterms events",
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )

    def _take_turn(self, connection: psycopg.Connection) -> None:
        """Tell what there is to tell, then sleep until there is news from either side."""
        with self._guard:
            news, self._news = self._news, set()
        try:
            for store in news:
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, store))
        except psycopg.Error:
            with self._guard:
                self._news |= news
            raise
        if news:
            self._stopped.wait(GATHER_SECONDS)
        assert self._pipe is not None
        server, wake = connection.fileno(), self._pipe[0]
        ready, _, _ = select.select([server, wake], [], [], PROBE_SECONDS)
        if wake in ready:
            os.read(wake, 4096)
        if server in ready or not ready:
            # Takes in what has come and hands it to the handler; shows, too, whether the server is there.
            connection.execute("SELECT 1")

    def _open_pipe(self) -> None:
        with self._guard:
            self._pipe = os.pipe()
            os.set_blocking(self._pipe[1], False)

    def _close_pipe(self) -> None:
        with self._guard:
            for end in self._pipe or ():
                os.close(end)
            self._pipe = None
