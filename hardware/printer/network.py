"""A receipt printer on the network that takes raw ESC/POS bytes, as nearly all do on port 9100.

What it must not know: what a document says.

Before a document is sent the printer is asked for its real-time status; one that does not answer is tried
all the same, one that says it cannot print is not sent anything. Afterwards it is asked to answer when it
is through; one that never learned that question counts as having printed, unconfirmed, if it reports no
fault. So `reached_printer` is false only where not a byte of the document left.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence

from hardware.ports import Media, Printed, PrinterFault, PrinterStatus, PrinterTrouble
from hardware.printer.status import (
    ASK_ERROR_CAUSE,
    ASK_OFFLINE_CAUSE,
    ASK_PAPER,
    ASK_PRINTER,
    ASK_WHEN_THROUGH,
    ask_now,
    is_status_byte,
    read_status,
)

QUESTIONS = (ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_ERROR_CAUSE, ASK_PAPER)
PIECE = 1024


class NetworkPrinter:
    """ESC/POS over TCP. `seconds` bounds connecting and each wait while sending; `answer_seconds` the wait
    for a status byte; `through_seconds` the wait for the printer to finish what it was sent."""

    media: Sequence[Media] = (Media.ESCPOS,)

    def __init__(
        self,
        host: str,
        port: int,
        seconds: float = 5.0,
        answer_seconds: float = 0.6,
        through_seconds: float = 8.0,
    ) -> None:
        self._address = (host, port)
        self._seconds = seconds
        self._answer_seconds = answer_seconds
        self._through_seconds = through_seconds
        self.name = f"tcp://{host}:{port}"

    def print(self, document: bytes, media: Media, title: str = "document") -> Printed | PrinterTrouble:
        """Send one document and wait until the printer is through, where it can tell."""
        if media not in self.media:
            return PrinterTrouble(PrinterFault.WRONG_MEDIA, f"This printer takes no {media}.")
        connection = self._connect()
        if isinstance(connection, PrinterTrouble):
            return connection
        with connection:
            return self._print_over(connection, document)

    def status(self) -> PrinterStatus:
        """Connect and ask for the real-time status."""
        connection = self._connect()
        if isinstance(connection, PrinterTrouble):
            return PrinterStatus(answers=False, fault=connection.fault, detail=connection.detail)
        with connection:
            try:
                return self._ask_status(connection)
            except OSError as error:
                return PrinterStatus(False, fault=PrinterFault.CONNECTION_LOST, detail=f"{error}.")

    def _connect(self) -> socket.socket | PrinterTrouble:
        try:
            return socket.create_connection(self._address, timeout=self._seconds)
        except TimeoutError:
            return PrinterTrouble(PrinterFault.TIMEOUT, f"{self.name} does not answer.")
        except OSError as error:
            return PrinterTrouble(PrinterFault.UNREACHABLE, f"{self.name}: {error.strerror or error}.")

    def _print_over(self, connection: socket.socket, document: bytes) -> Printed | PrinterTrouble:
        try:
            before = self._ask_status(connection)
        except OSError as error:
            return PrinterTrouble(PrinterFault.CONNECTION_LOST, f"{error}.")
        if before.fault is not None:
            return PrinterTrouble(before.fault, before.detail)
        try:
            return self._send(connection, document) or self._wait_until_through(connection, before)
        except OSError as error:
            return PrinterTrouble(PrinterFault.CONNECTION_LOST, f"{error}.", reached_printer=True)

    def _send(self, connection: socket.socket, document: bytes) -> PrinterTrouble | None:
        """Hand the document over; None when the last byte left."""
        connection.settimeout(self._seconds)
        rest = memoryview(document)
        while rest:
            begun = len(rest) < len(document)
            try:
                rest = rest[connection.send(rest[:PIECE]) :]
            except TimeoutError:
                return PrinterTrouble(PrinterFault.TIMEOUT, "The printer takes no more.", begun)
            except OSError as error:
                return PrinterTrouble(PrinterFault.CONNECTION_LOST, f"{error.strerror or error}.", begun)
        return None

    def _wait_until_through(
        self, connection: socket.socket, before: PrinterStatus
    ) -> Printed | PrinterTrouble:
        if not before.answers:
            return Printed(confirmed=False)
        connection.sendall(ASK_WHEN_THROUGH)
        if self._byte(connection, self._through_seconds) is not None:
            return Printed(confirmed=True)
        after = self._ask_status(connection)
        if after.fault is not None:
            return PrinterTrouble(after.fault, after.detail, reached_printer=True)
        return Printed(confirmed=False)

    def _ask_status(self, connection: socket.socket) -> PrinterStatus:
        """The printer's answers; after the first question that it leaves unanswered it is asked no more."""
        answers: dict[int, int] = {}
        for question in QUESTIONS:
            connection.sendall(ask_now(question))
            value = self._status_byte(connection)
            if value is None:
                break
            answers[question] = value
        return read_status(answers)

    def _status_byte(self, connection: socket.socket) -> int | None:
        """The next byte that has a status byte's fixed bits; noise is passed over."""
        end = time.monotonic() + self._answer_seconds
        while (value := self._byte(connection, end - time.monotonic())) is not None:
            if is_status_byte(value):
                return value
        return None

    def _byte(self, connection: socket.socket, seconds: float) -> int | None:
        """One byte, or None where none comes in time. Raises OSError where the printer hung up."""
        if seconds <= 0:
            return None
        connection.settimeout(seconds)
        try:
            data = connection.recv(1)
        except TimeoutError:
            return None
        if not data:
            raise ConnectionResetError("The printer closed the connection")
        return data[0]
