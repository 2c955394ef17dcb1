"""Chooses the renderer for a printer: PDF where it takes PDFs, ESC/POS bytes where it is a thermal one.

What it must not know: printers themselves, queues, and what a receipt says.
"""

from __future__ import annotations

from hardware.ports import Media
from hardware.printer.profiles import WIDE, PrintProfile
from kiosk.receipts.compose import Receipt


def render(receipt: Receipt, media: Media, profile: PrintProfile = WIDE) -> bytes:
    """A receipt as bytes in the media that a printer takes; `profile` says what a thermal one can do."""
    # Imported at the first paper: half of a start's time would go into tables of printers and typefaces.
    if media is Media.PDF:
        from kiosk.receipts.pdf import Paper, render_pdf

        return render_pdf(receipt, Paper.ROLL_80)
    from kiosk.receipts.escpos import render_escpos

    return render_escpos(receipt, profile)
