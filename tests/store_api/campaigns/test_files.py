"""Files of vouchers in and out: whatever a spreadsheet did, once only, nothing half done after a crash."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from store_api.accounts import service as accounts
from store_api.campaigns import importing
from store_api.campaigns.models import FileJob
from store_api.campaigns.rows import BadFile, digest_of_file, lines_of_file, lines_of_text, read_rows
from store_api.campaigns.service import begin, import_file, issue_bearers, list_rows, refused_rows, tell
from store_api.contract import CampaignRequest
from store_api.db import Database
from store_api.outbox import OutboxEvent
from store_api.policies import service as policies
from store_api.vouchers.ledger import find_faults
from store_api.vouchers.models import Voucher, VoucherCodeRow
from store_api.vouchers.service import draw_code, find_by_code, show_code
from store_api.work import Work
from tests.store_api.clients import Client
from tests.store_api.factories import KEYS, NOW, World, add_customer, make_work

POLICY = (Path(__file__).parents[3] / "store_api/demo/policies/wireline-thank-you-20-v1.yaml").read_text()


@pytest.fixture
def campaign(database: Database) -> str:
    """A campaign of $20 credits, and two accounts with a line each."""
    with database.transaction() as session:
        work = make_work(session)
        policies.load_version(session, POLICY, "p.yaml", policies.read_catalogue(), NOW)
        begin(work, CampaignRequest(campaign_id="c", policy="wireline-thank-you-20"))
        add_customer(
            work, "+1 312 555 0101", account_id=accounts.add_account(work, "America/Chicago", "acc_a")
        )
        add_customer(
            work, "+1 312 555 0102", account_id=accounts.add_account(work, "America/Chicago", "acc_b")
        )
    return "c"


def code(seed: int) -> str:
    return draw_code(lambda size: bytes((seed * 7 + place) % 256 for place in range(size)))


def opener(database: Database) -> Any:
    @contextmanager
    def opened() -> Iterator[Work]:
        with database.transaction() as session:
            yield make_work(session)

    return opened


def run(database: Database, path: Path, form: Any = "csv") -> FileJob:
    rows = read_rows(lines_of_file(path), form)
    return import_file(opener(database), "c", "import", digest_of_file(path), rows, lambda job: None)


def why(database: Database, job: FileJob) -> list[tuple[int, str | None, str]]:
    with database.reading() as session:
        return [(row.line, row.column, row.reason) for row in refused_rows(session, job.job_id, 0, 1000)]


def count(database: Database, table: Any = Voucher) -> int:
    with database.reading() as session:
        return int(session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


BAD_ROWS = [
    ("acc_a,,,", "voucher.has_one"),
    ("nobody,,,", "account.unknown"),
    (",,,", "row.empty"),
    (",,,5.00", "code.missing"),
    (",,=1+1,", "cell.formula"),
    (",,@SUM(A1),", "cell.formula"),
    (",,-5,", "cell.formula"),
    (",,1.23457E+12,", "cell.scientific"),
    (",,ABC,", "code.unreadable"),
    (f",,{code(1)[:-1]}{'Z' if code(1)[-1] != 'Z' else '0'},", "code.wrong_check"),
    (f",,{code(1)},", "row.in_file_twice"),
    (f",,{code(2)},20.01", "amount.beyond_campaign"),
    (f",,{code(22)},0", "cell.not_an_amount"),
    (f",,{code(23)},5.001", "cell.not_an_amount"),
    (f",,{code(24)},5 EUR", "cell.not_an_amount"),
    (',,"open,', "row.unclosed_quote"),
    ("acc_a,,", "row.columns"),
    (",+1 312 555 0999,,", "line.unknown"),
    ("acc_b,+1 312 555 0101,,", "line.of_another_account"),
]


def test_every_refused_row_is_reported_with_its_line_and_reason(
    database: Database, campaign: str, tmp_path: Path
) -> None:
    path = tmp_path / "vouchers.csv"
    good = [f",,{show_code(code(1))},12.50", "acc_a,,,5.00 USD", ",+1 312 555 0102,,"]
    path.write_text("\n".join(["account,line,code,amount", *good, *(row for row, _ in BAD_ROWS)]))
    job = run(database, path)
    assert (job.rows_made, job.rows_refused) == (3, len(BAD_ROWS))
    reasons = {line: reason for line, _, reason in why(database, job)}
    expected = {line: reason for line, (_, reason) in enumerate(BAD_ROWS, 5)}
    assert reasons == expected
    with database.reading() as session:
        key = find_by_code(session, KEYS, code(1))
        assert key is not None
        assert session.get_one(Voucher, tuple(key)).amount_minor == 1250
        lines = session.scalars(sa.select(Voucher.belongs_to).order_by(Voucher.belongs_to)).all()
        assert list(lines) == ["account", "bearer", "line"]
        assert list(find_faults(session)) == []


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", ","), ("utf-16", "\t"), ("utf-8-sig", ",")],
)
def test_a_spreadsheets_own_way_of_writing_is_read(
    database: Database, campaign: str, tmp_path: Path, encoding: str, separator: str
) -> None:
    path = tmp_path / "v.csv"
    rows = [["Code", "Ends_on"], [code(3), "2027-01-31"], [code(4), ""]]
    path.write_bytes("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    assert run(database, path).rows_made == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"code\n\xff\xfe\xfa\n", "file.encoding"),
        (b"", "file.empty"),
        (b"\n\n", "file.empty"),
        (b"secret,code\nx,y\n", "file.header"),
        (b"code,code\nx,y\n", "file.header"),
        (b'"code\nx\n', "file.header"),
        (b"code\n" + b"x" * 5000, "file.line_too_long"),
        (b"code\n\0\n", "file.encoding"),
    ],
)
def test_a_file_that_is_none_makes_nothing(
    database: Database, campaign: str, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "v.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=reason):
        run(database, path)
    assert count(database) == 0


def test_json_lines_are_read_and_refused_alike(database: Database, campaign: str, tmp_path: Path) -> None:
    lines = [
        json.dumps({"code": code(5), "amount": None}),
        "{",
        json.dumps({"code": 5}),
        json.dumps({"kode": code(6)}),
        "[]",
        '{"code": "a", "code": "b"}',
        json.dumps({"account": "acc_a"}),
    ]
    path = tmp_path / "v.jsonl"
    path.write_text("\n".join(lines))
    job = run(database, path, "json_lines")
    assert (job.rows_made, [reason for *_, reason in why(database, job)]) == (
        2,
        ["row.unreadable", "cell.not_text", "row.columns", "row.columns", "row.unreadable"],
    )


def test_the_same_file_again_makes_nothing_and_half_a_file_is_completed(
    database: Database, campaign: str, tmp_path: Path
) -> None:
    rows = ["code", *(code(number) for number in range(10, 30))]
    half, whole = tmp_path / "half.csv", tmp_path / "whole.csv"
    half.write_text("\n".join(rows[:11])[:-3])
    whole.write_text("\n".join(rows))
    first = run(database, half)
    assert (first.rows_made, first.rows_refused) == (9, 1)
    assert run(database, half).job_id == first.job_id
    assert count(database) == 9
    rest = run(database, whole)
    assert (rest.rows_made, rest.rows_refused, count(database)) == (11, 9, 20)
    assert {reason for *_, reason in why(database, rest)} == {"code.exists"}


class Crash(Exception):
    """The power went."""


@pytest.mark.parametrize("crash_after", [1, 3])
def test_after_a_crash_a_file_goes_on_and_nothing_is_double(
    database: Database, campaign: str, tmp_path: Path, crash_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 7)
    path = tmp_path / "v.csv"
    path.write_text("\n".join(["code", *(code(number) for number in range(40, 70)), code(41), "broken"]))
    done = iter(range(1, 100))

    @contextmanager
    def failing() -> Iterator[Work]:
        with database.transaction() as session:
            yield make_work(session)
            if next(done) == crash_after + 1:
                raise Crash

    rows = read_rows(lines_of_file(path), "csv")
    with pytest.raises(Crash):
        import_file(failing, "c", "import", digest_of_file(path), rows, lambda job: None)
    assert count(database) == (crash_after - 1) * 7
    job = run(database, path)
    assert (job.rows_made, job.rows_refused, count(database)) == (30, 2, 30)
    assert [reason for *_, reason in why(database, job)] == ["row.in_file_twice", "code.unreadable"]


@pytest.mark.parametrize("crash_after", [2])
def test_after_a_crash_every_bearers_code_is_in_the_file_once(
    database: Database, campaign: str, tmp_path: Path, crash_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 7)
    path, done = tmp_path / "codes.csv", iter(range(1, 100))

    @contextmanager
    def failing() -> Iterator[Work]:
        with database.transaction() as session:
            yield make_work(session)
            if next(done) == crash_after + 1:
                raise Crash

    with pytest.raises(Crash):
        issue_bearers(failing, "c", "d", 20, path, lambda job: None)
    assert len(path.read_text().splitlines()) == crash_after * 7 + 1, "more than was committed"
    job = issue_bearers(opener(database), "c", "d", 20, path, lambda job: None)
    assert (job.rows_made, count(database), count(database, VoucherCodeRow)) == (20, 20, 20)
    written = [row["code"] for row in csv.DictReader(io.StringIO(path.read_text()))]
    assert len(set(written)) == 20
    with database.reading() as session:
        assert all(find_by_code(session, KEYS, each.replace("-", "")) for each in written)
    assert path.stat().st_mode & 0o077 == 0


def test_a_list_of_lines_gives_each_line_one(database: Database, campaign: str, tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("+1 312 555 0101\n\n(312) 555-0102\n+1 312 555 0101\n+1 312 555 0777\n")
    rows = list_rows(lines_of_file(path), "line")
    job = import_file(opener(database), "c", "lines", digest_of_file(path), rows, lambda job: None)
    assert (job.rows_made, why(database, job)) == (
        2,
        [(4, None, "row.in_file_twice"), (5, "line", "line.unknown")],
    )


def test_over_the_api_a_file_is_one_transaction_and_one_import(
    database: Database, campaign: str, as_partner: Client
) -> None:
    body = {
        "campaign_id": "c",
        "format": "csv",
        "content": f"\ufeffcode;amount\n{code(80)};5.00\n{code(80)};\n",
    }
    first = as_partner.post("/v1/imports", body)
    assert first.status_code == 201, first.text
    made = first.get_json()
    assert (made["state"], made["made"], made["refused_rows"]) == ("done", 1, 1)
    assert made["refused"] == [{"line": 3, "column": "code", "reason": "row.in_file_twice"}]
    assert as_partner.post("/v1/imports", body).get_json() == made
    assert as_partner.get(f"/v1/imports/{made['import_id']}").get_json() == made
    report = as_partner.get(f"/v1/imports/{made['import_id']}/refused").get_json()
    assert report == {"refused": made["refused"], "next_after": None}
    bad = as_partner.post("/v1/imports", {**body, "content": "nothing,known\n"})
    assert (bad.status_code, bad.get_json()["errors"][0]["detail"]) == (422, "file.header")
    assert as_partner.post("/v1/imports", {**body, "campaign_id": "none"}).status_code == 404


def test_every_voucher_of_a_file_is_told_outside_without_its_code(
    database: Database, campaign: str, tmp_path: Path
) -> None:
    path = tmp_path / "v.csv"
    path.write_text(f"code,account\n{code(70)},\n,acc_a\n")
    run(database, path)
    with database.reading() as session:
        told = session.scalars(sa.select(OutboxEvent).where(OutboxEvent.type == "voucher.issued")).all()
        made = session.scalars(sa.select(Voucher.voucher_id)).all()
    assert sorted(event.subject for event in told) == sorted(made)
    data = [json.loads(event.body)["data"] for event in told]
    assert [each["amount"] for each in data] == [{"amount": "20.00", "currency": "USD"}] * 2
    assert {tuple(sorted(each)) for each in data} == {
        ("amount", "ends_on", "policy", "store_id", "voucher_id")
    }


def test_a_partner_of_one_store_makes_no_vouchers_and_reads_none(
    app: Flask, world: World, campaign: str
) -> None:
    of_one = Client(app, world.store_partner)
    asked = {"campaign_id": "d", "policy": "wireline-thank-you-20"}
    answers = [
        of_one.post("/v1/campaigns", asked),
        of_one.put("/v1/campaigns/c", {"state": "paused"}),
        of_one.post("/v1/imports", {"campaign_id": "c", "format": "csv", "content": "account\nacc_a\n"}),
        of_one.get("/v1/exports/vouchers"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4


def test_an_export_is_streamed_as_csv_or_json_lines_and_holds_no_formula(
    database: Database, campaign: str, as_partner: Client, tmp_path: Path
) -> None:
    path = tmp_path / "v.csv"
    path.write_text(f"code,account\n{code(90)},\n,acc_a\n")
    run(database, path)
    told = as_partner.get("/v1/exports/vouchers?campaign_id=c", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(told.get_data(as_text=True))))
    assert {(row["belongs_to"], row["state"], row["balance"]) for row in rows} == {
        ("bearer", "usable", "20.00"),
        ("account", "usable", "20.00"),
    }
    told = as_partner.get("/v1/exports/vouchers", headers={"Accept": "application/x-ndjson"})
    lines = [json.loads(line) for line in told.get_data(as_text=True).splitlines()]
    assert sorted(line["voucher_id"] for line in lines) == sorted(row["voucher_id"] for row in rows)
    assert code(90) not in told.get_data(as_text=True)
    with database.transaction() as session:
        session.execute(sa.update(Voucher).values(policy="=cmd()"))
    whole = "".join(tell(lambda: reading(database), None, NOW.date(), "csv"))
    assert ",'=cmd()," in whole


def reading(database: Database) -> AbstractContextManager[Any]:
    return database.reading()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["csv", "json_lines"]))
def test_no_text_makes_the_reader_fail_in_another_way(text: str, form: Any) -> None:
    try:
        rows = list(read_rows(lines_of_text(text), form))
    except BadFile:
        return
    assert all(row.fault is not None or row.values for row in rows)
    assert [row.line for row in rows] == sorted({row.line for row in rows})
