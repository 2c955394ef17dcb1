"""Writes a receipt as ESC/POS bytes for a thermal printer, by what its profile says it can do.

What it must not know: how the bytes reach a printer. It uses the plainest commands there are (text, bold,
double height, alignment, one code page, the printer's own QR code, cut); a row with a letter that the printer
lacks, and codes where it draws none, go as pictures. The lines are those of the PDF, in the same order.
"""

from __future__ import annotations

from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy

from hardware.printer.profiles import WIDE, PrintProfile
from kiosk.receipts.compose import BESIDES, COPY_MARK, PROOF, TILL, OtherUse, Receipt, ReceiptLine
from kiosk.receipts.dots import draw_code_128, draw_qr, draw_row

NARROWEST_WIDE = 500
"""Dots from which on a QR code's module has six dots (0.75 mm at 203 a inch), below it five."""

PROOF_MODULE = 5
"""Dots of a module of the signed code: version 6 is then 25.6 mm wide at 203 dots an inch."""

TILL_MODULE = 2
TILL_HEIGHT = 80
"""Dots of a module and of the height of the till's bar code."""

PLAIN_TWINS = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
        "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2026": "...", "\u2022": "*", "\u2192": "->",
    }
)  # fmt: skip
"""What stands in for a character that a code page lacks."""


def render_escpos(receipt: Receipt, profile: PrintProfile = WIDE) -> bytes:
    """The receipt as the bytes of one print job, from reset to cut."""
    return _Writer(profile).write(receipt)


def encode(text: str, codec: str) -> bytes | None:
    """The text in a code page, or None where the page lacks a letter of it.

    Control characters are dropped; quotation marks and dashes that the page lacks become plain ones.
    """
    letters = [_encode_one(letter, codec) for letter in text if letter.isprintable()]
    return None if None in letters else b"".join(letter for letter in letters if letter is not None)


def _encode_one(letter: str, codec: str) -> bytes | None:
    for candidate in (letter, letter.translate(PLAIN_TWINS)):
        try:
            return candidate.encode(codec)
        except UnicodeEncodeError:
            continue
    return None


class _Writer:
    """One print job in the making."""

    def __init__(self, profile: PrintProfile) -> None:
        self._printer = Dummy()
        self._profile = profile
        self._codec = profile.page[1] if profile.page is not None else "ascii"

    def write(self, receipt: Receipt) -> bytes:
        self._printer.hw("INIT")
        if self._profile.page is not None:
            self._printer._raw(b"\x1bt" + bytes([self._profile.page[0]]))
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
        if receipt.proof:
            self._text(PROOF[receipt.language], align="center")
            self._qr(receipt.proof, PROOF_MODULE)
        for other in receipt.others:
            self._other_use(other, receipt)
        if self._profile.cuts:
            self._printer.cut(mode="PART")
        else:
            self._printer._raw(b"\x1bd\x06")
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

    def _other_use(self, other: OtherUse, receipt: Receipt) -> None:
        """Another voucher of the order: what it is, its words, its signed line."""
        self._rule()
        self._text(BESIDES[receipt.language], align="left")
        self._marked(ReceiptLine("heading", other.title, other.amount), bold=True)
        for line in other.lines:
            self._line(line, receipt)
        if other.proof:
            self._text(PROOF[receipt.language], align="center")
            self._qr(other.proof, PROOF_MODULE)

    def _marked(self, line: ReceiptLine, bold: bool = False, indent: int = 0) -> None:
        """The text, and its mark at the right: on the text's last row, or on one more where it is full."""
        columns = self._profile.columns
        rows = [" " * indent + row for row in wrap_columns(line.text, columns - indent)]
        mark = " ".join((line.mark or "").split())
        if mark and len(rows[-1]) + 1 + len(mark) <= columns:
            rows[-1] += mark.rjust(columns - len(rows[-1]))
        elif mark:
            rows += [row.rjust(columns) for row in wrap_columns(mark, columns)]
        self._rows(rows, "left", bold, tall=False)

    def _text(self, text: str, align: str, bold: bool = False, tall: bool = False) -> None:
        self._rows(wrap_columns(text, self._profile.columns), align, bold, tall)

    def _rows(self, rows: list[str], align: str, bold: bool, tall: bool) -> None:
        self._printer.set(align=align, bold=bold, double_height=tall, normal_textsize=not tall)
        for row in rows:
            said = encode(row, self._codec)
            self._printer._raw(self._as_picture(row, bold, tall) if said is None else said + b"\n")

    def _as_picture(self, row: str, bold: bool, tall: bool) -> bytes:
        letters = "".join(letter for letter in row if letter.isprintable())
        return draw_row(letters, self._profile.columns, self._profile.dots, bold, tall)

    def _rule(self) -> None:
        self._rows(["-" * self._profile.columns], "left", bold=False, tall=False)

    def _till_code(self, code: str, label: str) -> None:
        """A Code 128 of two dots a module: 378 dots, which a roll of 58 mm has."""
        self._rule()
        self._text(label, align="center", bold=True)
        self._printer.set(align="center")
        if self._profile.native_bars:
            bars = {"height": TILL_HEIGHT, "width": TILL_MODULE, "pos": "OFF", "function_type": "B"}
            self._printer.barcode("{B" + code, "CODE128", **bars)
        else:
            self._printer._raw(draw_code_128(code, TILL_MODULE, TILL_HEIGHT))
        self._printer._raw(b"\n")
        self._text(code, align="center")

    def _qr(self, text: str, module: int = 0) -> None:
        module = module or (6 if self._profile.dots > NARROWEST_WIDE else 5)
        self._printer.set(align="center")
        if self._profile.native_qr:
            self._printer.qr(text, ec=QR_ECLEVEL_M, size=module, native=True)
        else:
            self._printer._raw(draw_qr(text, module))
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
