"""Prepared statements read and write what the session itself would, in its transaction."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from store_api.audit.models import LogEntryRow
from store_api.db import Database
from store_api.prepared import Prepared
from store_api.rows import add_plain_row, add_row, plain_row
from store_api.vouchers.models import Voucher
from tests.store_api.factories import NOW

VOUCHER = {
    "account_id": "acc_1", "voucher_id": "vou_1", "belongs_to": "account", "line_id": None, "policy": "p",
    "code_last_four": "0000", "issued_on": dt.date(2026, 3, 4), "starts_on": None, "ends_on": None,
    "amount_minor": 5000, "currency": "USD", "hold_id": None, "hold_order_id": None, "hold_store_id": None,
    "hold_by": "Ana Ñ", "hold_until": NOW, "voided_at": None, "campaign_id": None,
}  # fmt: skip
FIND = Prepared(
    sa.select(*Voucher.__table__.c).where(Voucher.__table__.c.voucher_id == sa.bindparam("named"))
)
ENTRY = {
    "entry_id": "log_1", "at": NOW, "action": "account.added", "actor": "operator", "subject": "acc_1",
    "details": {"text": "ñ", "count": 3}, "commitments": {},
}  # fmt: skip


def lose_the_connection(database: Database, statement: Prepared) -> None:
    """Let the server end the connection on which a statement is then run."""
    with database.transaction() as session:
        process = session.scalar(sa.select(sa.func.pg_backend_pid()))
        with database.writer.connect() as other:
            assert other.scalar(sa.select(sa.func.pg_terminate_backend(process)))
        statement.first(session, {})


def add_twice(database: Database) -> None:
    """The same voucher twice in one transaction."""
    with database.transaction() as session:
        add_row(session, Voucher, **VOUCHER)
        add_row(session, Voucher, **VOUCHER)


def test_a_row_is_written_and_read_as_the_session_has_it(database: Database) -> None:
    with database.transaction() as session:
        add_row(session, Voucher, **VOUCHER)
        plain = plain_row(Voucher, FIND.first(session, {"named": "vou_1"}))
        mapped = session.get_one(Voucher, ("acc_1", "vou_1"))
        names = Voucher.__table__.c.keys()
        assert {name: getattr(plain, name) for name in names} == {
            name: getattr(mapped, name) for name in names
        }
        assert (plain.uses_allowed, plain.node_id, plain.hold_until) == (1, "n1", NOW)


def test_a_plain_row_carries_its_defaults_and_is_followed_by_no_session(database: Database) -> None:
    with database.transaction() as session:
        row = add_plain_row(session, Voucher, **VOUCHER)
        row.policy = "another"
    with database.reading() as session:
        assert FIND.first(session, {"named": "vou_1"}).policy == "p"
    assert row.last_use_number == 0


def test_json_goes_in_and_comes_out_whole(database: Database) -> None:
    with database.transaction() as session:
        add_row(session, LogEntryRow, **ENTRY)
        assert session.get_one(LogEntryRow, "log_1").details == ENTRY["details"]


def test_what_it_wrote_is_rolled_back_with_the_transaction(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        add_twice(database)
    with database.reading() as session:
        assert FIND.first(session, {"named": "vou_1"}) is None


def test_what_the_session_has_pending_is_written_before(database: Database) -> None:
    with database.transaction() as session:
        session.add(Voucher(**VOUCHER))
        assert FIND.first(session, {"named": "vou_1"}) is not None


def test_a_fault_is_sqlalchemys_and_repeats_nothing_of_what_was_sent(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError) as caught:
        add_twice(database)
    assert "Ana" not in str(caught.value.statement) + str(caught.value.params)


def test_listeners_of_statements_are_told(database: Database) -> None:
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    sa.event.listen(database.reader, "before_cursor_execute", hear)
    with database.reading() as session:
        FIND.rows(session, {"named": "vou_1"})
    assert any("FROM vouchers" in statement for statement in heard)


def test_a_connection_that_the_server_has_ended_is_given_up(database: Database) -> None:
    if database.is_sqlite:
        return
    one = Prepared(sa.select(sa.literal(1).label("one")))
    with pytest.raises(sa.exc.OperationalError) as caught:
        lose_the_connection(database, one)
    assert caught.value.connection_invalidated
    with database.transaction() as session:
        assert one.first(session, {}).one == 1


def test_rolling_back_forgets_no_prepared_statement(database: Database) -> None:
    one = Prepared(sa.select(sa.literal(1).label("one")))
    for _ in range(8):
        with database.reading() as session:
            assert one.first(session, {}).one == 1
            assert session.scalar(sa.select(sa.literal(2))) == 2
