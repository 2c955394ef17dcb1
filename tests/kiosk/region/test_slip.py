"""The slip on the screen is the slip of the printer: row for row, with what its code carries."""

from __future__ import annotations

import datetime as dt

import pytest

from hardware.printer.profiles import NARROW
from kiosk.receipts.compose import compose_receipt
from kiosk.receipts.escpos import render_escpos
from kiosk.region.slip import slip_rows
from tests.kiosk import factories
from tests.kiosk.receipts.escpos_reader import read_escpos


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("tone", ["yes", "not_yet", "question", "no"])
def test_the_rows_are_those_that_come_out_of_the_printer(tone: str, language: str) -> None:
    sheet = factories.sheet(tone, language)
    url = f"https://terms.example/t/{factories.CODE}"
    at = dt.datetime(2026, 11, 21, 10, 52, tzinfo=dt.UTC)
    receipt = compose_receipt(sheet, "Maple St store", language, at, terms_url=url)
    paper = read_escpos(render_escpos(receipt, NARROW))
    rows = slip_rows(receipt)
    assert [row.text for row in rows if row.qr is None] == paper.rows
    assert [row.qr for row in rows if row.qr] == [url]
    assert max(len(row.text) for row in rows) <= 32
    assert any(row.tall and row.bold for row in rows), "the verdict stands out"
