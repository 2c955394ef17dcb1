"""The migrations are one line of history and end in the tables that the code has."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from store_api import schema
from store_api.app import create_database
from store_api.tables import METADATA
from tests.store_api.factories import make_settings


def differences(connection: sa.Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, METADATA))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    create: Callable[[str | None], str] = request.getfixturevalue("new_postgres_database")
    return create(None)


def test_there_is_one_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_migrating_an_empty_database_makes_the_tables_of_the_code(url: str) -> None:
    database = create_database(make_settings(url))
    schema.upgrade(database)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        assert differences(connection) == []
        connection.execute(sa.text("DROP TABLE log_personal_fields"))
        assert differences(connection) != []
    engine.dispose()
    database.close()
