"""Chooses the renderer for a printer: PDF where it takes PDFs, ESC/POS bytes where it is a thermal one.

An office printer gets pages of the size that its country uses; a roll is for slips.

What it must not know: printers themselves, queues, and what a receipt says.
"""

from __future__ import annotations

from hardware.ports import Media
from hardware.printer.profiles import WIDE, PrintProfile
from kiosk.receipts.compose import Receipt

LETTER_COUNTRIES = (
    *("BZ", "CA", "CL", "CO", "CR", "GT", "MX"),
    *("NI", "PA", "PH", "PR", "SV", "US", "VE"),
)
"""Countries whose paper is Letter; A4 everywhere else (Unicode CLDR, supplemental data, paperSize)."""


def paper_of(country: str) -> str:
    """The name of the paper that a country's office printers hold."""
    return "letter" if country in LETTER_COUNTRIES else "a4"


def render(receipt: Receipt, media: Media, profile: PrintProfile = WIDE, paper: str = "letter") -> bytes:
    """A receipt as bytes in the media that a printer takes.

    `profile` says what a thermal printer can do, `paper` what PDFs are set for: letter, a4 or 80mm.
    """
    # Imported at the first paper: half of a start's time would go into tables of printers and typefaces.
    if media is Media.PDF:
        from kiosk.receipts.pdf import Paper, render_pdf

        return render_pdf(receipt, Paper(paper))
    from kiosk.receipts.escpos import render_escpos

    return render_escpos(receipt, profile)
