"""Several vouchers of one order on one slip: each with its words and its own line to check."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdfium2
import pytest
from pypdf import PdfReader

from hardware.decode import decode_image
from hardware.printer.profiles import NARROW, WIDE, PrintProfile
from kiosk.receipts.compose import Receipt, compose_other, receipt_from_json, receipt_to_json
from kiosk.receipts.escpos import render_escpos
from kiosk.receipts.pdf import Paper, render_pdf
from tests.kiosk.receipts.escpos_reader import read_escpos
from tests.kiosk.receipts.rasterise import rasterise
from tests.kiosk.receipts.sheets import TERMS_URL, line, missing_or_disordered, receipt_of, yes_sheet
from tests.kiosk.receipts.slip import draw_slip

PROOFS = ["SR1:" + "ABCDEFGH234567ZY" * 9 + ending for ending in ("ABCD", "EFGH", "2345")]
BILLS = (
    line("heading", "Your credits on bills"),
    line("credit", "Each of 24 bills", "-$10.00"),
    line("total", "In all", "$240.00"),
)


def slip() -> Receipt:
    """A receipt of three vouchers: the sheet's own and two others, the last one credited on bills."""
    sheet = yes_sheet()
    on_bills = sheet.model_copy(update={"lines": (*sheet.lines[:-2], *BILLS, *sheet.lines[-2:])})
    others = (
        compose_other(sheet, "$20 thank-you credit", "\u2212$20.00", PROOFS[1]),
        compose_other(on_bills, "Trade-in credit", "\u2212$240.00", PROOFS[2]),
    )
    return replace(receipt_of(sheet), proof=PROOFS[0], others=others)


def test_another_voucher_has_the_words_of_its_sheet_but_the_order_stands_once() -> None:
    other = compose_other(yes_sheet(), "$20 thank-you credit", None, None)
    told = [each.text for each in other.lines]
    assert told[0] == "Yes. $49.99 off this phone."
    assert "At least 24 months since this line’s last upgrade." in told
    assert "A service agreement of 24 months, to 21 November 2028." in told
    assert (other.lines[-1].text, other.lines[-1].mark) == ("Terms", "7F3K9-2QDXA")
    said_once = {"Left to pay", "Your order, before tax and fees", "A change of plan.", "$50 upgrade credit"}
    assert said_once.isdisjoint(told)


def test_bills_are_told_of_each_voucher_that_is_credited_on_them() -> None:
    told = [(each.text, each.mark) for each in slip().others[1].lines]
    assert ("Each of 24 bills", "-$10.00") in told
    assert ("In all", "$240.00") in told


@pytest.mark.parametrize("paper", list(Paper))
def test_every_voucher_on_the_pdf_has_a_line_that_reads(paper: Paper) -> None:
    data = render_pdf(slip(), paper)
    pages = len(pypdfium2.PdfDocument(data))
    read = {
        reading.text
        for page in range(pages)
        for reading in decode_image(rasterise(data, page=page), budget=60)
    }
    assert read == {TERMS_URL, *PROOFS}
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    wanted = ["Left to pay", "$20 thank-you credit", "\u2212$20.00", "Trade-in credit", "In all"]
    assert missing_or_disordered(wanted, text) == []
    assert text.count("Also used on this order") == 2


@pytest.mark.parametrize("roll", [WIDE, NARROW], ids=lambda roll: roll.name)
@pytest.mark.parametrize("native", [True, False])
def test_every_voucher_on_the_thermal_slip_has_a_line_that_reads(roll: PrintProfile, native: bool) -> None:
    profile = replace(roll, native_qr=native)
    data = render_escpos(slip(), profile)
    drawn = draw_slip(data, profile.dots)
    assert {reading.text for reading in decode_image(drawn, budget=60)} == {TERMS_URL, *PROOFS}
    if native:
        paper = read_escpos(data)
        assert missing_or_disordered(["$20 thank-you credit", "Trade-in credit", "In all"], paper.text) == []
        assert paper.cuts == 1


def test_a_slip_that_waited_for_paper_still_has_every_voucher() -> None:
    assert receipt_from_json(receipt_to_json(slip())) == slip()
