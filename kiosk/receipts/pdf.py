"""Draws a receipt as a PDF: on a roll of 80 mm, on Letter or on A4.

What it must not know: where the paper comes out, and the rules. The same receipt gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.pdfgen.canvas import Canvas

from kiosk.receipts.blocks import Block, blocks_of
from kiosk.receipts.compose import PAGE, Receipt
from kiosk.receipts.fonts import REGULAR, SEMIBOLD, register_fonts
from kiosk.receipts.look import BRAND, MM, MUTED, Look, page_look, roll_look
from kiosk.receipts.tagged import TaggedCanvas, ornament


class Paper(StrEnum):
    """The papers that a receipt is set for."""

    ROLL_80 = "80mm"
    LETTER = "letter"
    A4 = "a4"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its size and margins in points, and how text is set on it. No height: it grows.

    `bottom` leaves place for the page's number; a page that stands alone has none and ends at `alone`.
    """

    width: float
    height: float | None
    side: float
    top: float
    bottom: float
    look: Look
    alone: float = 0.0


def _page(size: tuple[float, float]) -> Sheet:
    side = 25 * MM
    return Sheet(size[0], size[1], side, 14 * MM, 20 * MM, page_look(size[0] - 2 * side), 11 * MM)


def _roll(width_mm: float, margin_mm: float) -> Sheet:
    look = roll_look((width_mm - 2 * margin_mm) * MM)
    return Sheet(width_mm * MM, None, margin_mm * MM, 6 * MM, 8 * MM, look)


SMALLER = (1.0, 0.94, 0.88, 0.84)
"""Sizes that are tried for one page; at the last the smallest text is 8.4 points."""

SHEETS = {Paper.ROLL_80: _roll(80, 5), Paper.LETTER: _page(LETTER), Paper.A4: _page(A4)}


def render_pdf(receipt: Receipt, paper: Paper = Paper.ROLL_80) -> bytes:
    """The receipt as a tagged PDF with its typeface embedded, its title and its language."""
    register_fonts()
    sheet = SHEETS[paper]
    pages = _set_pages(receipt, sheet)
    content = sum(block.height for block in pages[0])
    height = sheet.height or content + sheet.top + sheet.bottom
    buffer = io.BytesIO()
    canvas = TaggedCanvas(buffer, (sheet.width, height), invariant=1, lang=receipt.language)
    describe(canvas, receipt.title)
    for number, page in enumerate(pages, start=1):
        _fill(canvas, page, sheet.side, height - sheet.top)
        if sheet.height is not None:
            with ornament(canvas):
                _dress(canvas, sheet, receipt, number, len(pages))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _set_pages(receipt: Receipt, sheet: Sheet) -> list[list[Block]]:
    """The blocks by page. A receipt that is a little too long is set smaller rather than torn in two."""
    if sheet.height is None:
        return [blocks_of(receipt, sheet.look)]
    room = sheet.height - sheet.top - sheet.bottom
    for scale in SMALLER:
        whole = sheet.height - sheet.top - sheet.alone
        pages = break_pages(blocks_of(receipt, page_look(sheet.look.width, scale)), whole)
        if len(pages) == 1:
            return pages
    return break_pages(blocks_of(receipt, sheet.look), room)


def describe(canvas: Canvas, title: str) -> None:
    """Name the document, and have viewers show its name instead of a file's."""
    canvas.setTitle(title)
    canvas.setAuthor("Sameterms")
    canvas.setCreator("Sameterms")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def break_pages(blocks: Sequence[Block], room: float) -> list[list[Block]]:
    """The blocks on pages of `room` points; what is glued together is not torn unless it fills a page."""
    pages: list[list[Block]] = [[]]
    used = 0.0
    for cluster in _clusters(blocks):
        height = sum(block.height for block in cluster)
        if pages[-1] and used + height > room and height <= room:
            pages.append([])
            used = 0.0
        for block in cluster:
            if pages[-1] and used + block.height > room:
                pages.append([])
                used = 0.0
            pages[-1].append(block)
            used += block.height
    return pages


def _clusters(blocks: Sequence[Block]) -> list[list[Block]]:
    clusters: list[list[Block]] = []
    for block in blocks:
        if clusters and (block.glued or clusters[-1][-1].holds):
            clusters[-1].append(block)
        else:
            clusters.append([block])
    return clusters


def _fill(canvas: Canvas, blocks: Sequence[Block], left: float, top: float) -> None:
    for block in blocks:
        block.draw(canvas, left, top)
        top -= block.height


def _dress(canvas: Canvas, sheet: Sheet, receipt: Receipt, number: int, count: int) -> None:
    """A band of the brand's colour above, and below the terms code and the page's number."""
    assert sheet.height is not None
    canvas.setFillColor(BRAND)
    canvas.rect(0, sheet.height - 5 * MM, sheet.width, 5 * MM, stroke=0, fill=1)
    if count == 1:
        return
    base = 12 * MM
    canvas.setFillColor(MUTED)
    canvas.setFont(SEMIBOLD, 9)
    canvas.drawString(sheet.side, base, receipt.title)
    canvas.setFont(REGULAR, 9)
    text = PAGE[receipt.language].format(page=number, pages=count)
    canvas.drawRightString(sheet.width - sheet.side, base, text)
