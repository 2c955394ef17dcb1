"""Pictures for a thermal head: a row of text that a printer has no letters for, and codes.

What it must not know: receipts. A picture goes as GS v 0 (raster bit image, one bit a dot, 1 is black), which
every printer of the kind prints.
"""

from __future__ import annotations

from functools import cache

import segno
from PIL import Image, ImageDraw, ImageFont
from reportlab.graphics.barcode.code128 import Code128

from kiosk.receipts.fonts import BOLD, FILES, FOLDER, REGULAR, VERSION

CELL_HEIGHT = 30
"""Dots of a row: those of the printer's own font A with its line spacing."""
LETTER = 24
QUIET = 4
"""Modules of white round a QR code (ISO/IEC 18004)."""


def draw_row(text: str, columns: int, dots: int, bold: bool, tall: bool) -> bytes:
    """A row of text in cells as wide as the printer's own letters, so that columns stay columns."""
    cell = dots // columns
    image = Image.new("1", (_whole_bytes(cell * max(1, len(text))), CELL_HEIGHT), 1)
    draw = ImageDraw.Draw(image)
    font = _font(bold)
    for place, letter in enumerate(text):
        middle = place * cell + cell / 2
        draw.text((middle, CELL_HEIGHT - 7), letter, font=font, fill=0, anchor="ms")
    if tall:
        image = image.resize((image.width, image.height * 2))
    return as_raster(image)


def draw_qr(text: str, module: int) -> bytes:
    """A QR code (correction M) of `module` dots a module, with its quiet zone."""
    matrix = segno.make_qr(text, error="m").matrix
    side = (len(matrix) + 2 * QUIET) * module
    image = Image.new("1", (_whole_bytes(side), side), 1)
    draw = ImageDraw.Draw(image)
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            if dark:
                x, y = (column + QUIET) * module, (row + QUIET) * module
                draw.rectangle((x, y, x + module - 1, y + module - 1), fill=0)
    return as_raster(image)


def draw_code_128(text: str, module: int, height: int) -> bytes:
    """A Code 128 (ISO/IEC 15417) of `module` dots a module and `height` dots; the paper is its quiet zone."""
    runs = _code_128_runs(text)
    image = Image.new("1", (_whole_bytes(sum(runs) * module), height), 1)
    draw = ImageDraw.Draw(image)
    left = 0
    for place, run in enumerate(runs):
        if place % 2 == 0:
            draw.rectangle((left, 0, left + run * module - 1, height - 1), fill=0)
        left += run * module
    return as_raster(image)


def _code_128_runs(text: str) -> list[int]:
    """Modules of each bar and each space in turn, from the first bar on."""
    code = Code128(text, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    return ["_abcd".index(letter) for letter in code.decomposed.lower()]


def as_raster(image: Image.Image) -> bytes:
    """GS v 0 with the picture's dots; its width is a whole number of bytes."""
    wide, high = image.width // 8, image.height
    head = b"\x1dv0\x00" + bytes((wide & 0xFF, wide >> 8, high & 0xFF, high >> 8))
    return head + bytes(byte ^ 0xFF for byte in image.tobytes())


def _whole_bytes(dots: int) -> int:
    return -(-dots // 8) * 8


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    part = FILES[BOLD if bold else REGULAR]
    return ImageFont.truetype(str(FOLDER / f"atkinson-hyperlegible-next-{part}-{VERSION}.ttf"), LETTER)
