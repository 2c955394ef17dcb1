"""The code for the till on a reserved slip: a Code 128 that reads back, on paper of both kinds."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from kiosk.receipts.compose import Receipt, compose_receipt, receipt_from_json, receipt_to_json
from kiosk.receipts.escpos import Roll, render_escpos
from kiosk.receipts.pdf import Paper, render_pdf
from tests.kiosk import factories

CODE = "T7F3K92QDXA4MC"
PRINTED = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.UTC)


def slip(language: str = "en", till_code: str | None = CODE) -> Receipt:
    sheet = factories.sheet("yes", language)
    return compose_receipt(sheet, "Riverside", language, PRINTED, till_code=till_code)


def codes_on(pdf: bytes) -> set[tuple[str, str]]:
    """Every code on the pages, as a camera reads them."""
    found = set()
    for page in pypdfium2.PdfDocument(pdf):
        picture = np.asarray(page.render(scale=3).to_pil().convert("L"))
        found |= {(each.format.name, each.text) for each in zxingcpp.read_barcodes(picture)}
    return found


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_bar_code_on_the_pdf_reads_as_the_code(paper: Paper, language: str) -> None:
    pdf = render_pdf(slip(language), paper)
    assert ("Code128", CODE) in codes_on(pdf)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert CODE in text
    assert {"en": "For the till", "es": "Para la caja"}[language] in text


@pytest.mark.parametrize("roll", list(Roll))
def test_the_thermal_slip_asks_the_printer_for_the_same_bar_code(roll: Roll) -> None:
    data = render_escpos(slip(), roll)
    content = b"{B" + CODE.encode()
    assert b"\x1dkI" + bytes([len(content)]) + content in data
    assert data.index(b"For the till") < data.index(content)


def test_without_a_code_neither_paper_says_anything_of_a_till() -> None:
    plain = slip(till_code=None)
    assert not any(name == "Code128" for name, _ in codes_on(render_pdf(plain)))
    assert b"\x1dk" not in render_escpos(plain)
    assert b"till" not in render_escpos(plain)


def test_the_code_survives_being_kept_until_the_printer_is_back() -> None:
    assert receipt_from_json(receipt_to_json(slip())) == slip()
