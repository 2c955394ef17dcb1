"""A receipt printer on the network that takes raw ESC/POS bytes, as nearly all do on port 9100.

What it must not know: what a document says, and what is asked before and after it (`conversation`).
"""

from __future__ import annotations

import socket
from collections.abc import Sequence

from hardware.ports import Media, Printed, PrinterFault, PrinterStatus, PrinterTrouble
from hardware.printer.conversation import Patience, ask_status, print_over


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
        self._patience = Patience(seconds, answer_seconds, through_seconds)
        self.name = f"tcp://{host}:{port}"

    def print(self, document: bytes, media: Media, title: str = "document") -> Printed | PrinterTrouble:
        """Send one document and wait until the printer is through, where it can tell."""
        if media not in self.media:
            return PrinterTrouble(PrinterFault.WRONG_MEDIA, f"This printer takes no {media}.")
        connection = self._connect()
        if isinstance(connection, PrinterTrouble):
            return connection
        with connection:
            return print_over(SocketChannel(connection), document, self._patience)

    def status(self) -> PrinterStatus:
        """Connect and ask for the real-time status."""
        connection = self._connect()
        if isinstance(connection, PrinterTrouble):
            return PrinterStatus(answers=False, fault=connection.fault, detail=connection.detail)
        with connection:
            try:
                return ask_status(SocketChannel(connection), self._patience)
            except OSError as error:
                return PrinterStatus(False, fault=PrinterFault.CONNECTION_LOST, detail=f"{error}.")

    def _connect(self) -> socket.socket | PrinterTrouble:
        try:
            return socket.create_connection(self._address, timeout=self._patience.sending)
        except TimeoutError:
            return PrinterTrouble(PrinterFault.TIMEOUT, f"{self.name} does not answer.")
        except OSError as error:
            return PrinterTrouble(PrinterFault.UNREACHABLE, f"{self.name}: {error.strerror or error}.")


class SocketChannel:
    """A connection as a channel."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, data: memoryview, seconds: float) -> int:
        self._connection.settimeout(seconds)
        try:
            return self._connection.send(data)
        except TimeoutError:
            return 0

    def receive(self, seconds: float) -> int | None:
        self._connection.settimeout(seconds)
        try:
            data = self._connection.recv(1)
        except TimeoutError:
            return None
        if not data:
            raise ConnectionResetError("The printer closed the connection")
        return data[0]
