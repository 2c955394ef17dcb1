"""What the devices promise: the protocols that drivers and their fakes keep, and the values they give.

What it is for: a face talks to a camera, a decoder or a printer through these names alone, so that a fake
stands in for any of them. What it must not know: any driver, and what a text means to those who scan it.

Conventions: a corner is (x, y) in pixels of the picture that was decoded, origin at the top left, corners
clockwise from the symbol's own top left; times are aware and in UTC; a "no" is a value with a stable code,
and an exception means that the caller made a mistake.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels of a picture."""

Picture = npt.NDArray[np.uint8]
"""Pixels: height x width (grey) or height x width x 3 (blue, green, red), 8 bits a channel."""

Corner = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Symbology:
    """A kind of code: our stable name and the AIM identifier of ISO/IEC 15424, such as `]Q1`.

    `aim` is empty where nobody said: a typed text, or a hand scanner that sends no prefix.
    """

    name: str
    aim: str = ""


UNKNOWN_SYMBOLOGY = Symbology("unknown")


@dataclass(frozen=True, slots=True)
class Reading:
    """One code found in one picture. `engine` names what read it, with the transform that helped.

    `confirmed` is false where a check on the symbol is too weak for the way it was found; such a reading
    counts only when a second one agrees.
    """

    text: str
    symbology: Symbology
    corners: tuple[Corner, ...]
    engine: str
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Scan:
    """A code that a device reports, once. `at` is when it was seen."""

    text: str
    symbology: Symbology
    corners: tuple[Corner, ...]
    engine: str
    at: dt.datetime


class Look(StrEnum):
    """Why a picture may not read, as measured on it; `FINE` where nothing measured speaks against it."""

    FINE = "fine"
    TOO_DARK = "too_dark"
    BLOWN_OUT = "blown_out"
    TOO_BLURRED = "too_blurred"
    TOO_FAR = "too_far"
    GLARE = "glare"


class DecodeFault(StrEnum):
    """Why a picture could not be looked at. The words for people are the caller's."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_AN_IMAGE = "not_an_image"
    FORMAT_UNSUPPORTED = "format_unsupported"
    DAMAGED = "damaged"
    TOOK_TOO_LONG = "took_too_long"
    OUT_OF_MEMORY = "out_of_memory"
    DECODER_DIED = "decoder_died"
    UNREADABLE_FILE = "unreadable_file"


@dataclass(frozen=True, slots=True)
class DecodeTrouble:
    """A picture that could not be looked at; `detail` says why, in plain English, for a log or a shell."""

    fault: DecodeFault
    detail: str


@dataclass(frozen=True, slots=True)
class DecodeAnswer:
    """What one picture gave. No readings and no trouble: it was looked at and holds no code of ours.

    `width` and `height` are those of the decoded picture, which the corners refer to.
    """

    readings: tuple[Reading, ...] = ()
    trouble: DecodeTrouble | None = None
    look: Look = Look.FINE
    width: int = 0
    height: int = 0


class Decoder(Protocol):
    """Finds codes in pictures. Safe to call from many threads."""

    def decode_bytes(self, data: bytes) -> DecodeAnswer:
        """Decode a whole picture file, patiently."""
        ...

    def decode_frame(self, grey: Picture, stream: int = 0) -> DecodeAnswer:
        """Decode one live frame, quickly. Where a code was is remembered within a `stream`, not beyond it."""
        ...

    def close(self) -> None:
        """Free what the decoder holds. Calls that come later start it again."""
        ...


class Camera(Protocol):
    """Gives frames, one after another, at its own rate."""

    name: str

    def open(self) -> bool:
        """Take the device; false where it is not there."""
        ...

    def read(self) -> Picture | None:
        """Wait for the next frame (blue, green, red); None where the device gave none."""
        ...

    def close(self) -> None:
        """Let the device go."""
        ...


class Media(StrEnum):
    """What a document is written in."""

    ESCPOS = "application/vnd.escpos"
    PDF = "application/pdf"


class PrinterFault(StrEnum):
    """Why a printer did not print. The words for people are the caller's."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    CUTTER = "cutter"
    ERROR = "error"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    NOT_WRITABLE = "not_writable"
    WRONG_MEDIA = "wrong_media"


@dataclass(frozen=True, slots=True)
class PrinterTrouble:
    """A print that did not come out, or of which nobody can say that it did.

    `reached_printer` is true where a part of the document was sent: paper may carry it, so that whoever
    prints again must mark the paper as a copy.
    """

    fault: PrinterFault
    detail: str
    reached_printer: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """A document that was handed over. `confirmed`: the device itself said that it is through with it."""

    confirmed: bool


Paper = Literal["ok", "low", "out", "unknown"]


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """A printer's state as far as it tells. `fault` is what keeps it from printing now, if anything."""

    answers: bool
    paper: Paper = "unknown"
    fault: PrinterFault | None = None
    detail: str = ""


class Printer(Protocol):
    """Puts documents on paper, one at a time."""

    name: str
    media: Sequence[Media]

    def print(self, document: bytes, media: Media, title: str = "document") -> Printed | PrinterTrouble:
        """Print one document; `title` names it where the device keeps names."""
        ...

    def status(self) -> PrinterStatus:
        """Ask the device how it is; never raises for a device that is away."""
        ...
