"""Chooses the renderer for a printer: PDF where it takes PDFs, ESC/POS bytes where it is a thermal one.

What it must not know: printers themselves, queues, and what a receipt says.
"""

from __future__ import annotations

from hardware.ports import Media
from kiosk.receipts.compose import Receipt
from kiosk.receipts.escpos import WINDOWS_1252, CodePage, Roll, render_escpos
from kiosk.receipts.pdf import Paper, render_pdf
from kiosk.receipts.print_queue import Render


def renderer(paper: Paper = Paper.ROLL_80, roll: Roll = Roll.MM_80, page: CodePage = WINDOWS_1252) -> Render:
    """A function that renders a receipt in the media that a printer asks for."""

    def render(receipt: Receipt, media: Media) -> bytes:
        if media is Media.PDF:
            return render_pdf(receipt, paper)
        return render_escpos(receipt, roll, page)

    return render
