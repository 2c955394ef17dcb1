"""Draws a voucher on paper: what it is, its code as a QR code and to type, and what to do with it.

What it must not know: vouchers' rules and data; it prints the words that it is given. The paper is only a
pointer to the voucher; what the QR code carries is given too.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import segno
import zxingcpp
from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

from kiosk.receipts.blocks import Setting, set_line
from kiosk.receipts.fonts import BOLD, BOLD_FIGURES, REGULAR, SEMIBOLD, register_fonts, width_of
from kiosk.receipts.look import BRAND, INK, MM, MUTED
from kiosk.receipts.marks import draw_modules
from kiosk.receipts.pdf import describe
from kiosk.receipts.tagged import TaggedCanvas, ornament, tagged

WIDTH, HEIGHT = 210 * MM, 99 * MM
"""A third of an A4 page, which fits a long envelope."""
MARGIN = 13 * MM
QR_SIDE = 54 * MM
TYPE_IT = {"en": "Or type this code", "es": "O escriba este código"}
PICTURE = {"en": "QR code of the voucher {code}", "es": "Código QR del vale {code}"}
SCAN_IT = {"en": "Hold it before the camera", "es": "Acérquelo a la cámara"}


@dataclass(frozen=True, slots=True)
class Symbol:
    """What the QR code carries: the code alone, a GS1 Digital Link, or GS1 element strings with their
    identifiers in brackets, which make it a GS1 QR code."""

    form: str
    text: str

    def modules(self) -> Sequence[Sequence[int]]:
        """The code's dark (1) and light (0) modules, without a quiet zone."""
        if self.form != "gs1":
            plain: Sequence[Sequence[int]] = segno.make_qr(self.text, error="m").matrix
            return plain
        drawn = zxingcpp.create_barcode(self.text, zxingcpp.BarcodeFormat.QRCode, gs1=True, ec_level="M")
        dark: list[list[int]] = (np.array(drawn.to_image(add_quiet_zones=False)) == 0).astype(int).tolist()
        return dark


def make_voucher_pdf(
    title: str,
    code: str,
    symbol: Symbol,
    amount_text: str,
    issued_to_text: str,
    note_lines: Sequence[str],
    language: str,
) -> bytes:
    """A voucher of 210 x 99 mm as PDF; `code` as it is to be typed, hyphens and all, `symbol` as it is
    to be scanned."""
    register_fonts()
    buffer = io.BytesIO()
    canvas = TaggedCanvas(buffer, (WIDTH, HEIGHT), invariant=1, lang=language)
    describe(canvas, title)
    panel = QR_SIDE + 2 * MARGIN
    text_width = WIDTH - panel - 2 * MARGIN
    _draw_words(canvas, text_width, title, amount_text, issued_to_text, note_lines)
    _draw_code(canvas, text_width, code, language)
    _draw_panel(canvas, panel, symbol, PICTURE[language].format(code=code), language)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_words(
    canvas: Canvas, width: float, title: str, amount: str, issued_to: str, notes: Sequence[str]
) -> None:
    top = HEIGHT - MARGIN
    settings = [
        (title, Setting(SEMIBOLD, 14, BRAND, role="H1")),
        (amount, Setting(BOLD, 34 if width_of(amount, BOLD, 34) <= width else 24, INK, leading=1.2, after=3)),
        (issued_to, Setting(REGULAR, 11.5, INK, after=6)),
        *((note, Setting(REGULAR, 10, MUTED)) for note in notes),
    ]
    for text, how in settings:
        block = set_line(text, None, width, how)
        block.draw(canvas, MARGIN, top)
        top -= block.height


def _draw_code(canvas: Canvas, width: float, code: str, language: str) -> None:
    """The code to type, as large as its place allows."""
    size = min(24.0, 24.0 * width / width_of(code, BOLD_FIGURES, 24.0))
    canvas.setFillColor(MUTED)
    canvas.setFont(REGULAR, 10)
    with tagged(canvas, "P"):
        canvas.drawString(MARGIN, MARGIN + size + 4, TYPE_IT[language])
    canvas.setFillColor(INK)
    canvas.setFont(BOLD_FIGURES, size)
    with tagged(canvas, "P"):
        canvas.drawString(MARGIN, MARGIN, code)


def _draw_panel(canvas: Canvas, panel: float, symbol: Symbol, words: str, language: str) -> None:
    """The QR code on white in a panel of the brand's colour."""
    left = WIDTH - panel
    canvas.setFillColor(BRAND)
    with ornament(canvas):
        canvas.rect(left, 0, panel, HEIGHT, stroke=0, fill=1)
    x, top = left + MARGIN, HEIGHT - (HEIGHT - QR_SIDE) / 2 + 4 * MM
    canvas.setFillColor(white)
    with ornament(canvas):
        canvas.roundRect(x, top - QR_SIDE, QR_SIDE, QR_SIDE, 6, stroke=0, fill=1)
    draw_modules(canvas, symbol.modules(), x, top, QR_SIDE, words)
    canvas.setFillColor(white)
    canvas.setFont(SEMIBOLD, 11.5)
    with tagged(canvas, "P"):
        canvas.drawCentredString(x + QR_SIDE / 2, top - QR_SIDE - 7 * MM, SCAN_IT[language])
