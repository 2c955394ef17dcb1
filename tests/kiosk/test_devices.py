"""Stations, their printer and their camera, as the faces use them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from hardware.camera.loop import CameraState, CameraView
from hardware.decode.fake import FakeDecoder
from hardware.ports import (
    DecodeAnswer,
    DecodeFault,
    DecodeTrouble,
    Look,
    Media,
    Printed,
    PrinterFault,
    PrinterStatus,
    PrinterTrouble,
    Reading,
    Symbology,
)
from kiosk.devices import PhotoReader, PrintState, ReceiptOrder, StationCamera, StationPrinter
from kiosk.receipts.print_queue import PrintQueue
from kiosk.receipts.rendering import render
from kiosk.scan.inbox import ScanInbox
from kiosk.spool import Spool
from tests.kiosk import factories

QR = Symbology("qr", "]Q1")
ORDER = ReceiptOrder(
    "kiosk-1", "red_1", factories.sheet(), "Maple St store", "America/New_York", "https://terms.example/t/X"
)


class Device:
    """A printer that does what it is told and keeps what it printed."""

    name = "device"
    media = (Media.PDF,)

    def __init__(self) -> None:
        self.outcome: Printed | PrinterTrouble = Printed(confirmed=True)
        self.papers: list[bytes] = []

    def print(self, document: bytes, media: Media, title: str = "document") -> Printed | PrinterTrouble:
        """Print, unless it is in trouble."""
        if isinstance(self.outcome, Printed):
            self.papers.append(document)
        return self.outcome

    def status(self) -> PrinterStatus:
        """Always there."""
        return PrinterStatus(answers=True)


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def queue(device: Device, tmp_path: Path) -> PrintQueue:
    return PrintQueue(Spool(tmp_path / "spool.sqlite"), device, render, lambda: 1_000.0)


@pytest.fixture
def printer(queue: PrintQueue) -> StationPrinter:
    return StationPrinter(queue, lambda: dt.datetime(2026, 11, 21, 16, 0, tzinfo=dt.UTC))


def test_a_receipt_is_printed_once_however_often_it_is_asked_for(
    printer: StationPrinter, queue: PrintQueue, device: Device
) -> None:
    assert printer.state(ORDER) is PrintState.NONE
    assert printer.print(ORDER, "") is PrintState.WAITING
    while queue.print_next():
        pass
    assert printer.print(ORDER, "") is PrintState.PRINTED
    while queue.print_next():
        pass
    assert len(device.papers) == 1


def test_another_paper_is_asked_for_by_another_press(
    printer: StationPrinter, queue: PrintQueue, device: Device
) -> None:
    for again in ("", "press", "press"):
        printer.print(ORDER, again)
        while queue.print_next():
            pass
    assert len(device.papers) == 2


def test_a_paper_that_did_not_come_is_tried_again_and_not_doubled(
    printer: StationPrinter, queue: PrintQueue, device: Device
) -> None:
    device.outcome = PrinterTrouble(PrinterFault.PAPER_OUT, "no paper")
    printer.print(ORDER, "")
    queue.print_next()
    assert printer.state(ORDER) is PrintState.FAILED
    device.outcome = Printed(confirmed=True)
    printer.print(ORDER, "press")
    while queue.print_next():
        pass
    assert printer.state(ORDER) is PrintState.PRINTED
    assert len(device.papers) == 1


class Loop:
    """A camera loop that shows what it is told."""

    def __init__(self) -> None:
        self.state = CameraState.LOOKING
        self.look = Look.FINE
        self.codes = 0
        self.wanted = False

    def view(self) -> CameraView:
        """As it was told."""
        return CameraView(self.state, self.look, self.codes == 1, self.codes, 1)

    def want_scans_until(self, moment: float) -> None:
        """Note that somebody looks."""
        self.wanted = True

    def want_no_scans(self) -> None:
        """Note that nobody looks."""
        self.wanted = False


def test_the_camera_says_why_it_does_not_read() -> None:
    loop = Loop()
    camera = StationCamera("kiosk-1", loop, ScanInbox(lambda: 1.0))  # type: ignore[arg-type]
    said = []
    for state, look, codes in (
        (CameraState.STARTING, Look.FINE, 0),
        (CameraState.AWAY, Look.FINE, 0),
        (CameraState.LOOKING, Look.FINE, 0),
        (CameraState.LOOKING, Look.TOO_DARK, 0),
        (CameraState.LOOKING, Look.BLOWN_OUT, 0),
        (CameraState.LOOKING, Look.TOO_BLURRED, 0),
        (CameraState.LOOKING, Look.FINE, 1),
        (CameraState.LOOKING, Look.FINE, 2),
    ):
        loop.state, loop.look, loop.codes = state, look, codes
        said.append(camera.reason())
    assert said == [
        "starting", "camera_gone", "looking", "too_dark", "too_bright", "too_blurred", "reading", "several",
    ]  # fmt: skip
    assert loop.wanted


def test_a_code_waits_until_it_is_taken_once_and_goes_with_the_customer() -> None:
    loop, inbox = Loop(), ScanInbox(lambda: 1.0)
    camera = StationCamera("kiosk-1", loop, inbox)  # type: ignore[arg-type]
    scan = inbox.put("kiosk-1", "RQG8E9STRREMB", QR, "camera")
    assert [camera.reason(), camera.reason()] == ["read", "read"]
    seen = camera.take()
    assert seen is not None
    assert (seen.code, seen.symbology, seen.key) == ("RQG8E9STRREMB", "]Q1", scan.key)
    assert camera.take() is None
    inbox.put("kiosk-1", "ANOTHER", QR, "camera")
    assert camera.reason() == "read"
    camera.forget()
    assert camera.take() is None
    assert not loop.wanted


def reading(text: str) -> Reading:
    return Reading(text, QR, ((0, 0), (1, 0), (1, 1), (0, 1)), "fake")


@pytest.mark.parametrize(
    ("answer", "code", "reason"),
    [
        (DecodeAnswer((reading("A"), reading("A"))), "A", ""),
        (DecodeAnswer((reading("A"), reading("B"))), None, "several"),
        (DecodeAnswer(), None, "nothing"),
        (DecodeAnswer(trouble=DecodeTrouble(DecodeFault.TOOK_TOO_LONG, "slow")), None, "too_slow"),
        (DecodeAnswer(trouble=DecodeTrouble(DecodeFault.DAMAGED, "cut")), None, "not_a_picture"),
    ],
)
def test_a_photo_gives_one_code_or_the_reason_why_not(
    answer: DecodeAnswer, code: str | None, reason: str
) -> None:
    seen = PhotoReader(FakeDecoder([answer])).read(b"picture")
    assert (seen.code, seen.reason) == (code, reason)
