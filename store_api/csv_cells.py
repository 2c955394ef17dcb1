"""Cells of CSV files that a spreadsheet does not take for formulas.

What it is for: texts that come from outside (a till's reference) are opened by people in spreadsheets; one
that begins like a formula gets an apostrophe before it.
What it must not know: what is exported.
Source: OWASP, CSV Injection (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def text_cell(text: str | None) -> str:
    """A text as a cell: never a formula; nothing for None. Amounts and counts need no such care."""
    if text is None:
        return ""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def write_row(cells: Sequence[str]) -> str:
    """One line of CSV with its end (RFC 4180)."""
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
