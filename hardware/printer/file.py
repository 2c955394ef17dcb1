"""A printer that is a file: a device such as /dev/usb/lp0, or a plain file that documents are added to.

What it must not know: what a document says. A device that blocks (out of paper, switched off) is given up
after `seconds`, because a write to it may otherwise never come back.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Sequence
from pathlib import Path

from hardware.ports import Media, Printed, PrinterFault, PrinterStatus, PrinterTrouble

PIECE = 4096
"""Bytes handed to a device at once; a line printer's buffer is of this order."""


class FilePrinter:
    """Appends ESC/POS bytes to the file at `path`."""

    media: Sequence[Media] = (Media.ESCPOS,)

    def __init__(self, path: Path, seconds: float = 10.0) -> None:
        self._path = path
        self._seconds = seconds
        self.name = f"file:{path}"

    def print(self, document: bytes, media: Media, title: str = "document") -> Printed | PrinterTrouble:
        """Write the whole document, or say how far it came."""
        if media not in self.media:
            return PrinterTrouble(PrinterFault.WRONG_MEDIA, f"This printer takes no {media}.")
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o600)
        except OSError as error:
            return PrinterTrouble(PrinterFault.NOT_WRITABLE, f"{self._path}: {error.strerror}.")
        try:
            return self._write(descriptor, document)
        finally:
            os.close(descriptor)

    def status(self) -> PrinterStatus:
        """Whether the file can be written to; a device tells no more this way."""
        place = self._path if self._path.exists() else self._path.absolute().parent
        if place.exists() and os.access(place, os.W_OK) and not self._path.is_dir():
            return PrinterStatus(answers=False)
        fault, detail = PrinterFault.NOT_WRITABLE, f"{self._path} cannot be written to."
        return PrinterStatus(answers=False, fault=fault, detail=detail)

    def _write(self, descriptor: int, document: bytes) -> Printed | PrinterTrouble:
        rest = memoryview(document)
        end = time.monotonic() + self._seconds
        while rest:
            begun = len(rest) < len(document)
            if not select.select([], [descriptor], [], max(0.0, end - time.monotonic()))[1]:
                return PrinterTrouble(PrinterFault.TIMEOUT, "The printer takes no more.", begun)
            try:
                rest = rest[os.write(descriptor, rest[:PIECE]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                return PrinterTrouble(PrinterFault.CONNECTION_LOST, f"{error.strerror}.", begun)
        return Printed(confirmed=False)
