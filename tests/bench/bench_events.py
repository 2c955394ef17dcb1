"""How long it takes until a stream of one process has what another process committed.

One process tells, this one follows over its own service; both on SQLite and on PostgreSQL. The time runs from
just before the transaction in the other process to the event's arrival in this one, on one machine's clock.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from store_api import schema
from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.logs import configure_logs
from tests.postgres import PostgresDatabases, PostgresServer
from tests.store_api.clients import Client
from tests.store_api.factories import FakeClock, furnish, make_settings, make_work

EVENTS = 200
ROOT = Path(__file__).parents[2]
TELLER = """
import sys, time
from store_api import events
from store_api.db import Database
from store_api.watching import make_watcher
from tests.store_api.factories import NOW
database, bell = Database(sys.argv[1], pool_size=1), events.Bell()
watcher = make_watcher(database, bell)
events.follow_database(database, bell, watcher.tell)
for line in sys.stdin:
    begun = time.time_ns()
    with database.transaction() as session:
        events.tell(session, store_id="store-1", station="counter-1", visit_id="vis_1", what="visit.opened",
                    revision=1, now=NOW)
    print(begun, time.time_ns(), flush=True)
watcher.stop()
database.close()
"""


def main() -> None:
    """Measure and print."""
    configure_logs("error")
    print(f"{EVENTS} events, one after the other, from one process to another")
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", f"sqlite:///{folder}/bench.db")
    with PostgresServer() as server:
        _measure("PostgreSQL", PostgresDatabases(server.url).new())


def _measure(name: str, url: str) -> None:
    database = Database(url)
    schema.upgrade(database)
    with database.transaction() as session:
        world = furnish(make_work(session))
    app = create_app(make_settings(url, log_level="error"), database=database, clock=FakeClock())
    answer = Client(app, world.kiosk).get("/v1/events", buffered=False)
    stream = iter(answer.response)
    next(stream)
    command = [sys.executable, "-c", TELLER, url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as teller:
        times = [_one(teller, stream) for _ in range(EVENTS)]
        assert teller.stdin is not None
        teller.stdin.close()
    answer.close()
    close_app(app)
    for what, column in (("from its begin", 0), ("after the commit", 1)):
        ordered = sorted(each[column] for each in times)
        median, late = ordered[EVENTS // 2], ordered[int(EVENTS * 0.99)]
        print(f"{name:12} {what:18} median {median:7.2f} ms   p99 {late:7.2f} ms")


def _one(teller: Any, stream: Any) -> tuple[float, float]:
    teller.stdin.write("go\n")
    teller.stdin.flush()
    next(stream)
    arrived = time.time_ns()
    begun, committed = map(int, teller.stdout.readline().split())
    return (arrived - begun) / 1e6, max(0.0, (arrived - committed) / 1e6)


if __name__ == "__main__":
    main()
