"""A receipt carries every sentence of its sheet, in its order, whatever it is printed on."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from hardware.decode import decode_image
from hardware.ports import Media
from hardware.printer.profiles import NARROW, WIDE, PrintProfile, read_profile
from kiosk.receipts import blocks, escpos
from kiosk.receipts.compose import Receipt, compose_receipt, receipt_from_json, receipt_to_json
from kiosk.receipts.escpos import encode, render_escpos
from kiosk.receipts.pdf import Paper, break_pages, render_pdf
from kiosk.receipts.rendering import paper_of, render
from kiosk.receipts.voucher_pdf import Symbol, make_voucher_pdf
from store_api.contract import Sheet
from tests.kiosk.receipts.escpos_reader import UnknownCommand, read_escpos
from tests.kiosk.receipts.pdf_tags import read_tags, untagged_marks
from tests.kiosk.receipts.rasterise import rasterise
from tests.kiosk.receipts.sheets import (
    TERMS_URL,
    WHEN,
    line,
    missing_or_disordered,
    not_yet_sheet,
    receipt_of,
    sentences,
    yes_sheet,
)
from tests.kiosk.receipts.slip import Head, draw_slip

ROLLS = [WIDE, NARROW]
SHEETS = [yes_sheet(), not_yet_sheet()]
BOTH = pytest.mark.parametrize("sheet", SHEETS, ids=["yes", "not_yet"])


PLAIN = Symbol("code", "7F3K9QDXA2BCM")


def pdf_text(data: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def everything(receipt: Receipt, sheet: Sheet) -> list[str]:
    return [*receipt.head, *sentences(sheet), *receipt.foot]


@BOTH
def test_composing_keeps_every_line_as_it_is(sheet: Sheet) -> None:
    receipt = receipt_of(sheet)
    kept = [(entry.kind, entry.text, entry.mark, entry.status) for entry in receipt.lines]
    assert kept == [(entry.kind, entry.text, entry.mark, entry.status) for entry in sheet.lines]


def test_a_receipt_says_when_it_was_printed_in_its_own_language() -> None:
    english = compose_receipt(yes_sheet(), "Maple St", "en", WHEN)
    spanish = compose_receipt(not_yet_sheet(), "Maple St", "es", WHEN)
    assert english.head == ("Maple St", "Printed 21 November 2026, 10:52 AM")
    assert spanish.head == ("Maple St", "Impreso el 21 de noviembre de 2026, 10:52 a.m.")


@BOTH
def test_a_receipt_survives_being_kept_as_text(sheet: Sheet) -> None:
    receipt = receipt_of(sheet, copy=True)
    assert receipt_from_json(receipt_to_json(receipt)) == receipt


@BOTH
@pytest.mark.parametrize("paper", list(Paper))
def test_the_pdf_has_the_sentences_of_the_sheet_in_its_order(sheet: Sheet, paper: Paper) -> None:
    receipt = receipt_of(sheet)
    assert missing_or_disordered(everything(receipt, sheet), pdf_text(render_pdf(receipt, paper))) == []


@BOTH
def test_the_pdf_says_nothing_between_the_sentences_of_the_sheet(sheet: Sheet) -> None:
    receipt = receipt_of(sheet)
    text = " ".join(pdf_text(render_pdf(receipt)).split())
    assert text == " ".join(everything(receipt, sheet))


@BOTH
@pytest.mark.parametrize("roll", ROLLS, ids=lambda roll: roll.name)
def test_the_thermal_receipt_has_the_sentences_of_the_sheet_in_its_order(
    sheet: Sheet, roll: PrintProfile
) -> None:
    receipt = receipt_of(sheet)
    paper = read_escpos(render_escpos(receipt, roll))
    assert missing_or_disordered(everything(receipt, sheet), paper.text) == []
    assert paper.qr_codes == [TERMS_URL]
    assert paper.cuts == 1


@BOTH
def test_the_thermal_receipt_says_nothing_more_than_the_pdf(sheet: Sheet) -> None:
    receipt = receipt_of(sheet)
    printed = read_escpos(render_escpos(receipt)).text.replace("-" * 48, " ")
    assert printed.split() == pdf_text(render_pdf(receipt)).split()


@BOTH
@pytest.mark.parametrize("roll", ROLLS, ids=lambda roll: roll.name)
def test_no_row_is_wider_than_the_roll(sheet: Sheet, roll: PrintProfile) -> None:
    rows = read_escpos(render_escpos(receipt_of(sheet), roll)).rows
    assert max(len(row) for row in rows) == roll.columns


def test_the_verdict_is_bold_and_tall_and_amounts_stand_at_the_right_edge() -> None:
    paper = read_escpos(render_escpos(receipt_of(yes_sheet())))
    assert paper.tall_rows == ["Yes. $49.99 off this phone."]
    assert "Yes. $49.99 off this phone." in paper.bold_rows
    assert "Left to pay" + "$0.00".rjust(37) in paper.rows


def test_a_mark_that_does_not_fit_beside_its_text_stands_below_it() -> None:
    sheet = yes_sheet().model_copy(update={"lines": (line("term", "x" * 47, "Not met", "unmet"),)})
    rows = read_escpos(render_escpos(receipt_of(sheet))).rows
    assert rows[rows.index("x" * 47) + 1] == "Not met".rjust(48)


def test_spanish_letters_and_signs_survive_in_both_code_pages() -> None:
    for page in ((16, "cp1252"), (19, "cp858")):
        text = read_escpos(render_escpos(receipt_of(not_yet_sheet()), replace(WIDE, page=page))).text
        assert "¿Cuántos meses durará el nuevo contrato?" in text
        assert "Dispensado" in text


@pytest.mark.parametrize("model", ["", "plain", "TM-T20II", "NT-5890K", "TSP600", "simple"])
@pytest.mark.parametrize("width", [58, 80])
def test_every_kind_of_printer_gets_a_slip_whose_qr_code_reads(model: str, width: int) -> None:
    profile = read_profile(model, width)
    for sheet in SHEETS:
        slip = draw_slip(render_escpos(receipt_of(sheet), profile), profile.dots)
        assert [reading.text for reading in decode_image(slip, budget=60)] == [TERMS_URL]


def test_letters_that_a_printer_lacks_are_drawn_and_the_rest_stays_text() -> None:
    plain = read_profile("plain", 58)
    euro = yes_sheet().model_copy(
        update={"lines": (line("note", "Cuesta 5 €. ¿Y la señal?"), line("note", "Plain words"))}
    )
    data = render_escpos(receipt_of(euro), plain)
    head = Head(data, plain.dots)
    slip = head.run()
    assert "Plain words" in head.texts
    assert not any("Cuesta" in text for text in head.texts)
    assert data.count(b"\x1dv0") == 2  # the row and the QR code
    assert slip.min() == 0


def test_a_printer_without_a_cutter_feeds_instead() -> None:
    data = render_escpos(receipt_of(yes_sheet()), replace(WIDE, cuts=False))
    head = Head(data, 576)
    head.run()
    assert head.cuts == 0
    assert data.endswith(b"\x1bd\x06")


def test_what_a_code_page_lacks_gets_its_plain_twin() -> None:
    assert (encode("“a” — b… é", "cp858") or b"").decode("cp858") == '"a" - b... é'
    assert (encode("“a” — b… é", "cp1252") or b"").decode("cp1252") == "“a” — b… é"
    assert encode("\u2212$49.99", "cp1252") == b"-$49.99"
    assert encode("日", "cp1252") is None


def test_no_command_can_be_smuggled_in_by_a_sentence() -> None:
    hostile = yes_sheet().model_copy(update={"lines": (line("note", "a\x1b@\x1dV\x00b\nc\x10\x04\x01d"),)})
    paper = read_escpos(render_escpos(receipt_of(hostile)))
    assert paper.cuts == 1
    assert "a@ Vb cd" in paper.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_copy_is_marked_and_an_original_is_not(language: str) -> None:
    sheet = yes_sheet() if language == "en" else not_yet_sheet()
    word = {"en": "COPY", "es": "COPIA"}[language]
    for paper in Paper:
        assert word in pdf_text(render_pdf(receipt_of(sheet, copy=True), paper)).split()
        assert word not in pdf_text(render_pdf(receipt_of(sheet), paper)).split()
    assert word in read_escpos(render_escpos(receipt_of(sheet).as_copy())).tall_rows
    assert word not in read_escpos(render_escpos(receipt_of(sheet))).text.split()


def test_a_pdf_renderer_that_leaves_a_line_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = blocks.set_line
    monkeypatch.setattr(
        blocks, "set_line", lambda text, *rest, **more: whole(text.replace("Met", ""), *rest, **more)
    )
    monkeypatch.setattr(blocks, "_taken", lambda lines, kind: lines.clear() or [])
    receipt = receipt_of(yes_sheet())
    assert missing_or_disordered(sentences(yes_sheet()), pdf_text(render_pdf(receipt)))


def test_a_thermal_renderer_that_rewords_or_swaps_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = yes_sheet()
    swapped = replace(receipt_of(sheet), lines=tuple(reversed(receipt_of(sheet).lines)))
    assert missing_or_disordered(sentences(sheet), read_escpos(render_escpos(swapped)).text)
    whole = escpos.wrap_columns
    monkeypatch.setattr(
        escpos, "wrap_columns", lambda text, columns: whole(text.replace("24 months", "two years"), columns)
    )
    assert missing_or_disordered(sentences(sheet), read_escpos(render_escpos(receipt_of(sheet))).text)


@pytest.mark.parametrize("paper", list(Paper))
def test_the_qr_code_on_the_pdf_reads_as_the_address_of_the_terms(paper: Paper) -> None:
    image = rasterise(render_pdf(receipt_of(yes_sheet()), paper))
    assert [reading.text for reading in decode_image(image, budget=60)] == [TERMS_URL]


def test_the_pdf_names_itself_and_its_language_and_embeds_its_typeface() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(receipt_of(not_yet_sheet()), Paper.A4)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Condiciones 9C2MA-7TTW0"
    assert reader.root_object["/Lang"] == "es"
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    assert all("AtkinsonHyperlegible" in font.get_object()["/BaseFont"] for font in fonts if _is_used(font))


@BOTH
@pytest.mark.parametrize("paper", list(Paper))
def test_a_reader_of_tags_hears_the_sentences_once_and_in_order(sheet: Sheet, paper: Paper) -> None:
    receipt = replace(receipt_of(sheet), proof=PROOF_LINE, till_code="S7F3K9QDX2A")
    told = read_tags(render_pdf(receipt, paper))
    spoken = " ".join(part.text for part in told if part.role != "Figure")
    assert missing_or_disordered(everything(receipt, sheet), spoken) == []
    assert [part.role for part in told].count("H1") == 1
    headings = [line.text for line in sheet.lines if line.kind == "heading"]
    assert [part.text for part in told if part.role == "H2"] == headings
    pictures = [part.words for part in told if part.role == "Figure"]
    assert len(pictures) == 3
    assert TERMS_URL in pictures[0]
    assert "S7F3K9QDX2A" in pictures[1]


@pytest.mark.parametrize("paper", list(Paper))
def test_nothing_on_the_page_is_drawn_outside_of_the_tags(paper: Paper) -> None:
    receipt = replace(receipt_of(yes_sheet(), copy=True), proof=PROOF_LINE, till_code="S7F3K9QDX2A")
    assert untagged_marks(render_pdf(receipt, paper)) == []


@pytest.mark.parametrize(("country", "width"), [("US", 612), ("MX", 612), ("ES", 595), ("DE", 595)])
def test_an_office_printer_gets_the_paper_of_its_country(country: str, width: int) -> None:
    data = render(receipt_of(yes_sheet()), Media.PDF, paper=paper_of(country))
    assert round(float(PdfReader(io.BytesIO(data)).pages[0].mediabox.width)) == width


@pytest.mark.parametrize("paper", [Paper.LETTER, Paper.A4])
@BOTH
def test_a_redemption_with_its_proof_fits_on_one_page(sheet: Sheet, paper: Paper) -> None:
    data = render_pdf(replace(receipt_of(sheet), proof=PROOF_LINE), paper)
    assert len(PdfReader(io.BytesIO(data)).pages) == 1


def test_the_voucher_is_tagged_too() -> None:
    data = make_voucher_pdf(
        "Credit",
        "7F3K-9QDX-A2BC-M",
        Symbol("code", "7F3K9QDXA2BCM"),
        "$50 off",
        "Issued today",
        ["A note."],
        "en",
    )
    told = read_tags(data)
    assert (told[0].role, told[0].text) == ("H1", "Credit")
    (picture,) = (part for part in told if part.role == "Figure")
    assert picture.words == "QR code of the voucher 7F3K-9QDX-A2BC-M"
    assert untagged_marks(data) == []


def _is_used(font: object) -> bool:
    # The library lists Helvetica in every document, though no text is set in it.
    return font.get_object()["/BaseFont"] != "/Helvetica"  # type: ignore[attr-defined]


def test_the_same_receipt_gives_the_same_bytes() -> None:
    assert render_pdf(receipt_of(yes_sheet())) == render_pdf(receipt_of(yes_sheet()))


def test_a_roll_is_as_long_as_its_text_and_a_page_is_a_page() -> None:
    def size(paper: Paper, sheet: Sheet) -> tuple[float, float]:
        box = PdfReader(io.BytesIO(render_pdf(receipt_of(sheet), paper))).pages[0].mediabox
        return round(float(box.width)), round(float(box.height))

    assert size(Paper.LETTER, yes_sheet()) == (612, 792)
    assert size(Paper.A4, yes_sheet()) == (595, 842)
    assert size(Paper.ROLL_80, yes_sheet())[0] == 227
    assert size(Paper.ROLL_80, yes_sheet())[1] > size(Paper.ROLL_80, not_yet_sheet())[1]


def test_a_long_sheet_goes_on_further_pages_with_all_its_sentences() -> None:
    sheet = yes_sheet().model_copy(update={"lines": yes_sheet().lines[:11] * 6 + yes_sheet().lines[11:]})
    data = render_pdf(receipt_of(sheet), Paper.LETTER)
    pages = PdfReader(io.BytesIO(data)).pages
    assert len(pages) > 2
    assert f"Page 1 of {len(pages)}" in pages[0].extract_text()
    assert missing_or_disordered(sentences(sheet), pdf_text(data)) == []


def test_a_receipt_that_is_a_little_too_long_is_set_smaller_on_one_page() -> None:
    free = tuple(line("free", f"Thing number {number}.", "Not required") for number in range(6))
    sheet = yes_sheet().model_copy(update={"lines": yes_sheet().lines[:10] + free + yes_sheet().lines[10:]})
    data = render_pdf(receipt_of(sheet), Paper.LETTER)
    assert len(PdfReader(io.BytesIO(data)).pages) == 1
    assert missing_or_disordered(sentences(sheet), pdf_text(data)) == []


def test_a_page_never_breaks_below_a_heading_or_before_a_detail() -> None:
    heading = blocks.Block(10, lambda *_: None, holds=True)
    term = blocks.Block(10, lambda *_: None)
    detail = blocks.Block(10, lambda *_: None, glued=True)
    assert break_pages([term, heading, term, detail], 35) == [[term], [heading, term, detail]]
    assert break_pages([term, heading, term, detail], 40) == [[term, heading, term, detail]]


def test_a_sheet_without_a_code_line_still_carries_its_qr_code() -> None:
    sheet = yes_sheet().model_copy(update={"lines": yes_sheet().lines[:3]})
    assert read_escpos(render_escpos(receipt_of(sheet))).qr_codes == [TERMS_URL]
    image = rasterise(render_pdf(receipt_of(sheet)))
    assert [reading.text for reading in decode_image(image, budget=60)] == [TERMS_URL]


def test_a_kind_of_line_that_is_new_is_printed_all_the_same() -> None:
    receipt = receipt_of(yes_sheet())
    strange = replace(receipt, lines=(replace(receipt.lines[0], kind="novelty", text="Something new."),))
    assert "Something new." in pdf_text(render_pdf(strange))
    assert "Something new." in read_escpos(render_escpos(strange)).text


def test_a_printed_voucher_shows_its_code_twice_once_for_the_camera() -> None:
    data = make_voucher_pdf(
        "Upgrade credit", "7F3K-9QDX-A2BC-M", PLAIN, "$50 off a new phone", "Issued on 4 March 2026",
        ["The code is enough: the paper is not needed."], "en",
    )  # fmt: skip
    assert "7F3K-9QDX-A2BC-M" in pdf_text(data)
    assert [reading.text for reading in decode_image(rasterise(data), budget=60)] == ["7F3K9QDXA2BCM"]


@pytest.mark.parametrize("data", [b"\x07", b"\x1bZ", b"\x1dv0", b"\x1b", b"half a row"])
def test_the_reader_of_thermal_receipts_refuses_what_it_does_not_know(data: bytes) -> None:
    with pytest.raises(UnknownCommand):
        read_escpos(data)


PROOF_LINE = "SR1:" + "ABCDEFGH234567ZY" * 9 + "ABCD"


@pytest.mark.parametrize("roll", ROLLS, ids=lambda roll: roll.name)
@pytest.mark.parametrize("native", [True, False])
def test_a_redemptions_slip_carries_its_signed_line_beside_the_terms(
    roll: PrintProfile, native: bool
) -> None:
    receipt = replace(receipt_of(yes_sheet()), proof=PROOF_LINE)
    profile = replace(roll, native_qr=native)
    slip = draw_slip(render_escpos(receipt, profile), profile.dots)
    assert {reading.text for reading in decode_image(slip, budget=60)} == {TERMS_URL, PROOF_LINE}


@pytest.mark.parametrize("paper", list(Paper))
def test_a_redemptions_pdf_carries_its_signed_line_beside_the_terms(paper: Paper) -> None:
    receipt = replace(receipt_of(yes_sheet()), proof=PROOF_LINE)
    image = rasterise(render_pdf(receipt, paper))
    assert {reading.text for reading in decode_image(image, budget=60)} == {TERMS_URL, PROOF_LINE}
    assert "can be checked without a network" in " ".join(pdf_text(render_pdf(receipt, paper)).split())
