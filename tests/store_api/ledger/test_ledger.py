"""The ledger for finance: every movement once, in one order, with sums and a digest that say it is whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_api.csv_cells import FORMULA_STARTS, text_cell, write_row
from store_api.vouchers import movements
from store_api.vouchers.service import NewVoucher, issue
from tests.store_api.clients import Client
from tests.store_api.factories import make_work
from tests.store_api.reconciliations.test_reconciliations import partner
from tests.store_api.story import Story, body_of

DAYS = "from=2026-11-01&to=2026-11-30"


def export(client: Client, accept: str, days: str = DAYS) -> str:
    answer = client.get(f"/v1/ledger?{days}", headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith(accept)
    return answer.get_data(as_text=True)


def test_both_forms_say_the_same_and_prove_that_they_are_whole(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    used = body_of(story.rep.post(f"/v1/orders/{order_id}/confirm"))["redemption"]
    client = partner(story)
    as_csv, as_json = export(client, "text/csv"), export(client, "application/jsonl")
    rows = list(csv.DictReader(io.StringIO(as_csv, newline="")))
    lines = [json.loads(line) for line in as_json.splitlines()]
    assert [{name: cell for name, cell in row.items() if cell} for row in rows][:-1] == lines[:-1]
    mine = next(row for row in rows if row["redemption_id"] == used["redemption_id"] and row["order_id"])
    assert (mine["kind"], mine["amount"], mine["order_id"]) == ("redeemed", "-49.99", order_id)
    for text, end in ((as_csv, rows[-1]), (as_json, lines[-1])):
        whole, _, _ = text.rstrip("\r\n").rpartition("\n")
        assert end["terms_code"] == hashlib.sha256((whole + "\n").encode()).hexdigest()
    movements_of_day = [row for row in rows if row["entry_id"] not in ("total", "end")]
    assert rows[-1]["kind"] == str(len(movements_of_day))
    total = next(row for row in rows if row["entry_id"] == "total")
    assert Decimal(total["amount"]) == sum(Decimal(row["amount"]) for row in movements_of_day)
    keys = [(row["at"], row["entry_id"]) for row in movements_of_day]
    assert keys == sorted(keys)


def test_a_movement_without_money_has_neither_amount_nor_currency(story: Story) -> None:
    with story.database.transaction() as session:
        work = make_work(session, story.clock())
        new = NewVoucher(policy="p", issued_on=story.clock().date())
        key, _ = issue(session, new, work.settings.keys, session.info["random_bytes"], work.now)
    rows = list(csv.DictReader(io.StringIO(export(partner(story), "text/csv"), newline="")))
    (mine,) = [row for row in rows if row["voucher_id"] == key.voucher_id]
    assert (mine["kind"], mine["amount"], mine["currency"]) == ("issued", "", "")
    assert {row["currency"] for row in rows if row["entry_id"] == "total"} == {"USD"}


def test_pages_leave_nothing_out_and_repeat_nothing(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    client = partner(story)
    whole = export(client, "text/csv")
    monkeypatch.setattr(movements, "PAGE", 2)
    assert export(client, "text/csv") == whole


@pytest.mark.parametrize(
    "days", ["from=2026-11-02&to=2026-11-01", "from=2020-01-01&to=2026-01-01", "from=x&to=2026-01-01", ""]
)
def test_days_that_are_none_or_too_many_are_refused(story: Story, days: str) -> None:
    assert partner(story).get(f"/v1/ledger?{days}").status_code == 422


def test_a_partner_of_one_store_does_not_read_the_ledger_of_all(app: Any, world: Any) -> None:
    answer = Client(app, world.store_partner).get(f"/v1/ledger?{DAYS}")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "auth.role_not_allowed")


@given(st.text())
def test_no_text_becomes_a_formula_and_every_text_is_still_there(text: str) -> None:
    cell = text_cell(text)
    assert not cell.startswith(FORMULA_STARTS)
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text


@given(st.lists(st.text(st.characters(exclude_characters="\r\n\x00", codec="utf-8")), min_size=2, max_size=5))
def test_a_row_reads_back_as_its_cells(cells: list[str]) -> None:
    assert next(csv.reader(io.StringIO(write_row(cells)))) == cells
