"""The code for the till on a reserved slip: a Code 128 that reads back, on paper of both kinds."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from hardware.printer.profiles import NARROW, WIDE, PrintProfile, read_profile
from kiosk.receipts.compose import Receipt, compose_receipt, receipt_from_json, receipt_to_json
from kiosk.receipts.escpos import render_escpos
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


@pytest.mark.parametrize("profile", [WIDE, NARROW])
def test_the_thermal_slip_asks_the_printer_for_the_same_bar_code(profile: PrintProfile) -> None:
    data = render_escpos(slip(), profile)
    content = b"{B" + CODE.encode()
    assert b"\x1dkI" + bytes([len(content)]) + content in data
    assert data.index(b"For the till") < data.index(content)


@pytest.mark.parametrize("width_mm", [58, 80])
def test_a_printer_that_draws_no_bar_codes_gets_it_as_a_picture_that_reads_back(width_mm: int) -> None:
    data = render_escpos(slip(), read_profile("plain", width_mm))
    assert b"\x1dk" not in data
    (bars,) = [each for each in pictures_of(data) if each.shape[0] == 80]
    assert bars.shape[1] <= read_profile("plain", width_mm).dots
    on_paper = np.pad(np.where(bars, 0, 255).astype(np.uint8), 40, constant_values=255)
    assert [each.text for each in zxingcpp.read_barcodes(on_paper)] == [CODE]


def pictures_of(data: bytes) -> list[np.ndarray]:
    """Every picture that is printed, a dot that is black as 1."""
    found, start = [], data.find(b"\x1dv0")
    while start >= 0:
        wide, high = (int.from_bytes(data[at : at + 2], "little") for at in (start + 4, start + 6))
        body = np.frombuffer(data[start + 8 : start + 8 + wide * high], np.uint8)
        found.append(np.unpackbits(body.reshape(high, wide), axis=1))
        start = data.find(b"\x1dv0", start + 8 + wide * high)
    return found


def test_without_a_code_neither_paper_says_anything_of_a_till() -> None:
    plain = slip(till_code=None)
    assert not any(name == "Code128" for name, _ in codes_on(render_pdf(plain)))
    assert b"\x1dk" not in render_escpos(plain)
    assert b"till" not in render_escpos(plain)


def test_the_code_survives_being_kept_until_the_printer_is_back() -> None:
    assert receipt_from_json(receipt_to_json(slip())) == slip()
