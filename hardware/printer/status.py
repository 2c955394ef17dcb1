"""What the status bytes of an ESC/POS printer mean.

What it must not know: transports. Source: Epson's ESC/POS command reference, DLE EOT n ("transmit
real-time status") and GS r ("transmit status"). Bits 0 and 7 of a real-time status byte are always 0, bits
1 and 4 always 1, which tells it from noise.
"""

from __future__ import annotations

from collections.abc import Mapping

from hardware.ports import Paper, PrinterFault, PrinterStatus

ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_ERROR_CAUSE, ASK_PAPER = 1, 2, 3, 4
ASK_WHEN_THROUGH = b"\x1dr\x01"
"""GS r 1: answered in its turn, after everything that was sent before it."""


def ask_now(what: int) -> bytes:
    """DLE EOT n: answered at once, before what waits in the printer's buffer."""
    return bytes((0x10, 0x04, what))


def is_status_byte(value: int) -> bool:
    """Whether a byte has the fixed bits of a real-time status."""
    return value & 0b1001_0011 == 0b0001_0010


def read_status(answers: Mapping[int, int]) -> PrinterStatus:
    """A printer's state from its real-time status bytes by question; unanswered questions are left out."""
    if not answers:
        return PrinterStatus(answers=False)
    paper = _paper(answers)
    fault, detail = _fault(answers, paper)
    return PrinterStatus(True, paper, fault, detail)


def _paper(answers: Mapping[int, int]) -> Paper:
    offline, sensors = answers.get(ASK_OFFLINE_CAUSE, 0), answers.get(ASK_PAPER)
    if offline & 0x20 or (sensors is not None and sensors & 0x60):
        return "out"
    if sensors is None:
        return "unknown"
    return "low" if sensors & 0x0C else "ok"


def _fault(answers: Mapping[int, int], paper: Paper) -> tuple[PrinterFault | None, str]:
    offline, error = answers.get(ASK_OFFLINE_CAUSE, 0), answers.get(ASK_ERROR_CAUSE, 0)
    if offline & 0x04:
        return PrinterFault.COVER_OPEN, "The printer's cover is open."
    if paper == "out":
        return PrinterFault.PAPER_OUT, "The printer has no paper."
    if error & 0x08:
        return PrinterFault.CUTTER, "The printer's cutter is stuck."
    if offline & 0x40 or error & 0x64:
        return PrinterFault.ERROR, "The printer reports an error."
    if answers.get(ASK_PRINTER, 0) & 0x08:
        return PrinterFault.OFFLINE, "The printer is offline."
    return None, ""
