"""Writes a receipt as ESC/POS bytes for a thermal printer with a roll of 58 or 80 mm.

What it must not know: how the bytes reach a printer. It uses the plainest commands there are (text, bold,
double height, alignment, one code page, the printer's own QR code, cut), because every printer of the kind
knows them. The lines are those of the PDF, in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy

from kiosk.receipts.compose import COPY_MARK, TILL, Receipt, ReceiptLine


class Roll(Enum):
    """Rolls by width in mm: columns of the printer's font A, and points of a QR code's module."""

    MM_80 = (48, 6)
    MM_58 = (32, 5)

    @property
    def columns(self) -> int:
        return self.value[0]

    @property
    def module(self) -> int:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class CodePage:
    """A character set of the printer: the number for ESC t (Epson's table) and Python's name for it."""

    number: int
    codec: str


WINDOWS_1252 = CodePage(16, "cp1252")
"""Holds English and Spanish with curly quotation marks, dashes and the euro: nothing is substituted."""
PC_858 = CodePage(19, "cp858")
"""For printers without the other: quotation marks and dashes become plain ones."""

PLAIN_TWINS = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
        "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2026": "...", "\u2022": "*", "\u2192": "->",
    }
)  # fmt: skip
"""What stands in for a character that a code page lacks."""


def render_escpos(receipt: Receipt, roll: Roll = Roll.MM_80, page: CodePage = WINDOWS_1252) -> bytes:
    """The receipt as the bytes of one print job, from reset to cut."""
    return _Writer(roll, page).write(receipt)


def encode(text: str, page: CodePage) -> bytes:
    """The text in a code page. Control characters are dropped; what the page lacks gets its plain twin."""
    return b"".join(_encode_one(letter, page) for letter in text if letter.isprintable())


def _encode_one(letter: str, page: CodePage) -> bytes:
    for candidate in (letter, letter.translate(PLAIN_TWINS)):
        try:
            return candidate.encode(page.codec)
        except UnicodeEncodeError:
            continue
    return b"?"


class _Writer:
    """One print job in the making."""

    def __init__(self, roll: Roll, page: CodePage) -> None:
        self._printer = Dummy()
        self._roll = roll
        self._page = page

    def write(self, receipt: Receipt) -> bytes:
        self._printer.hw("INIT")
        self._printer._raw(b"\x1bt" + bytes([self._page.number]))
        self._head(receipt)
        for line in receipt.lines:
            self._line(line, receipt)
        if receipt.terms_url and not any(line.kind == "code" for line in receipt.lines):
            self._qr(receipt.terms_url)
        if receipt.foot:
            self._rule()
        for text in receipt.foot:
            self._text(text, align="center")
        if receipt.till_code:
            self._till_code(receipt.till_code, TILL[receipt.language])
        self._printer.cut(mode="PART")
        return bytes(self._printer.output)

    def _head(self, receipt: Receipt) -> None:
        name, *rest = receipt.head
        self._text(name, align="center", bold=True)
        for text in rest:
            self._text(text, align="center")
        if receipt.copy:
            self._text(COPY_MARK[receipt.language], align="center", bold=True, tall=True)
        self._rule()

    def _line(self, line: ReceiptLine, receipt: Receipt) -> None:
        match line.kind:
            case "verdict":
                self._text(_joined(line), align="center", bold=True, tall=True)
            case "note" | "reason":
                self._text(_joined(line), align="center")
            case "heading":
                self._rule()
                self._marked(line, bold=True)
            case "code":
                self._rule()
                self._text(_joined(line), align="center", bold=True)
                if receipt.terms_url:
                    self._qr(receipt.terms_url)
            case "detail" | "way":
                self._marked(line, indent=2)
            case "total" | "group":
                self._marked(line, bold=True)
            case _:
                self._marked(line)

    def _marked(self, line: ReceiptLine, bold: bool = False, indent: int = 0) -> None:
        """The text, and its mark at the right: on the text's last row, or on one more where it is full."""
        columns = self._roll.columns
        rows = [" " * indent + row for row in wrap_columns(line.text, columns - indent)]
        mark = " ".join((line.mark or "").split())
        if mark and len(rows[-1]) + 1 + len(mark) <= columns:
            rows[-1] += mark.rjust(columns - len(rows[-1]))
        elif mark:
            rows += [row.rjust(columns) for row in wrap_columns(mark, columns)]
        self._rows(rows, "left", bold, tall=False)

    def _text(self, text: str, align: str, bold: bool = False, tall: bool = False) -> None:
        self._rows(wrap_columns(text, self._roll.columns), align, bold, tall)

    def _rows(self, rows: list[str], align: str, bold: bool, tall: bool) -> None:
        self._printer.set(align=align, bold=bold, double_height=tall, normal_textsize=not tall)
        for row in rows:
            self._printer._raw(encode(row, self._page) + b"\n")

    def _rule(self) -> None:
        self._rows(["-" * self._roll.columns], "left", bold=False, tall=False)

    def _till_code(self, code: str, label: str) -> None:
        """A Code 128 by the printer itself, two dots a module: 378 dots, which a roll of 58 mm has."""
        self._rule()
        self._text(label, align="center", bold=True)
        self._printer.set(align="center")
        self._printer.barcode("{B" + code, "CODE128", height=80, width=2, pos="OFF", function_type="B")
        self._printer._raw(b"\n")
        self._text(code, align="center")

    def _qr(self, text: str) -> None:
        self._printer.set(align="center")
        self._printer.qr(text, ec=QR_ECLEVEL_M, size=self._roll.module, native=True)
        self._printer._raw(b"\n")


def wrap_columns(text: str, columns: int) -> list[str]:
    """The text in rows of at most `columns` characters, broken at blanks; a longer word is cut."""
    rows: list[str] = []
    for word in text.split():
        pieces = [word[start : start + columns] for start in range(0, len(word), columns)]
        for piece in pieces:
            if rows and len(rows[-1]) + 1 + len(piece) <= columns:
                rows[-1] += " " + piece
            else:
                rows.append(piece)
    return rows or [""]


def _joined(line: ReceiptLine) -> str:
    return f"{line.text} {line.mark}" if line.mark else line.text
