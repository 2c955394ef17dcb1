"""Many processes that ask for the same thing at the same moment.

Each contender is a process of its own with its own application on the same database. They wait at a
barrier and then send one request each. `Unguarded` builds the negative control: the same path through the
same code, with the guarded statement and the lock taken out and a barrier between reading and writing.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store_api.app import create_app
from store_api.db import Database
from store_api.vouchers import store
from store_api.vouchers.models import Voucher
from store_api.vouchers.store import HoldClaim, Taken, VoucherKey
from tests.store_api.clients import Client
from tests.store_api.factories import FakeClock, make_settings

PATIENCE = 100.0
"""Seconds after which a barrier or an answer is given up: far more than any of them takes."""


@dataclass(frozen=True)
class Call:
    """One request: as whom, where to, with which body and key."""

    token: str
    path: str
    body: dict[str, str] | None
    key: str


class UnlockedDatabase(Database):
    """The database without its locks: no queue of writers, and on SQLite no transaction at all.

    On PostgreSQL every transaction stays; there the lock is the guarded statement's own.
    """

    def _turn(self) -> AbstractContextManager[None]:
        return nullcontext()

    def _engine(self, begin: str, pool_size: int) -> Engine:
        immediate = self.is_sqlite and begin == "BEGIN IMMEDIATE"
        return super()._engine("SELECT 1" if immediate else begin, pool_size)


class Contenders:
    """A number of processes that send one call each, all at once, as often as they are told to."""

    def __init__(self, url: str, count: int, guarded: bool) -> None:
        # A server process that has everything imported once; each contender is a fork of it.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.races.contenders"])
        # The barriers live as long as the parent holds on to them.
        self._barriers = (context.Barrier(count), None if guarded else context.Barrier(count))
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(count):
            mine, theirs = context.Pipe()
            process = context.Process(target=_contend, args=(url, theirs, *self._barriers), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(mine)
            self._processes.append(process)

    def send(self, calls: list[Call]) -> list[tuple[int, Any]]:
        """Let every contender send its call at once; status and body of each answer."""
        for pipe, call in zip(self._pipes, calls, strict=True):
            pipe.send(call)
        answers = []
        for pipe in self._pipes:
            assert pipe.poll(PATIENCE), "a contender did not answer"
            answers.append(pipe.recv())
        return answers

    def stop(self) -> None:
        """End every contender."""
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(PATIENCE)


@contextmanager
def contenders(url: str, count: int, *, guarded: bool) -> Iterator[Contenders]:
    """Contenders that end with the block."""
    made = Contenders(url, count, guarded)
    try:
        yield made
    finally:
        made.stop()


def _contend(url: str, pipe: Connection, start: Barrier, between: Barrier | None) -> None:
    """What each process does: make an application of its own, then call whenever told to."""
    kind = Database if between is None else UnlockedDatabase
    database = kind(url, pool_size=2, lock_wait_seconds=PATIENCE, statement_seconds=PATIENCE)
    if between is not None:
        _take_the_guard_out(between)
    app = create_app(make_settings(url, log_level="error"), database=database, clock=FakeClock())
    Client(app, None).get("/v1/policies")  # as after a worker's first minute: the policies are read
    while (call := pipe.recv()) is not None:
        start.wait(PATIENCE)
        answer = Client(app, call.token).post(call.path, call.body, key=call.key)
        pipe.send((answer.status_code, answer.get_json()))


def _take_the_guard_out(between: Barrier) -> None:
    """Put check-then-write in place of the two guarded statements.

    That the voucher is free was read when the decision was made again; here all wait until everybody
    has read, and then write without looking.
    """

    def wait() -> None:
        try:
            between.wait(PATIENCE)
        except threading.BrokenBarrierError:
            return

    def take_use(session: Session, key: VoucherKey, order_id: str, now: dt.datetime) -> Taken | None:
        wait()
        row = Voucher.last_use_number
        write = _update(key).values(last_use_number=row + 1).returning(row)
        return Taken(int(session.execute(write).scalar_one()), _campaign_of(session, key))

    def take_hold(session: Session, key: VoucherKey, claim: HoldClaim, now: dt.datetime) -> Taken | None:
        wait()
        write = _update(key).values(
            hold_id=claim.hold_id, hold_order_id=claim.order_id, hold_until=claim.until
        )
        session.execute(write)
        return Taken(0, _campaign_of(session, key))

    store.take_use, store.take_hold = take_use, take_hold


def _campaign_of(session: Session, key: VoucherKey) -> str | None:
    return session.get_one(Voucher, tuple(key)).campaign_id


def _update(key: VoucherKey) -> sa.Update:
    mine = (Voucher.account_id == key.account_id, Voucher.voucher_id == key.voucher_id)
    return sa.update(Voucher).where(*mine).execution_options(synchronize_session=False)
