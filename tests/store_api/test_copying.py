"""A whole database is copied into an empty one, or nothing is."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from store_api import copying, schema
from store_api.app import close_app, create_app
from store_api.cli import cli
from store_api.copying import CannotCopy, copy
from store_api.db import Database
from store_api.tables import METADATA
from tests.store_api.factories import FakeClock, make_settings
from tests.store_api.story import Story, body_of

KEYS = "k1:" + "a" * 43 + "="


def run(source: str, target: str) -> Result:
    """The command."""
    arguments = ["db", "copy", "--from", source, "--to", target]
    return CliRunner().invoke(cli, arguments, env={"SAMETERMS_KEYS": KEYS})


@pytest.fixture
def used_demo(sqlite_demo: str, tmp_path: Path) -> str:
    """The demo on SQLite, after Maya's credit was used in it."""
    path = tmp_path / "a folder with spaces" / "demo.db"
    path.parent.mkdir()
    shutil.copyfile(sqlite_demo.removeprefix("sqlite:///"), path)
    url = f"sqlite:///{path}"
    app = create_app(make_settings(url), clock=FakeClock())
    story = Story(app, app.extensions["database"], make_settings(url), FakeClock())
    use(story, "Maya")
    close_app(app)
    return url


def use(story: Story, name: str) -> Any:
    """Somebody reserves and uses the upgrade credit."""
    visitor = story.walk_in(name)
    decision = visitor.get_yes()
    visitor.reserve(decision)
    return body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))


def contents(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(sa.select(table)).fetchall()))
            for table in METADATA.sorted_tables
        }
    engine.dispose()
    return found


def test_everything_arrives_is_verified_and_goes_on_in_the_new_place(
    used_demo: str, new_postgres_database: Callable[[str | None], str]
) -> None:
    target = new_postgres_database(None)
    file = Path(used_demo.removeprefix("sqlite:///"))
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    result = run(used_demo, target)
    assert result.exit_code == 0, result.output
    assert contents(target) == contents(used_demo)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    assert re.search(r"voucher_ledger +(\d+) +\1  [0-9a-f]{32}", result.output)
    assert re.search(r"balances of the ledger +(\d+) +\1  [0-9a-f]{32}", result.output)
    app = create_app(make_settings(target), clock=FakeClock())
    story = Story(app, app.extensions["database"], make_settings(target), FakeClock())
    assert story.walk_in("Maya").ask()["codes"] == ["voucher.already_redeemed"]
    assert schema.find_faults(app.extensions["database"]) == []
    close_app(app)


def test_the_way_back_gives_what_was_there(
    used_demo: str, new_postgres_database: Callable[[str | None], str], tmp_path: Path
) -> None:
    middle, back = new_postgres_database(None), f"sqlite:///{tmp_path}/back.db"
    assert run(used_demo, middle).exit_code == 0
    assert run(middle, back).exit_code == 0
    assert contents(back) == contents(used_demo)


def test_a_target_that_holds_anything_is_refused_and_left_as_it_is(
    used_demo: str, sqlite_demo: str, tmp_path: Path
) -> None:
    filled = tmp_path / "filled.db"
    shutil.copyfile(sqlite_demo.removeprefix("sqlite:///"), filled)
    before = contents(f"sqlite:///{filled}")
    result = run(used_demo, f"sqlite:///{filled}")
    assert (result.exit_code, "the target is not empty" in result.output) == (1, True)
    assert contents(f"sqlite:///{filled}") == before


def test_an_upgraded_empty_target_is_taken(used_demo: str, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    schema.upgrade(database)
    copied = copy(used_demo, database)
    assert all(each.is_equal for each in copied)
    database.close()


@pytest.mark.parametrize("side", ["source", "target"])
def test_another_revision_is_refused_on_either_side(used_demo: str, tmp_path: Path, side: str) -> None:
    target = Database(f"sqlite:///{tmp_path}/empty.db")
    schema.upgrade(target)
    path = {"source": used_demo.removeprefix("sqlite:///"), "target": f"{tmp_path}/empty.db"}[side]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'another'")
    with pytest.raises(CannotCopy, match=f"the {side} is at schema another"):
        copy(used_demo, target)
    target.close()


def test_a_row_that_the_target_cannot_keep_stops_the_copy_and_nothing_is_kept(
    used_demo: str, new_postgres_database: Callable[[str | None], str]
) -> None:
    with closing(sqlite3.connect(used_demo.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE stores SET name = ?", ("x" * 500,))
    target = new_postgres_database(None)
    result = run(used_demo, target)
    assert (result.exit_code, "a row of stores cannot be kept there" in result.output) == (1, True)
    assert "Nothing was copied." in result.output
    engine = sa.create_engine(target)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


def test_what_changes_on_the_way_is_found(
    used_demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Database(f"sqlite:///{tmp_path}/empty.db")
    batches = copying._batches

    def with_a_fault(connection: Any, table: sa.Table) -> Any:
        for rows in batches(connection, table):
            is_target = str(connection.engine.url.database).endswith("empty.db")
            yield rows[:-1] if table.name == "voucher_ledger" and is_target else rows

    monkeypatch.setattr(copying, "_batches", with_a_fault)
    with pytest.raises(CannotCopy, match=r"differs from what was sent: voucher_ledger$"):
        copy(used_demo, target)
    monkeypatch.undo()
    assert contents_or_nothing(target) == []
    target.close()


def contents_or_nothing(database: Database) -> list[str]:
    """The tables of a database."""
    return sa.inspect(database.reader).get_table_names()


def test_a_source_that_is_written_to_meanwhile_is_refused(used_demo: str, tmp_path: Path) -> None:
    target = Database(f"sqlite:///{tmp_path}/empty.db")
    written = []

    def write_once(rows: int) -> None:
        if not written:
            written.append(rows)
            with closing(sqlite3.connect(used_demo.removeprefix("sqlite:///"))) as connection, connection:
                connection.execute("UPDATE stores SET name = 'another'")

    with pytest.raises(CannotCopy, match="written to meanwhile"):
        copy(used_demo, target, write_once)
    assert contents_or_nothing(target) == []
    target.close()


def test_a_source_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    result = run(f"sqlite:///{tmp_path}/nothing.db", f"sqlite:///{tmp_path}/new.db")
    assert (result.exit_code, "there is no file" in result.output) == (1, True)
    assert not (tmp_path / "nothing.db").exists()
