"""A page that shows that a printer prints: letters of both languages, a rule, a cut.

What it must not know: receipts.
"""

from __future__ import annotations

import io

from reportlab.pdfgen.canvas import Canvas

from hardware.ports import Media

LINES = ("Sameterms test page", "ABC abc 0123456789 $49.99", "ñáéíóú ¿? ¡!", "-" * 32)


def make_test_page(media: Media, printer_name: str) -> bytes:
    """The test page in the media that a printer takes."""
    lines = (*LINES, printer_name)
    return _as_pdf(lines) if media is Media.PDF else _as_escpos(lines)


def _as_escpos(lines: tuple[str, ...]) -> bytes:
    """ESC @ (reset), ESC t 16 (Windows-1252), the lines, feed, GS V 1 (cut)."""
    text = "\n".join(lines).encode("cp1252", errors="replace")
    return b"\x1b@\x1bt\x10" + text + b"\n\x1bd\x06\x1dV\x01"


def _as_pdf(lines: tuple[str, ...]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, (227, 40 + 16 * len(lines)), invariant=1)
    canvas.setTitle("Sameterms test page")
    canvas.setFont("Helvetica", 11)
    for number, line in enumerate(lines, start=1):
        canvas.drawString(14, 24 + 16 * (len(lines) - number), line)
    canvas.save()
    return buffer.getvalue()
