"""The log: salted commitments in place of personal fields, and pages of it."""

from __future__ import annotations

import sqlalchemy as sa

from store_api.audit.models import LogEntryRow, LogPersonalField
from store_api.audit.reading import PAGE
from store_api.audit.service import commitment, record
from store_api.db import Database
from tests.store_api.clients import Client
from tests.store_api.factories import NOW


def write(database: Database, subject: str = "acc_1", **personal: str) -> str:
    """One entry; its identifier."""
    with database.transaction() as session:
        return record(
            session, action="account.added", actor="operator", subject=subject, now=NOW, personal=personal
        )


def test_an_entry_holds_a_digest_that_its_field_and_salt_open(database: Database) -> None:
    entry_id = write(database, person_id="per_1", name="Dana")
    with database.reading() as session:
        entry = session.get_one(LogEntryRow, entry_id)
        fields = {
            row.name: row for row in session.scalars(sa.select(LogPersonalField)) if row.entry_id == entry_id
        }
    assert {name: commitment(name, row.value, row.salt) for name, row in fields.items()} == entry.commitments
    assert "Dana" not in str(vars(entry))
    assert commitment("name", "Mallory", fields["name"].salt) != entry.commitments["name"]


def test_the_same_field_twice_looks_different_in_the_log(database: Database) -> None:
    first, second = write(database, name="Dana"), write(database, name="Dana")
    with database.reading() as session:
        digests = [session.get_one(LogEntryRow, entry).commitments["name"] for entry in (first, second)]
    assert digests[0] != digests[1]


def test_a_field_can_be_erased_and_the_entry_stands(database: Database) -> None:
    entry_id = write(database, name="Dana")
    with database.reading() as session:
        before = session.get_one(LogEntryRow, entry_id).commitments
    with database.transaction() as session:
        session.execute(sa.delete(LogPersonalField).where(LogPersonalField.entry_id == entry_id))
    with database.reading() as session:
        assert session.get_one(LogEntryRow, entry_id).commitments == before


def test_the_log_is_read_page_by_page_oldest_first_without_gap(
    database: Database, as_manager: Client
) -> None:
    with database.transaction() as session:
        for number in range(PAGE + 5):
            record(session, action="account.added", actor="operator", subject=f"acc_{number}", now=NOW)
    seen, cursor = [], ""
    while True:
        page = as_manager.get(f"/v1/log{cursor}").get_json()
        assert len(page["entries"]) <= PAGE
        seen += [entry["entry_id"] for entry in page["entries"]]
        if page["next"] is None:
            break
        cursor = f"?after={page['next']}"
    with database.reading() as session:
        everything = session.scalars(sa.select(LogEntryRow.entry_id).order_by(LogEntryRow.entry_id)).all()
    assert seen == list(everything)
    assert len(seen) > PAGE


def test_an_entry_says_which_installation_made_it(database: Database, as_manager: Client) -> None:
    entry = as_manager.get("/v1/log").get_json()["entries"][0]
    assert entry["node_id"] == "n1"
    assert entry["entry_id"].startswith("log_n1_")
