"""A page that shows that a printer prints: letters of both languages, a rule, a QR code, a cut.

What it must not know: receipts.
"""

from __future__ import annotations

import io

import segno
from reportlab.pdfgen.canvas import Canvas

from hardware.ports import Media
from hardware.printer.profiles import WIDE, PrintProfile

LINES = ("Sameterms test page", "ABC abc 0123456789 $49.99 \u20ac5", "ñáéíóú ¿? ¡!")
MODULE = 6
QUIET = 4


def make_test_page(media: Media, printer_name: str, qr_text: str = "", profile: PrintProfile = WIDE) -> bytes:
    """The test page in the media that a printer takes; `qr_text` is what its QR code says, none if empty."""
    lines = (*LINES, "-" * min(32, profile.columns), printer_name, *([qr_text] if qr_text else []))
    return _as_pdf(lines, qr_text) if media is Media.PDF else _as_escpos(lines, qr_text, profile)


def _as_escpos(lines: tuple[str, ...], qr_text: str, profile: PrintProfile) -> bytes:
    """ESC @ (reset), ESC t (code page), the lines, the QR code as raster, ESC d (feed), GS V 1 (cut)."""
    number, codec = profile.page or (0, "ascii")
    text = "\n".join(lines).encode(codec, errors="replace")
    cut = b"\x1dV\x01" if profile.cuts else b""
    return b"\x1b@\x1bt" + bytes([number]) + text + b"\n" + _raster_qr(qr_text) + b"\x1bd\x06" + cut


def _raster_qr(text: str) -> bytes:
    """GS v 0: the QR code as dots, so that it shows what any printer of the kind can do."""
    if not text:
        return b""
    rows = [bytes(row) for row in segno.make_qr(text, error="m").matrix_iter(scale=MODULE, border=QUIET)]
    wide = -(-len(rows[0]) // 8)
    packed = b"".join(_pack(row, wide) for row in rows)
    return b"\x1dv0\x00" + wide.to_bytes(2, "little") + len(rows).to_bytes(2, "little") + packed


def _pack(row: bytes, wide: int) -> bytes:
    bits = "".join("1" if dot else "0" for dot in row).ljust(wide * 8, "0")
    return int(bits, 2).to_bytes(wide, "big")


def _as_pdf(lines: tuple[str, ...], qr_text: str) -> bytes:
    buffer = io.BytesIO()
    side = 110 if qr_text else 0
    canvas = Canvas(buffer, (227, 40 + 16 * len(lines) + side), invariant=1)
    canvas.setTitle("Sameterms test page")
    canvas.setFont("Helvetica", 11)
    for number, line in enumerate(lines, start=1):
        canvas.drawString(14, side + 24 + 16 * (len(lines) - number), line)
    if qr_text:
        _draw_qr(canvas, qr_text, side)
    canvas.save()
    return buffer.getvalue()


def _draw_qr(canvas: Canvas, text: str, side: int) -> None:
    rows = [bytes(row) for row in segno.make_qr(text, error="m").matrix_iter(border=QUIET)]
    module = side / len(rows)
    for number, row in enumerate(rows):
        for column, dark in enumerate(row):
            if dark:
                canvas.rect(
                    14 + column * module, side - (number + 1) * module, module, module, stroke=0, fill=1
                )
