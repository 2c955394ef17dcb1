"""The sheet fragment shows every line once, in its order, and adds no word."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask import Flask, render_template

from kiosk.rendering import blocks, line_icon
from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.factories import line

TONES = ("yes", "not_yet", "question", "no")


class Text(HTMLParser):
    """The text inside the sheet's element, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep what is not blank."""
        if data.strip():
            self.pieces.append(" ".join(data.split()))


def text_of(page: str) -> str:
    """All text of some HTML with single blanks."""
    reader = Text()
    reader.feed(page)
    return " ".join(reader.pieces)


def lines_of(sheet: wire.Sheet) -> str:
    """A sheet's lines, text before mark."""
    return " ".join(" ".join(part for part in (each.text, each.mark) if part) for each in sheet.lines)


def rendered(app: Flask, sheet: wire.Sheet) -> str:
    """The fragment of a sheet."""
    with app.test_request_context("/counter/sheet"):
        return render_template("shared/_sheet.html", sheet=sheet)


@pytest.mark.parametrize("tone", TONES)
def test_the_text_is_that_of_the_lines_and_nothing_more(app: Flask, tone: str) -> None:
    sheet = factories.sheet(tone)
    assert text_of(rendered(app, sheet)) == lines_of(sheet)


def test_lines_of_any_kind_in_any_order_are_shown_once_each(app: Flask) -> None:
    kinds = "verdict note way detail heading group term way detail note free item detail agrees total".split()  # noqa: SIM905
    kinds += ["question", "reason", "credit", "after", "code", "note", "reason"]
    lines = tuple(line(kind, f"text {number}", f"mark {number}") for number, kind in enumerate(kinds))
    sheet = wire.Sheet(language="en", tone="no", terms_code=None, lines=lines)
    assert text_of(rendered(app, sheet)) == lines_of(sheet)


def test_text_is_text_and_never_markup(app: Flask) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    sheet = wire.Sheet(language="en", tone="no", terms_code=None, lines=(line("verdict", hostile, hostile),))
    assert "<img" not in rendered(app, sheet)


@pytest.mark.parametrize("status", ["met", "unmet", "unknown", "waived", "not_needed", "not_required"])
def test_a_status_has_an_icon_beside_its_word(app: Flask, status: str) -> None:
    sheet = wire.Sheet(
        language="en", tone="yes", terms_code=None, lines=(line("term", "A term.", "The word", status),)
    )
    page = rendered(app, sheet)
    assert f"#{line_icon(sheet.lines[0])}" in page
    assert f"term--{status}" in page
    assert "The word" in page


def test_the_statuses_that_matter_have_icons_of_their_own() -> None:
    icons = {line_icon(line("term", "t", "m", status)) for status in ("met", "unmet", "unknown", "waived")}
    assert len(icons) == 4


def test_the_code_carries_its_public_address_as_a_qr_code(app: Flask) -> None:
    import segno

    drawn = segno.make_qr(f"https://terms.example/t/{factories.CODE}", error="m")
    path = re.search(r'd="([^"]+)"', drawn.svg_inline(omitsize=True, border=4))
    assert path is not None
    assert path.group(1) in rendered(app, factories.sheet())


def test_a_sheet_without_a_code_has_no_qr_code(app: Flask) -> None:
    sheet = factories.sheet().model_copy(update={"terms_code": None})
    assert 'class="qr"' not in rendered(app, sheet)


def test_regions_are_cut_without_losing_a_line() -> None:
    sheet = factories.sheet()
    found = blocks(sheet)
    assert [block.kind for block in found] == ["head", "body", "foot"]
    assert [each for block in found for each in block.lines] == list(sheet.lines)
