"""How a receipt printer is talked to over any channel that carries bytes both ways.

What it must not know: sockets, devices, and what a document says.

Before a document is sent the printer is asked for its real-time status; one that does not answer is tried all
the same, one that says it cannot print is not sent anything. Afterwards it is asked to answer when it is
through; one that never learned that question counts as having printed, unconfirmed, if it reports no fault.
So `reached_printer` is false only where not a byte of the document left.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from hardware.ports import Printed, PrinterFault, PrinterStatus, PrinterTrouble
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


class Channel(Protocol):
    """Carries bytes to a printer and back. Both raise OSError where the printer is gone."""

    def send(self, data: memoryview, seconds: float) -> int:
        """Hand over a part of `data`, at most that; 0 where none was taken in time."""
        ...

    def receive(self, seconds: float) -> int | None:
        """The next byte, or None where none comes in time."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for each wait while sending, for a status byte, and for the printer to be through."""

    sending: float = 5.0
    answer: float = 0.6
    through: float = 8.0


def print_over(channel: Channel, document: bytes, patience: Patience) -> Printed | PrinterTrouble:
    """Send one document and wait until the printer is through, where it can tell."""
    try:
        before = ask_status(channel, patience)
    except OSError as error:
        return PrinterTrouble(PrinterFault.CONNECTION_LOST, _words(error))
    if before.fault is not None:
        return PrinterTrouble(before.fault, before.detail)
    try:
        return _send(channel, document, patience) or _wait_until_through(channel, before, patience)
    except OSError as error:
        return PrinterTrouble(PrinterFault.CONNECTION_LOST, _words(error), reached_printer=True)


def ask_status(channel: Channel, patience: Patience) -> PrinterStatus:
    """The printer's answers; after the first question that it leaves unanswered it is asked no more."""
    answers: dict[int, int] = {}
    for question in QUESTIONS:
        if channel.send(memoryview(ask_now(question)), patience.sending) != len(ask_now(question)):
            break
        value = _status_byte(channel, patience.answer)
        if value is None:
            break
        answers[question] = value
    return read_status(answers)


def _send(channel: Channel, document: bytes, patience: Patience) -> PrinterTrouble | None:
    """Hand the document over; None when the last byte left."""
    rest = memoryview(document)
    while rest:
        begun = len(rest) < len(document)
        try:
            taken = channel.send(rest[:PIECE], patience.sending)
        except OSError as error:
            return PrinterTrouble(PrinterFault.CONNECTION_LOST, _words(error), begun)
        if not taken:
            return PrinterTrouble(PrinterFault.TIMEOUT, "The printer takes no more.", begun)
        rest = rest[taken:]
    return None


def _wait_until_through(
    channel: Channel, before: PrinterStatus, patience: Patience
) -> Printed | PrinterTrouble:
    if not before.answers:
        return Printed(confirmed=False)
    asked = channel.send(memoryview(ASK_WHEN_THROUGH), patience.sending)
    if asked and channel.receive(patience.through) is not None:
        return Printed(confirmed=True)
    after = ask_status(channel, patience)
    if after.fault is not None:
        return PrinterTrouble(after.fault, after.detail, reached_printer=True)
    return Printed(confirmed=False)


def _status_byte(channel: Channel, seconds: float) -> int | None:
    """The next byte that has a status byte's fixed bits; noise is passed over."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        value = channel.receive(left)
        if value is None or is_status_byte(value):
            return value
    return None


def _words(error: OSError) -> str:
    return f"{error.strerror or error}."
