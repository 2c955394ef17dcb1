"""The devices of each station, as the faces use them: a camera that reads codes, a printer for receipts.

What it is for: the only module that joins stations to hardware, the scan inbox and the print queue.
What it must not know: pages, visits, the store's client.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol
from zoneinfo import ZoneInfo

from store_api.contract import Sheet


class PrintState(Enum):
    """How a station's print stands; the value is the name in the catalogue of words."""

    NONE = "none"
    WAITING = "waiting"
    TRYING = "trying"
    PRINTED = "printed"
    FAILED = "failed"


@dataclass(frozen=True)
class ReceiptOrder:
    """A receipt to print: `subject` is the redemption or decision that it is a paper of."""

    station: str
    subject: str
    sheet: Sheet
    heading: str
    zone: str
    terms_url: str

    def now(self) -> dt.datetime:
        """The present moment in the store's zone."""
        return dt.datetime.now(ZoneInfo(self.zone))


@dataclass(frozen=True)
class Seen:
    """A code that a camera or a photo gave; `code` is null where `reason` says why there is none."""

    code: str | None
    symbology: str | None = None
    reason: str = ""


class Reader(Protocol):
    """A station's camera."""

    def reason(self) -> str:
        """What the camera finds right now: a name under `reader.` in the catalogue of words."""
        ...

    def take(self) -> Seen | None:
        """The code that was read last, given out once."""
        ...

    def preview(self) -> Iterator[bytes]:
        """JPEG pictures of what the camera sees, as they come."""
        ...


class PrintQueue(Protocol):
    """A station's printer behind a queue that keeps every job until it is printed."""

    def print(self, order: ReceiptOrder, again: str) -> PrintState:
        """Put a receipt into the queue once for each `again`; the first paper is the original."""
        ...

    def state(self, order: ReceiptOrder) -> PrintState:
        """How the newest job of this receipt stands."""
        ...


class PhotoReader(Protocol):
    """Reads a code in an uploaded picture, in a process of its own."""

    def read(self, picture: bytes) -> Seen:
        """The code in the picture, or the reason why there is none."""
        ...


@dataclass(frozen=True)
class Devices:
    """Cameras and printers by station, and the reader of uploaded photos."""

    cameras: Mapping[str, Reader] = field(default_factory=dict)
    printers: Mapping[str, PrintQueue] = field(default_factory=dict)
    photos: PhotoReader | None = None

    def camera(self, station: str) -> Reader | None:
        """The camera of a station, if it has one."""
        return self.cameras.get(station)

    def has_printer(self, station: str) -> bool:
        """Whether a station can print."""
        return station in self.printers

    def print(self, order: ReceiptOrder, again: str = "") -> PrintState:
        """Print a receipt at its station; with the same `again` never twice."""
        printer = self.printers.get(order.station)
        return printer.print(order, again) if printer is not None else PrintState.NONE

    def print_state(self, order: ReceiptOrder) -> PrintState:
        """How the newest print of a receipt stands."""
        printer = self.printers.get(order.station)
        return printer.state(order) if printer is not None else PrintState.NONE
