"""The words on paper, as a person would read them: from a PDF, and from a thermal printer's bytes."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader

from tests.kiosk.receipts.escpos_reader import read_escpos

# A thermal printer's code page lacks these; it prints the plain sign instead.
PLAIN_SIGNS = str.maketrans({"−": "-", "’": "'", "“": '"', "”": '"', "–": "-"})


def normalised(text: str) -> str:
    """Text with single blanks and plain signs."""
    return " ".join(text.translate(PLAIN_SIGNS).split())


def thermal_text(job: bytes) -> str:
    """All text of a thermal printer's job; ruled lines are no words."""
    return " ".join(row for row in read_escpos(job).rows if re.search(r"\w", row))


def pdf_text(data: bytes) -> str:
    """All text of a PDF in its reading order."""
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
