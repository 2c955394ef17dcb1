"""A directory from a file: row by row, idempotent by its bytes, every refused row with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from store_api.accounts import service as accounts
from store_api.campaigns import service as campaigns
from store_api.cli import cli
from store_api.db import Database
from store_api.directory import importing, tmf
from store_api.directory.importing import Report, columns_with, import_directory
from store_api.policies import service as policies
from store_api.work import Work
from tests.store_api.factories import KEYS, NOW, make_settings, make_work

HEAD = "account,person,role,name,born_on,line_id,line,label,line.plan_price,account.past_due"
DANA = "acc_1,per_1,owner,Dana,1990-05-01,lin_1,(312) 555-0142,Dana's phone,45.10 USD,0.00 USD"
DOCUMENT = Path(__file__).parents[3] / "docs" / "directory.md"


@pytest.fixture
def take(database: Database, tmp_path: Path) -> Callable[..., Report]:
    """Take up these lines of a file."""

    def run(*lines: str, head: str = HEAD, stop_after: int | None = None) -> Report:
        path = tmp_path / "directory.csv"
        path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
        columns = columns_with(policies.read_catalogue(()))
        rows = campaigns.read_rows(campaigns.lines_of_file(path), "csv", columns)

        @contextmanager
        def opened() -> Iterator[Work]:
            with database.transaction() as session:
                yield make_work(session)

        def progress(done: int) -> None:
            if stop_after is not None and done >= stop_after:
                raise InterruptedError

        return import_directory(opened, campaigns.digest_of_file(path), rows, progress)

    return run


def test_a_row_is_a_line_with_its_person_account_and_facts(
    take: Callable[..., Report], database: Database
) -> None:
    assert take(DANA) == Report(1, 1, 0, (), False)
    with database.reading() as session:
        found = accounts.find_lines(session, make_settings("sqlite:///x"), ["312 555 0142"])
        assert found == {"312 555 0142": ("acc_1", "lin_1")}
        assert accounts.line_choice(session, "acc_1", "lin_1").label == "Dana's phone"
        facts = accounts.facts_of(session, "acc_1", "per_1", "lin_1", NOW.date(), NOW)
    assert {key: fact.value for key, fact in facts.items()} == {
        "line.plan_price": "45.10 USD", "account.past_due": "0.00 USD", "account.locked": False,
        "account.lines": 1, "person.role": "owner", "person.age": 36,
    }  # fmt: skip


def test_the_same_file_again_changes_nothing_and_tells_the_same(take: Callable[..., Report]) -> None:
    first = take(DANA, "acc_1")
    assert first.refused == ((3, None, "row.columns"),)
    again = take(DANA, "acc_1")
    assert (again.was_done, again.rows, again.added, again.refused) == (True, 2, 1, first.refused)


def test_another_file_changes_a_line_and_takes_nothing_away(
    take: Callable[..., Report], database: Database
) -> None:
    take(DANA)
    changed = DANA.replace("45.10", "55.00").replace("Dana's phone", "Work")
    assert take(changed) == Report(1, 0, 1, (), False)
    with database.reading() as session:
        facts = accounts.facts_of(session, "acc_1", "per_1", "lin_1", NOW.date(), NOW)
        assert facts["line.plan_price"].value == "55.00 USD"
        assert accounts.line_choice(session, "acc_1", "lin_1").label == "Work"


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        (("owner", "boss"), "role", "cell.role"),
        (("1990-05-01", "May 1990"), "born_on", "cell.date"),
        (("(312) 555-0142", "call me"), "line", "cell.telephone"),
        (("acc_1,", "acc 1,"), "account", "cell.identifier"),
        (("45.10 USD", "45.10"), "line.plan_price", "cell.fact"),
        (("Dana,", "=cmd(),"), "name", "cell.formula"),
        (("Dana,", "9.1E+11,"), "name", "cell.scientific"),
        (("Dana,", ","), "name", "cell.missing"),
        (("Dana's phone", "x" * 81), "label", "cell.too_long"),
        (("Dana's phone", '"Dana'), None, "row.unclosed_quote"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line_and_reason_and_stops_no_other(
    take: Callable[..., Report], change: tuple[str, str], column: str | None, reason: str
) -> None:
    other = DANA.replace("0142", "0143").replace("lin_1", "lin_2").replace("per_1", "per_2")
    assert take(DANA.replace(*change), other) == Report(2, 1, 0, ((2, column, reason),), False)


def test_a_number_that_another_line_has_is_refused(take: Callable[..., Report]) -> None:
    assert take(DANA, DANA.replace("lin_1", "lin_2")).refused == ((3, "line", "line.belongs_to_another"),)


def test_a_file_that_stopped_goes_on_where_it_stood(
    take: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    rows = [
        DANA.replace("0142", f"01{n:02}").replace("lin_1", f"lin_{n}").replace("per_1", f"per_{n}")
        for n in range(5)
    ]
    with pytest.raises(InterruptedError):
        take(*rows, stop_after=2)
    assert take(*rows) == Report(5, 5, 0, (), False)


def test_a_file_with_a_column_that_is_none_is_refused_as_a_whole(take: Callable[..., Report]) -> None:
    with pytest.raises(campaigns.BadFile, match=r"file\.header"):
        take(DANA, head=HEAD.replace("account.past_due", "account.locked"))


def test_the_command_reports_and_its_exit_status_tells(database_url: str, tmp_path: Path) -> None:
    path, report = tmp_path / "in.csv", tmp_path / "refused.csv"
    path.write_text(f"{HEAD}\n{DANA}\n{DANA.replace('owner', 'boss')}\n", encoding="utf-8")
    key_id, secret = KEYS.secrets[0]
    import base64

    keys = f"{key_id}:{base64.b64encode(secret).decode()}"
    environment = {"SAMETERMS_DATABASE_URL": database_url, "SAMETERMS_KEYS": keys}
    arguments = ["directory", "import", str(path), "--report", str(report)]
    ran = CliRunner().invoke(cli, arguments, env=environment)
    assert ran.exit_code == 1, ran.output
    assert "2 rows: 1 lines added, 0 changed, 1 refused." in ran.output
    assert "line 3: cell.role (role)" in ran.output
    assert report.read_text(encoding="utf-8").splitlines()[1:] == ["3,role,cell.role"]
    looked = CliRunner().invoke(cli, ["doctor"], env=environment)
    assert "directory: the embedded tables" in looked.output, looked.output


def test_the_document_names_every_fact_and_characteristic_that_is_read() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| characteristic `(\w+)` \| `([a-z0-9_.]+)` \|$", text, re.M))
    assert rows == {name: fact for name, (fact, _) in tmf.LINE_CHARACTERISTICS.items()}
    facts = {fact for source in tmf.FACTS.values() for fact in source}
    assert {fact for fact in facts if f"`{fact}`" not in text} == set()
    assert {name for name in tmf.BALANCES if f"balance `{name}`" not in text} == set()
