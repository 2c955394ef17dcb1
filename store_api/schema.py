"""The schema's versions: bringing a database up to date, and saying whether it is.

What it is for: Alembic behind three functions.
What it must not know: what the tables hold.
"""

from __future__ import annotations

import functools
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from store_api.db import Database
from store_api.tables import METADATA

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Bring the schema up to this version, in one transaction."""
    with database.transaction() as session:
        upgrade_within(session)


def upgrade_within(session: Session) -> None:
    """The same, within a transaction that somebody else ends."""
    config = _config()
    config.attributes["connection"] = session.connection()
    command.upgrade(config, "head")


def is_current(session: Session) -> bool:
    """Whether the database has the schema of this version."""
    return current_revision(session) == newest_revision()


def current_revision(session: Session) -> str | None:
    """The revision that the database is at; None before the first upgrade."""
    return revision_of(session.connection())


def revision_of(connection: sa.Connection) -> str | None:
    """The same, over a connection."""
    return MigrationContext.configure(connection).get_current_revision()


@functools.cache
def newest_revision() -> str | None:
    """The newest revision of this version of the service. Raises where there are two."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def find_faults(database: Database) -> list[str]:
    """What is wrong with a database, in words; empty where all is well."""
    with database.reading() as session:
        if not is_current(session):
            return [
                f"schema is at {current_revision(session)}, needed is {newest_revision()}: run db upgrade"
            ]
        return _differences(session) + _damage(session, database)


def _differences(session: Session) -> list[str]:
    context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
    return [f"schema differs: {difference}" for difference in compare_metadata(context, METADATA)]


def _damage(session: Session, database: Database) -> list[str]:
    if not database.is_sqlite:
        return []
    found = [str(row[0]) for row in session.execute(sa.text("PRAGMA integrity_check"))]
    broken = session.execute(sa.text("PRAGMA foreign_key_check")).fetchall()
    return [f"integrity: {line}" for line in found if line != "ok"] + [
        f"foreign key: row {row[1]} of {row[0]} points to nothing in {row[2]}" for row in broken
    ]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
