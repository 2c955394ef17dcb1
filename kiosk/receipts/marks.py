"""Signs drawn on a printed sheet: a check, a cross, a question mark, and the QR code.

What it must not know: receipts. All are vectors: they are sharp on any printer, and add no words to the
text of the document.
"""

from __future__ import annotations

from collections.abc import Sequence

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import Color, white
from reportlab.pdfgen.canvas import Canvas

from kiosk.receipts.tagged import ornament, tagged


def draw_sign(canvas: Canvas, sign: str, x: float, middle: float, size: float, ink: Color) -> None:
    """A round sign of `size` points: its left edge at `x`, its centre at the height `middle`.

    `sign` is check, cross, question, clock, dash or dot.
    """
    with ornament(canvas):
        _draw_sign(canvas, sign, x + size / 2, middle, size, ink)


def _draw_sign(canvas: Canvas, sign: str, x: float, middle: float, size: float, ink: Color) -> None:
    canvas.saveState()
    canvas.translate(x, middle)
    canvas.scale(size / 20, size / 20)
    canvas.setFillColor(ink)
    canvas.setStrokeColor(ink)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    if sign == "dot":
        canvas.circle(0, 0, 3.2, stroke=0, fill=1)
    elif sign == "dash":
        canvas.setLineWidth(1.6)
        canvas.circle(0, 0, 8.6, stroke=1, fill=0)
        canvas.setLineWidth(2.2)
        canvas.line(-3.6, 0, 3.6, 0)
    else:
        canvas.circle(0, 0, 9.6, stroke=0, fill=1)
        canvas.setStrokeColor(white)
        canvas.setLineWidth(2.4)
        _STROKES[sign](canvas)
    canvas.restoreState()


def _path(canvas: Canvas, *points: tuple[float, float]) -> None:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    canvas.drawPath(path, stroke=1, fill=0)


def _check(canvas: Canvas) -> None:
    _path(canvas, (-4.4, -0.2), (-1.4, -3.4), (4.6, 3.8))


def _cross(canvas: Canvas) -> None:
    _path(canvas, (-3.4, -3.4), (3.4, 3.4))
    _path(canvas, (-3.4, 3.4), (3.4, -3.4))


def _clock(canvas: Canvas) -> None:
    _path(canvas, (0, 5.0), (0, -0.4), (3.6, -2.4))


def _question(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.moveTo(-3.0, 2.6)
    path.curveTo(-3.0, 6.8, 3.4, 6.6, 3.2, 2.6)
    path.curveTo(3.0, 0.4, 0, 0.6, 0, -2.0)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.setFillColor(white)
    canvas.circle(0, -5.4, 1.5, stroke=0, fill=1)


_STROKES = {"check": _check, "cross": _cross, "clock": _clock, "question": _question}


def draw_qr(canvas: Canvas, text: str, left: float, top: float, side: float, words: str) -> None:
    """A QR code (error correction M, never a Micro QR code) in a square of `side` points; `words` say what it
    is to whoever does not see it.

    The quiet zone of four modules is inside of the square; every dark run of a row is one rectangle.
    """
    draw_modules(canvas, segno.make_qr(text, error="m").matrix, left, top, side, words)


def quiet_zone(text: str, side: float) -> float:
    """How much of `side` stands white at each edge of `draw_qr`."""
    return side * 4 / (len(segno.make_qr(text, error="m").matrix) + 8)


def draw_modules(
    canvas: Canvas, matrix: Sequence[Sequence[int]], left: float, top: float, side: float, words: str
) -> None:
    """A matrix code of dark (1) and light (0) modules in a square of `side` points, as `draw_qr`."""
    module = side / (len(matrix) + 8)
    canvas.saveState()
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for row, cells in enumerate(matrix):
        for start, length in _runs(bytes(cells)):
            # A hair of overlap keeps viewers from showing seams between rows.
            path.rect(left + (4 + start) * module, top - (5 + row) * module, length * module, module * 1.02)
    with tagged(canvas, "Figure", words):
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def draw_code_128(
    canvas: Canvas, text: str, left: float, top: float, width: float, height: float, words: str
) -> None:
    """A Code 128 (ISO/IEC 15417) as wide as `width` points, quiet zones included; `words` as above."""
    plain = Code128(text, barWidth=1, barHeight=height, quiet=1, lquiet=10, rquiet=10)
    canvas.saveState()
    canvas.translate(left, top - height)
    canvas.scale(width / plain.width, 1)
    with tagged(canvas, "Figure", words):
        plain.drawOn(canvas, 0, 0)
    canvas.restoreState()


def _runs(cells: bytes) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for column, cell in enumerate(cells):
        if not cell:
            continue
        if runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((column, 1))
    return runs
