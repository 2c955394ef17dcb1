"""People and devices of the central office belong to no store, in new databases and in older ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import IntegrityError

from store_api import schema
from store_api.db import Database
from store_api.devices.service import enrol_device
from store_api.staff.service import add_staff
from tests.store_api.factories import PLACE, REP_NUMBER, make_work


def old_database(url: str) -> Database:
    """A database of the first revision in which somebody is signed in."""
    database = Database(url)
    with database.transaction() as session:
        config = schema._config()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0001")
        for table, values in (
            ("stores", {"store_id": PLACE.store_id, "name": "R", "zone": "UTC", "region": "x", "kind": "c",
                        "languages": "[]", "default_language": "en"}),
            ("devices", {"device_id": "dev_1", "kind": "tablet", "store_id": PLACE.store_id, "station": "s",
                         "token_hash": "x", "enrolled_at": "2026-01-01 00:00:00"}),
            ("staff", {"staff_id": "stf_1", "staff_number": REP_NUMBER, "name": "J", "role": "rep",
                       "store_id": PLACE.store_id, "pin_key_id": "k", "pin_hash": "h"}),
            ("staff_sessions", {"session_id": "ses_1", "token_hash": "y", "staff_id": "stf_1",
                                "device_id": "dev_1", "station": "s", "started_at": "2026-01-01 00:00:00",
                                "expires_at": "2026-01-01 00:00:00"}),
        ):  # fmt: skip
            names = ", ".join(values)
            places = ", ".join(f":{name}" for name in values)
            session.execute(
                sa.text(f"INSERT INTO {table} ({names}, node_id) VALUES ({places}, 'n1')"), values
            )
    return database


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_an_older_database_with_people_in_it_is_brought_up_to_date(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    if backend == "postgresql":
        create: Callable[[str | None], str] = request.getfixturevalue("new_postgres_database")
        url = create(None)
    database = old_database(url)
    schema.upgrade(database)
    assert schema.find_faults(database) == []
    with database.transaction() as session:
        work = make_work(session)
        add_staff(work, "9001", "Robin", "author", None, "3141")
        enrol_device(work, "desk", None, "head-office")
        assert session.scalar(sa.text("SELECT count(*) FROM staff_sessions")) == 1
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(sa.text("UPDATE staff SET store_id = 'nowhere' WHERE staff_number = '9001'"))
    database.close()


def test_the_schema_text_that_was_edited_is_sound(tmp_path: Path) -> None:
    database = old_database(f"sqlite:///{tmp_path}/old.db")
    schema.upgrade(database)
    database.close()
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        columns = connection.execute("PRAGMA table_info(staff)").fetchall()
    assert {row[1]: row[3] for row in columns}["store_id"] == 0


@pytest.mark.parametrize(
    ("role", "store_id"), [("author", PLACE.store_id), ("region", PLACE.store_id), ("rep", None)]
)
def test_a_role_and_a_store_go_together(database: Database, role: Any, store_id: str | None) -> None:
    with pytest.raises(ValueError, match="belong to"), database.transaction() as session:
        add_staff(make_work(session), "7", "X", role, store_id, "1234")


@pytest.mark.parametrize(("kind", "store_id"), [("desk", PLACE.store_id), ("kiosk", None)])
def test_a_device_and_a_store_go_together(database: Database, kind: Any, store_id: str | None) -> None:
    with pytest.raises(ValueError, match="belong"), database.transaction() as session:
        enrol_device(make_work(session), kind, store_id, "x")
