"""The tests' own PostgreSQL: real, separate for each test, cloned from a template."""

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.postgres import PostgresDatabases


@pytest.fixture(scope="module")
def template(postgres_databases: PostgresDatabases) -> str:
    url = postgres_databases.new()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stores (name text)"))
    engine.dispose()
    return url


def test_a_clone_has_the_templates_tables_and_its_own_rows(
    template: str, new_postgres_database: Callable[[str | None], str]
) -> None:
    first, second = (create_engine(new_postgres_database(template)) for _ in range(2))
    with first.begin() as connection:
        connection.execute(text("INSERT INTO stores VALUES ('Main Street')"))
    with second.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM stores")).scalar() == 0
    first.dispose()
    second.dispose()


def test_without_a_template_the_database_is_empty(
    new_postgres_database: Callable[[str | None], str],
) -> None:
    engine = create_engine(new_postgres_database(None))
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_it_is_the_real_thing(postgres_server_url: str) -> None:
    engine = create_engine(postgres_server_url)
    with engine.connect() as connection:
        assert str(connection.execute(text("SELECT version()")).scalar()).startswith("PostgreSQL 1")
    engine.dispose()
