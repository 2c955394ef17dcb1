"""The devices of each station, as the faces use them: a camera that reads codes, a printer for receipts.

What it is for: the only module that joins stations to hardware, the scan inbox and the print queue.
What it must not know: pages, visits, the store's client.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol
from zoneinfo import ZoneInfo

from hardware.camera.loop import CameraLoop, CameraState
from hardware.check import State, judge_picture
from hardware.ports import DecodeFault, Decoder, Look, Scan, Symbology
from hardware.scanner.layouts import repair
from kiosk.equipment import Equipment, Trials
from kiosk.receipts.compose import OtherUse, compose_receipt
from kiosk.receipts.print_queue import PrintQueue
from kiosk.scan.inbox import InboxScan, ScanInbox, Source
from kiosk.spool import PrintJob
from store_api.contract import Sheet
from store_api.contract.voucher_codes import proves_itself

LOOK_SECONDS = 5.0
"""A page that shows the camera asks about twice a second; the camera goes off this long after the last."""
PREVIEW_PAUSE = 0.12
"""Eight pictures a second are enough to aim by, and leave the machine free to decode."""
SILENT_SECONDS = 20.0


class PrintState(Enum):
    """How a station's print stands; the value is the name in the catalogue of words."""

    NONE = "none"
    WAITING = "waiting"
    PRINTED = "printed"
    FAILED = "failed"


@dataclass(frozen=True)
class ReceiptOrder:
    """A receipt to print: `subject` is the redemption, hold or decision that it is a paper of; `foot` are
    lines below the sheet; `till_code` is for the till to scan; `proof` the signed line of a redemption, and
    `others` the other vouchers that were used on its order."""

    station: str
    subject: str
    sheet: Sheet
    heading: str
    zone: str
    terms_url: str
    foot: tuple[str, ...] = ()
    proof: str | None = None
    till_code: str | None = None
    others: tuple[OtherUse, ...] = ()


@dataclass(frozen=True)
class Seen:
    """A code that a camera or a photo gave; `code` is null where `reason` says why there is none.

    `key` is the idempotency key of the scan, where it has one.
    """

    code: str | None
    symbology: str | None = None
    reason: str = ""
    key: str | None = None


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

    def forget(self) -> None:
        """Drop what was read: the customer has left."""
        ...


class ReceiptPrinter(Protocol):
    """A station's printer behind a queue that keeps every job until it is printed."""

    def print(self, order: ReceiptOrder, again: str) -> PrintState:
        """Print a receipt, once for each `again`; the first paper is the original."""
        ...

    def state(self, order: ReceiptOrder) -> PrintState:
        """How the newest job of this receipt stands."""
        ...

    def check(self, station: str) -> Equipment:
        """Ask the printer how it is."""
        ...


class StationCamera:
    """A camera loop with its station's slot in the inbox. Looks for codes while a page asks."""

    def __init__(self, station: str, loop: CameraLoop, inbox: ScanInbox) -> None:
        self._station = station
        self._loop = loop
        self._inbox = inbox
        self._held: InboxScan | None = None

    def reason(self) -> str:
        """What the camera finds right now; "read" once a code waits to be taken."""
        self._want()
        self._held = self._inbox.take(self._station) or self._held
        if self._held is not None:
            return "read"
        view = self._loop.view()
        if view.state is CameraState.AWAY:
            return "camera_gone"
        if view.state is not CameraState.LOOKING:
            return "starting"
        if view.codes > 1:
            return "several"
        return "reading" if view.reading else LOOKS[view.look]

    def take(self) -> Seen | None:
        """The code that was read last, once."""
        scan = self._inbox.take(self._station) or self._held
        self._held = None
        if scan is None:
            return None
        # The paper may still lie there: it is a new scan for the page that looks next.
        self._loop.want_no_scans()
        return Seen(scan.text, name_of(scan.symbology), key=scan.key)

    def figures(self) -> dict[str, float | str]:
        """How sharp and how light the newest picture is, measured now; nothing while there is none."""
        frame = self._loop.newest_frame()
        return {} if frame is None else judge_picture(self._station, frame).figures

    def preview(self) -> Iterator[bytes]:
        """Pictures while they come; ends where the camera gives none for a while."""
        frame, silent_since = 0, time.monotonic()
        while time.monotonic() - silent_since < SILENT_SECONDS:
            self._want()
            newest = self._loop.wait_for_frame(frame, 1.0)
            picture = self._loop.preview() if newest > frame else None
            frame = newest
            if picture is not None:
                silent_since = time.monotonic()
                yield picture
                time.sleep(PREVIEW_PAUSE)

    def forget(self) -> None:
        """Drop what was read."""
        self._held = None
        self._inbox.forget(self._station)
        self._loop.want_no_scans()

    def _want(self) -> None:
        self._loop.want_scans_until(time.monotonic() + LOOK_SECONDS)


class StationScanner:
    """A hand scanner that is read by this machine, with its station's slot in the inbox; it has no
    picture."""

    def __init__(self, station: str, inbox: ScanInbox) -> None:
        self._station = station
        self._inbox = inbox
        self._held: InboxScan | None = None

    def reason(self) -> str:
        """Whether a code waits to be taken."""
        self._held = self._inbox.take(self._station) or self._held
        return "read" if self._held is not None else "scanner_ready"

    def take(self) -> Seen | None:
        """The code that was read last, once."""
        scan, self._held = self._inbox.take(self._station) or self._held, None
        return None if scan is None else Seen(scan.text, name_of(scan.symbology), key=scan.key)

    def preview(self) -> Iterator[bytes]:
        """A scanner shows nothing."""
        return iter(())

    def forget(self) -> None:
        """Drop what was read."""
        self._held = None
        self._inbox.forget(self._station)


LOOKS = {
    Look.FINE: "looking",
    Look.TOO_DARK: "too_dark",
    Look.BLOWN_OUT: "too_bright",
    Look.TOO_BLURRED: "too_blurred",
    Look.TOO_FAR: "too_far",
    Look.GLARE: "glare",
}


def report_to(inbox: ScanInbox, station: str, source: Source = "camera") -> Callable[[Scan], None]:
    """What a camera loop or a hand scanner tells its scans to. A wrong keyboard layout is undone."""

    def report(scan: Scan) -> None:
        text = repair(scan.text, proves_itself) if source == "scanner" else scan.text
        inbox.put(station, text, scan.symbology, source)

    return report


def name_of(symbology: Symbology) -> str:
    """The symbology as the service takes it: its AIM identifier, else its name."""
    return symbology.aim or symbology.name


class StationPrinter:
    """A print queue for sheets."""

    def __init__(self, queue: PrintQueue, now: Callable[[], dt.datetime]) -> None:
        self._queue = queue
        self._now = now

    def print(self, order: ReceiptOrder, again: str) -> PrintState:
        """Print a receipt. A paper that is still to come is tried again instead of being doubled."""
        waiting = self._queue.newest(order.subject)
        if waiting is not None and waiting.state != "printed":
            if again:
                self._queue.retry(waiting.key)
            return _state_of(self._queue.status(waiting.key))
        receipt = compose_receipt(
            order.sheet,
            order.heading,
            order.sheet.language,
            self._now().astimezone(ZoneInfo(order.zone)),
            footer_lines=order.foot,
            terms_url=order.terms_url,
            proof=order.proof,
            till_code=order.till_code,
            others=order.others,
        )
        key = f"{order.subject}:{again}" if again else order.subject
        return _state_of(self._queue.submit(key, receipt, order.subject))

    def state(self, order: ReceiptOrder) -> PrintState:
        """How the newest job of this receipt stands."""
        return _state_of(self._queue.newest(order.subject))

    def check(self, station: str) -> Equipment:
        """Ask the printer how it is, and count what waits for it."""
        finding = self._queue.check()
        return Equipment(station, "printer", finding.state, finding.code, self._queue.count_waiting())


def _reader_state(station: str, reader: Reader) -> Equipment:
    """A camera or hand scanner by what it says right now."""
    if isinstance(reader, StationScanner):
        return Equipment(station, "scanner", "ok", "scanner_ready")
    reason = reader.reason()
    state: State = "fault" if reason == "camera_gone" else "warning" if reason in TROUBLED else "ok"
    figures = reader.figures() if isinstance(reader, StationCamera) else {}
    return Equipment(station, "camera", state, reason, figures=figures)


TROUBLED = ("too_dark", "too_bright", "too_blurred", "glare")


def _state_of(job: PrintJob | None) -> PrintState:
    if job is None:
        return PrintState.NONE
    if job.state == "printed":
        return PrintState.PRINTED
    return PrintState.FAILED if job.trouble or job.state == "failed" else PrintState.WAITING


class PhotoReader:
    """Reads a code in an uploaded picture, in the decoder's own process."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def read(self, picture: bytes) -> Seen:
        """The one code in the picture, or the reason why there is none."""
        answer = self._decoder.decode_bytes(picture)
        if answer.trouble is not None:
            return Seen(None, reason=FAULTS.get(answer.trouble.fault, "not_a_picture"))
        believed = (r for r in answer.readings if r.confirmed or proves_itself(r.text))
        texts = {reading.text: reading for reading in believed}
        if len(texts) != 1:
            return Seen(None, reason="several" if texts else "nothing")
        reading = next(iter(texts.values()))
        return Seen(reading.text, name_of(reading.symbology))


FAULTS = {
    DecodeFault.EMPTY: "missing",
    DecodeFault.TOO_LARGE: "too_large",
    DecodeFault.TOOK_TOO_LONG: "too_slow",
    DecodeFault.OUT_OF_MEMORY: "too_large",
    DecodeFault.DECODER_DIED: "too_slow",
}


@dataclass(frozen=True)
class Devices:
    """Cameras and printers by station, the reader of uploaded photos, and what to close at the end.

    `scanners` are the stations with a hand scanner, which may stand beside a camera.
    """

    cameras: Mapping[str, Reader] = field(default_factory=dict)
    printers: Mapping[str, ReceiptPrinter] = field(default_factory=dict)
    photos: PhotoReader | None = None
    trials: Trials = field(default_factory=Trials)
    scanners: frozenset[str] = frozenset()
    closers: tuple[Callable[[], None], ...] = ()

    def camera(self, station: str) -> Reader | None:
        """The camera of a station, if it has one."""
        return self.cameras.get(station)

    def has_picture(self, station: str) -> bool:
        """Whether a station's reader shows what it sees."""
        return station in self.cameras and not isinstance(self.cameras[station], StationScanner)

    def forget(self, station: str) -> None:
        """Drop what a station's camera has read: the customer has left."""
        camera = self.camera(station)
        if camera is not None:
            camera.forget()

    def equipment(self, stations: Collection[str]) -> list[Equipment]:
        """How the devices of these stations are. Asks each printer, which may take some seconds."""
        printers = sorted((name, each) for name, each in self.printers.items() if name in stations)
        return [*self.readers(stations), *(printer.check(station) for station, printer in printers)]

    def readers(self, stations: Collection[str]) -> list[Equipment]:
        """How the cameras and hand scanners of these stations are; takes no time."""
        readers = sorted((name, each) for name, each in self.cameras.items() if name in stations)
        found = [_reader_state(station, reader) for station, reader in readers]
        beside = [name for name in sorted(self.scanners) if name in stations and self.has_picture(name)]
        return [*found, *(Equipment(station, "scanner", "ok", "scanner_ready") for station in beside)]

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

    def close(self) -> None:
        """Let every device go."""
        for close in self.closers:
            close()
