"""A receipt printer at a line of this machine: a USB printer port (/dev/usb/lp0) or a serial port.

What it must not know: what a document says, and what is asked before and after it (`conversation`). A device
may block for ever (out of paper, switched off), so that every wait has an end.
"""

from __future__ import annotations

import contextlib
import os
import select
import termios
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hardware.ports import Media, Printed, PrinterFault, PrinterStatus, PrinterTrouble
from hardware.printer.conversation import Patience, ask_status, print_over

BAUDS = {rate: getattr(termios, f"B{rate}") for rate in (9600, 19200, 38400, 57600, 115200)}


class LinePrinter:
    """ESC/POS over the device at `path`; `baud` for a serial port, None for USB."""

    media: Sequence[Media] = (Media.ESCPOS,)

    def __init__(self, path: Path, baud: int | None = None, patience: Patience | None = None) -> None:
        if baud is not None and baud not in BAUDS:
            raise ValueError(f"a serial printer's rate is one of {', '.join(map(str, BAUDS))}")
        self._path = path
        self._baud = baud
        self._patience = patience or Patience()
        self.name = f"{'usb' if baud is None else 'serial'}:{path}"

    def print(self, document: bytes, media: Media, title: str = "document") -> Printed | PrinterTrouble:
        """Send one document and wait until the printer is through, where it can tell."""
        if media not in self.media:
            return PrinterTrouble(PrinterFault.WRONG_MEDIA, f"This printer takes no {media}.")
        try:
            with self._opened() as channel:
                return print_over(channel, document, self._patience)
        except OSError as error:
            return PrinterTrouble(PrinterFault.UNREACHABLE, f"{self._path}: {error.strerror}.")

    def status(self) -> PrinterStatus:
        """Ask for the real-time status."""
        try:
            with self._opened() as channel:
                return ask_status(channel, self._patience)
        except OSError as error:
            detail = f"{self._path}: {error.strerror}."
            return PrinterStatus(False, fault=PrinterFault.UNREACHABLE, detail=detail)

    @contextmanager
    def _opened(self) -> Iterator[LineChannel]:
        descriptor = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            if self._baud is not None:
                _set_up(descriptor, self._baud)
            yield LineChannel(descriptor)
        finally:
            os.close(descriptor)


class LineChannel:
    """An open device as a channel. One that cannot be read from (some USB printers) never answers."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, data: memoryview, seconds: float) -> int:
        if not select.select([], [self._descriptor], [], seconds)[1]:
            return 0
        with contextlib.suppress(BlockingIOError):
            return os.write(self._descriptor, data)
        return 0

    def receive(self, seconds: float) -> int | None:
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return None
        try:
            data = os.read(self._descriptor, 1)
        except BlockingIOError:
            return None
        return data[0] if data else None


def _set_up(descriptor: int, baud: int) -> None:
    """Eight bits, no parity, the printer's own flow control by DTR, nothing translated."""
    tty.setraw(descriptor)
    settings = termios.tcgetattr(descriptor)
    settings[2] |= termios.CLOCAL | termios.CREAD | termios.CRTSCTS
    settings[4] = settings[5] = BAUDS[baud]
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)
