"""A database that cannot: full, for reading only, locked, gone, or with a clock that was set back.

Every time the answer is 503 with Retry-After, nothing is kept of the request, the process goes on, and the
same key does the work once the database can again.

How each fault is brought about. *Full*: on SQLite really, by `PRAGMA max_page_count`, with one page more at
each try; on PostgreSQL the server itself raises its own code 53100 at the first, second, third … statement
of the transaction and at the commit (the disk is not really full). *For reading only*: by each database's
own switch. *Gone*: a PostgreSQL server that is ended at once and started again on its data.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from werkzeug.test import TestResponse

from store_api.db import Database
from store_api.idempotency import IdempotencyKey
from store_api.vouchers.models import VoucherUse
from tests.faults.serving import Service
from tests.faults.stock import Ready, Stock, make_stock
from tests.postgres import PostgresDatabases, PostgresServer
from tests.store_api.demo_fixtures import demo_url, postgres_demo, sqlite_demo, story
from tests.store_api.story import Story, body_of

__all__ = ["demo_url", "postgres_demo", "sqlite_demo", "story"]

QUICK_SECONDS, LONG_SECONDS = 2.0, float(os.environ.get("FAULTS_GONE_SECONDS", "30"))
Confirm = Callable[[], TestResponse]


@pytest.fixture
def confirm(story: Story) -> Confirm:
    """Maya has reserved her credit; the rep confirms her order, always under the same key."""
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    visitor.reserve(decision)
    rep = story.rep
    return lambda: rep.post(f"/v1/orders/{decision['order_id']}/confirm", key="one")


def kept(database: Database) -> tuple[int, int]:
    """How many uses there are, and how many answers under the key."""
    with database.reading() as session:
        uses = session.scalar(sa.select(sa.func.count()).select_from(VoucherUse))
        mine = sa.select(sa.func.count()).where(IdempotencyKey.key == "one")
        return uses or 0, session.scalar(mine.select_from(IdempotencyKey)) or 0


def assert_refused(answer: TestResponse, code: str = "service.cannot_write") -> None:
    assert (answer.status_code, answer.get_json()["code"]) == (503, code), answer.text
    assert int(answer.headers["Retry-After"]) >= 1


def assert_used_once(confirm: Confirm, database: Database, before: int) -> None:
    """It is done now, the same bytes come back, and once is all."""
    answers = [confirm() for _ in range(2)]
    assert body_of(answers[0])["redemption"] is not None
    assert answers[0].data == answers[1].data
    assert kept(database) == (before + 1, 1)


@contextmanager
def full_sqlite(database: Database, pages: int) -> Iterator[None]:
    """Room for so many pages more and no more, whoever writes."""

    def limit(connection: sa.Connection) -> None:
        size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {size + pages}")

    event.listen(database.writer, "begin", limit)
    try:
        yield
    finally:
        event.remove(database.writer, "begin", limit)
        database.writer.dispose()


@contextmanager
def full_postgres(database: Database, statement: int) -> Iterator[None]:
    """The server raises its code for a full disk at the n-th statement of the next transaction."""
    numbers, within = itertools.count(1), False

    def fail(connection: sa.Connection, *_: Any) -> None:
        nonlocal within
        if not within and next(numbers) == statement:
            within = True
            connection.exec_driver_sql(
                "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
            )

    event.listen(database.writer, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(database.writer, "before_cursor_execute", fail)


def test_a_full_disk_at_any_write_does_nothing_and_loses_nothing(story: Story, confirm: Confirm) -> None:
    database = story.database
    before, _ = kept(database)
    full = full_sqlite if database.is_sqlite else full_postgres
    refused = 0
    for place in range(0 if database.is_sqlite else 1, 80):
        with full(database, place):
            answer = confirm()
        if answer.status_code == 200:
            break
        assert_refused(answer)
        assert kept(database) == (before, 0)
        refused += 1
    assert refused >= (1 if database.is_sqlite else 10)
    assert_used_once(confirm, database, before)


@pytest.mark.parametrize("demo_url", ["postgresql"], indirect=True)
def test_a_disk_that_is_full_at_the_commit_itself_does_nothing(story: Story, confirm: Confirm) -> None:
    database = story.database
    before, _ = kept(database)
    with database.writer.connect() as connection, connection.begin():
        connection.exec_driver_sql(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON voucher_uses DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
    assert_refused(confirm())
    assert kept(database) == (before, 0)
    with database.writer.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER full_disk ON voucher_uses")
    assert_used_once(confirm, database, before)


@contextmanager
def for_reading_only(database: Database) -> Iterator[None]:
    """The database takes no writes."""
    if database.is_sqlite:

        def forbid(connection: sa.Connection) -> None:
            connection.exec_driver_sql("PRAGMA query_only = ON")

        event.listen(database.writer, "begin", forbid)
        yield
        event.remove(database.writer, "begin", forbid)
        database.writer.dispose()
        return
    name = database.url.database
    address = database.url.set(drivername="postgresql+psycopg")
    admin = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    for switch in ("on", "off"):
        with admin.connect() as connection:
            connection.exec_driver_sql("SET default_transaction_read_only = off")
            connection.exec_driver_sql(
                f'ALTER DATABASE "{name}" SET default_transaction_read_only = {switch}'
            )
        database.writer.dispose()
        if switch == "on":
            yield


def test_a_database_for_reading_only_answers_what_is_read_and_refuses_the_rest(
    story: Story, confirm: Confirm
) -> None:
    database = story.database
    before, _ = kept(database)
    with for_reading_only(database):
        assert_refused(confirm())
        assert story.rep.get("/v1/visits?state=open").status_code == 200
        assert story.rep.get("/healthz").status_code == 200
        assert kept(database) == (before, 0)
    assert_used_once(confirm, database, before)


@pytest.mark.parametrize("demo_url", ["sqlite"], indirect=True)
def test_a_file_that_another_program_keeps_locked_is_waited_for_and_then_refused(
    story: Story, confirm: Confirm
) -> None:
    database = story.database
    before, _ = kept(database)
    database.writer.dispose()
    event.listen(database.writer, "connect", lambda raw, _record: raw.execute("PRAGMA busy_timeout = 100"))
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert_refused(confirm(), "service.busy")
        assert story.rep.get("/v1/visits?state=open").status_code == 200
        other.execute("ROLLBACK")
    assert_used_once(confirm, database, before)


def test_a_clock_that_is_set_back_an_hour_does_nothing_twice_and_loses_nothing(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    held = visitor.reserve(decision)["hold"]
    confirm = f"/v1/orders/{decision['order_id']}/confirm"
    story.clock.advance(hours=-1)
    first = story.rep.post(confirm, key="one")
    used = body_of(first)
    assert used["redemption"] is not None, used["code"]
    assert dt.datetime.fromisoformat(held["expires_at"]) > story.clock.now
    other = story.walk_in("Rosa")
    assert other.ask()["codes"] == ["voucher.already_redeemed"]
    story.clock.advance(hours=1)
    assert story.rep.post(confirm, key="one").data == first.data
    again = body_of(story.rep.post(confirm, key="two"))
    assert (again["redemption"], again["code"]) == (None, "voucher.already_redeemed")
    with story.database.reading() as session:
        numbers = session.scalars(
            sa.text("SELECT event_id FROM store_events WHERE store_id = :store ORDER BY event_id"),
            {"store": next(each["store_id"] for each in story.cast["stores"])},
        ).all()
    assert list(numbers) == list(range(1, len(numbers) + 1))


def confirm_under_load(stock: Stock, service: Service, statuses: set[int]) -> Iterator[Ready]:
    """Four clients confirm every order, each under its key until it has an answer."""

    def work(part: list[Ready]) -> None:
        with httpx.Client(timeout=20) as http:
            for ready in part:
                while True:
                    headers = {"Authorization": f"Bearer {stock.rep}", "Idempotency-Key": ready.order_id}
                    path = f"{service.address}/v1/orders/{ready.order_id}/confirm"
                    answer = http.post(path, headers=headers)
                    statuses.add(answer.status_code)
                    if answer.status_code == 200:
                        assert answer.json()["redemption"] is not None
                        break
                    assert answer.headers.get("Retry-After") == "1"
                    time.sleep(0.05)

    threads = [threading.Thread(target=work, args=(stock.orders[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    yield from ()
    for thread in threads:
        thread.join(600)
        assert not thread.is_alive()


def lose_the_database(folder: Path, seconds: float, count: int) -> None:
    """Crash the server under load, start it again after a while, and count."""
    with PostgresServer(synchronous_commit="on") as server:
        stock = make_stock(PostgresDatabases(server.url).new(), folder, count)
        with Service(stock.variables) as service:
            statuses: set[int] = set()
            load = threading.Thread(target=lambda: list(confirm_under_load(stock, service, statuses)))
            load.start()
            while not any(stock.uses().values()):
                time.sleep(0.05)
            server.crash()
            time.sleep(seconds)
            workers = service.workers()
            server.start()
            load.join(900)
            assert service.workers() == workers, "the process did not go on"
        assert statuses == {200, 503}
        assert set(stock.uses().values()) == {1}
        assert stock.unanswered_keys() == 0
        print(f"\ngone for {seconds:.0f} s under load: {count} orders, each used once; statuses {statuses}")


@pytest.mark.timeout(300)
def test_a_database_that_is_gone_for_a_while_under_load_loses_nothing(tmp_path: Path) -> None:
    lose_the_database(tmp_path, QUICK_SECONDS, 40)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_database_that_is_gone_for_half_a_minute_under_load_loses_nothing(tmp_path: Path) -> None:
    lose_the_database(tmp_path, LONG_SECONDS, 400)
