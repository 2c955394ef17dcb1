"""A slip of a thermal printer as a picture in words: the rows exactly as the printer's own job breaks them.

What it is for: whoever approves a policy sees the paper that a customer is handed. The bytes are those that
a printer is sent; they are read here as a printer reads them, so nothing is laid out a second time.
What it must not know: policies, pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.receipts.compose import Receipt

Align = Literal["left", "center", "right"]

_ALIGN: dict[int, Align] = {0: "left", 1: "center", 2: "right", 48: "left", 49: "center", 50: "right"}
_CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
# How many bytes of arguments follow (Epson's command reference); those that are not here have none.
_ESC_ARGUMENTS = {ord(sign): 1 for sign in "!EaRtMG-dJ3{ SVr"}
_GS_ARGUMENTS = {ord(sign): 1 for sign in "!BbfHhwraIE"} | {ord(sign): 2 for sign in "LWP"}


@dataclass(frozen=True)
class SlipRow:
    """One row of the paper: text, or what a QR code carries."""

    text: str
    align: Align = "left"
    bold: bool = False
    tall: bool = False
    qr: str | None = None


def slip_rows(receipt: Receipt) -> tuple[SlipRow, ...]:
    """The rows of a receipt on a roll 58 mm wide."""
    # Imported at the first slip: tables of printers take a while to load.
    from hardware.printer.profiles import NARROW
    from kiosk.receipts.escpos import render_escpos

    return _Reader(render_escpos(receipt, NARROW)).rows()


class _Reader:
    """Reads one print job from its first byte to its last."""

    def __init__(self, job: bytes) -> None:
        self._job = job
        self._at = 0
        self._rows: list[SlipRow] = []
        self._row = bytearray()
        self._codec = "cp437"
        self._align: Align = "left"
        self._bold = self._tall = False
        self._stored = b""

    def rows(self) -> tuple[SlipRow, ...]:
        while self._at < len(self._job):
            byte = self._take(1)[0]
            if byte == 0x0A:
                self._end_row()
            elif byte == 0x1B:
                self._escape()
            elif byte == 0x1D:
                self._group()
            elif byte >= 0x20:
                self._row.append(byte)
        self._end_row(only_if_begun=True)
        return tuple(self._rows)

    def _take(self, count: int) -> bytes:
        piece = self._job[self._at : self._at + count]
        self._at += count
        return piece

    def _end_row(self, only_if_begun: bool = False) -> None:
        if self._row or not only_if_begun:
            text = self._row.decode(self._codec, errors="replace")
            self._rows.append(SlipRow(text, self._align, self._bold, self._tall))
        self._row.clear()

    def _escape(self) -> None:
        command = self._take(1)[0]
        arguments = self._take(_ESC_ARGUMENTS.get(command, 0))
        value = arguments[0] if arguments else 0
        match chr(command):
            case "@":
                self._codec, self._align, self._bold, self._tall = "cp437", "left", False, False
            case "!":
                self._tall, self._bold = bool(value & 0x10), bool(value & 0x08)
            case "E":
                self._bold = bool(value & 1)
            case "a":
                self._align = _ALIGN.get(value, "left")
            case "t":
                self._codec = _CODE_PAGES.get(value, "cp437")

    def _group(self) -> None:
        command = self._take(1)[0]
        if command == ord("V"):
            self._take(1 if self._take(1)[0] in (65, 66) else 0)
        elif command == ord("("):
            self._extended()
        else:
            arguments = self._take(_GS_ARGUMENTS.get(command, 0))
            if command == ord("!"):
                self._tall = bool(arguments[0] & 0x07)

    def _extended(self) -> None:
        kind, low, high = self._take(3)
        body = self._take(low + 256 * high)
        if kind != ord("k") or len(body) < 3 or body[0] != 49:
            return
        if body[1] == 80:
            self._stored = body[3:]
        elif body[1] == 81:
            self._rows.append(SlipRow("", "center", qr=self._stored.decode("utf-8", errors="replace")))
