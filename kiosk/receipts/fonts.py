"""The typeface of everything that is printed as PDF, embedded in each document.

What it must not know: receipts. Atkinson Hyperlegible Next (SIL Open Font License 1.1) as static TrueType
files, because the PDF library reads no other kind. The "tabular" files differ in one thing: every figure
has the same width, so that amounts stand in columns.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).resolve().parent.parent.parent / "static" / "fonts"
VERSION = "5.3.0"

REGULAR = "Sameterms-Regular"
SEMIBOLD = "Sameterms-SemiBold"
BOLD = "Sameterms-Bold"
REGULAR_FIGURES = "Sameterms-RegularTabular"
BOLD_FIGURES = "Sameterms-BoldTabular"
FILES = {
    REGULAR: "regular",
    SEMIBOLD: "semibold",
    BOLD: "bold",
    REGULAR_FIGURES: "regular-tabular",
    BOLD_FIGURES: "bold-tabular",
}


@cache
def register_fonts() -> bool:
    """Make the typeface known to the PDF library, once a process."""
    for name, part in FILES.items():
        pdfmetrics.registerFont(
            TTFont(name, str(FOLDER / f"atkinson-hyperlegible-next-{part}-{VERSION}.ttf"))
        )
    return True


def width_of(text: str, font: str, size: float) -> float:
    """The width of a text in points."""
    return float(pdfmetrics.stringWidth(text, font, size))


def wrap(text: str, font: str, size: float, width: float, beside: float = 0.0) -> list[str]:
    """The text in lines of at most `width` points, the first one shorter by `beside`.

    Broken at blanks; a word longer than a line is cut.
    """
    lines: list[str] = []
    for word in text.split():
        for piece in _pieces(word, font, size, width - beside):
            room = width - (beside if len(lines) <= 1 else 0)
            longer = f"{lines[-1]} {piece}" if lines else piece
            if lines and width_of(longer, font, size) <= room:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines or [""]


def _pieces(word: str, font: str, size: float, width: float) -> list[str]:
    pieces = [""]
    for letter in filter(str.isprintable, word):
        if pieces[-1] and width_of(pieces[-1] + letter, font, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
