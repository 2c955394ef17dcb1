"""A printer behind the machine's own print system, reached by its queue's name.

What it must not know: what a document says. ESC/POS bytes go through unchanged (`-o raw`), a PDF as a PDF.
The spooler says when it has a job and not when it is on paper, so that a print is never confirmed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence

from hardware.ports import Media, Printed, PrinterFault, PrinterStatus, PrinterTrouble

QUEUE = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}$")
SECONDS = 15.0


class SpoolerPrinter:
    """The queue `queue` of CUPS. `media` is what it takes: ESC/POS for a receipt printer, PDF for an office
    one."""

    def __init__(self, queue: str, media: Media = Media.ESCPOS, command: str = "lp") -> None:
        if not QUEUE.match(queue):
            raise ValueError("a queue's name has letters, digits, dots, dashes and underscores")
        self._queue = queue
        self._command = command
        self.media: Sequence[Media] = (media,)
        self.name = f"lp:{queue}"

    def print(self, document: bytes, media: Media, title: str = "document") -> Printed | PrinterTrouble:
        """Hand the document to the print system."""
        if media not in self.media:
            return PrinterTrouble(PrinterFault.WRONG_MEDIA, f"This printer takes no {media}.")
        program = shutil.which(self._command)
        if program is None:
            return PrinterTrouble(PrinterFault.UNREACHABLE, f"There is no {self._command} on this machine.")
        raw = ["-o", "raw"] if media is Media.ESCPOS else []
        command = [program, "-d", self._queue, "-t", re.sub(r"[^\w.-]+", "-", title)[:60], *raw]
        try:
            done = subprocess.run(command, input=document, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            # It may have taken the job before it hung.
            return PrinterTrouble(PrinterFault.TIMEOUT, "The print system does not answer.", True)
        if done.returncode == 0:
            return Printed(confirmed=False)
        words = done.stderr.decode(errors="replace").strip()[:200]
        return PrinterTrouble(PrinterFault.ERROR, words or f"{self._command} ended with {done.returncode}.")

    def status(self) -> PrinterStatus:
        """Whether the machine has a print system; what the printer does is not known this way."""
        if shutil.which(self._command) is not None:
            return PrinterStatus(answers=False)
        detail = f"There is no {self._command} on this machine."
        return PrinterStatus(answers=False, fault=PrinterFault.UNREACHABLE, detail=detail)
