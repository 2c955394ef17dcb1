"""What paper looks like: slips of 58 and 80 mm drawn from their bytes, and the page, in both languages.

The pictures beside the documents are made anew where SAMETERMS_SCREENSHOTS=write asks for them; every run
holds every code on every paper to what it must say.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from hardware.decode import decode_image
from hardware.ports import Picture
from hardware.printer.profiles import read_profile
from kiosk.receipts.compose import Receipt, compose_receipt
from kiosk.receipts.escpos import render_escpos
from kiosk.receipts.pdf import Paper, render_pdf
from tests.kiosk.receipts.rasterise import rasterise
from tests.kiosk.receipts.sheets import not_yet_sheet, yes_sheet
from tests.kiosk.receipts.slip import draw_slip

FOLDER = Path(__file__).parents[3] / "docs" / "screens"
TERMS_URL = "https://terms.example/t/7F3K9-2QDXA"
PROOF_LINE = "SR1:" + "ABCDEFGH234567ZY" * 9 + "ABCD"
TILL_CODE = "S7F3K9QDX2A"


def papers(language: str) -> tuple[Receipt, Receipt]:
    """A redemption with its proof, and a reservation with the code for the till."""
    sheet = yes_sheet() if language == "en" else not_yet_sheet()
    words = {
        "en": "Used on 21 November 2026 at 10:52 AM, Maple St.",
        "es": "Usado el 21 de noviembre de 2026.",
    }
    when = dt.datetime(2026, 11, 21, 10, 52)  # noqa: DTZ001 - the store's own time, as it is printed
    plain = compose_receipt(sheet, "Maple St store", language, when, False, [words[language]], TERMS_URL)
    return replace(plain, proof=PROOF_LINE), replace(plain, till_code=TILL_CODE)


def texts_in(picture: Picture) -> set[str]:
    return {reading.text for reading in decode_image(picture, budget=60)}


def keep(name: str, picture: Picture, width: int) -> None:
    """Write a picture, where that was asked for."""
    if os.environ.get("SAMETERMS_SCREENSHOTS") == "write":
        size = (width, round(picture.shape[0] * width / picture.shape[1]))
        cv2.imwrite(str(FOLDER / f"{name}.png"), cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [58, 80])
def test_every_code_on_a_slip_reads(language: str, width: int) -> None:
    profile = read_profile("", width)
    used, reserved = (draw_slip(render_escpos(each, profile), profile.dots) for each in papers(language))
    assert texts_in(used) == {TERMS_URL, PROOF_LINE}
    assert texts_in(reserved) == {TERMS_URL, TILL_CODE}
    keep(f"slip-{width}mm-{language}", np.pad(used, 16, constant_values=255), profile.dots + 32)


@pytest.mark.parametrize(("language", "paper"), [("en", Paper.LETTER), ("es", Paper.A4)])
def test_every_code_on_a_page_reads(language: str, paper: Paper) -> None:
    used, reserved = (rasterise(render_pdf(each, paper)) for each in papers(language))
    assert texts_in(used) == {TERMS_URL, PROOF_LINE}
    assert texts_in(reserved) == {TERMS_URL, TILL_CODE}
    keep(f"page-{paper.value}-{language}", used, 900)
