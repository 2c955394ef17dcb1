"""Tests what is attached and says plainly what it found: camera, hand scanner, printer, and both ends
together.

What it must not know: receipts, pages, what a code is worth. Each check gives findings; the words in `says`
are for a shell, `code` and `figures` for whoever has words of their own.
"""

from __future__ import annotations

import queue
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import cv2
import numpy as np

from hardware.decode.looks import light_of, measure_look, sharpness_of
from hardware.ports import Camera, Decoder, Look, Media, Picture, Printed, Printer, Scan
from hardware.printer.profiles import PrintProfile
from hardware.printer.test_page import make_test_page

State = Literal["ok", "warning", "fault"]
FRAMES = 12
"""Frames that a camera gets to set its light before it is judged."""
LOOKS = {
    Look.FINE: "The picture is fine.",
    Look.TOO_DARK: "The picture is too dark. Give it more light.",
    Look.BLOWN_OUT: "The picture is too bright. Turn a lamp away.",
    Look.TOO_BLURRED: "The picture is not sharp. Clean the lens, or set the distance.",
    Look.TOO_FAR: "A code is in the picture and too small. Bring camera and code closer.",
    Look.GLARE: "A lamp is mirrored in the picture. Turn it away.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `figures` are measured: sharpness and light from 0 to 1, pixels, seconds."""

    device: str
    state: State
    code: str
    says: str
    figures: dict[str, float | str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def check_camera(camera: Camera) -> tuple[list[Finding], Picture | None]:
    """Open the camera, look, let it go; the findings and the picture it gave, if any."""
    try:
        if not camera.open():
            return [
                Finding(camera.name, "fault", "camera_gone", "It is not there, or in use elsewhere.")
            ], None
        began = time.monotonic()
        frame = None
        for number in range(FRAMES):
            frame = camera.read() if number == 0 or frame is not None else None
        seconds = time.monotonic() - began
    finally:
        camera.close()
    if frame is None:
        return [Finding(camera.name, "fault", "no_picture", "It is there and gives no picture.")], None
    found = judge_picture(camera.name, frame)
    rate = round(FRAMES / max(seconds, 1e-6), 1)
    return [replace(found, figures={**found.figures, "frames_a_second": rate})], frame


def judge_picture(name: str, frame: Picture) -> Finding:
    """How a camera's picture is: its size, its sharpness and its light, and what keeps it from reading."""
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    look = measure_look(grey)
    figures: dict[str, float | str] = {
        "width": frame.shape[1],
        "height": frame.shape[0],
        "sharpness": round(sharpness_of(grey), 3),
        "light": round(light_of(grey), 3),
    }
    return Finding(name, "ok" if look is Look.FINE else "warning", look.value, LOOKS[look], figures)


def check_printer(printer: Printer) -> Finding:
    """Ask the printer how it is; nothing is printed."""
    status = printer.status()
    figures: dict[str, float | str] = {"paper": status.paper}
    if status.fault is not None:
        return Finding(printer.name, "fault", status.fault.value, status.detail, figures)
    if status.paper == "low":
        return Finding(
            printer.name, "warning", "paper_low", "It is ready. The paper is nearly used up.", figures
        )
    if not status.answers:
        return Finding(
            printer.name, "ok", "silent", "It can be reached. It does not tell its state.", figures
        )
    return Finding(printer.name, "ok", "ready", "It is ready.", figures)


def print_test_slip(printer: Printer, profile: PrintProfile) -> tuple[Finding, str]:
    """Print a slip with letters, signs and a QR code; the finding and what the QR code says."""
    token = f"TEST-{secrets.token_hex(4).upper()}"
    media: Media = printer.media[0]
    outcome = printer.print(make_test_page(media, printer.name, token, profile), media, "test-page")
    if isinstance(outcome, Printed):
        says = "A test slip was printed." if outcome.confirmed else "A test slip was sent."
        return Finding(printer.name, "ok", "printed", says, {"qr": token}), token
    return Finding(
        printer.name, "fault", outcome.fault.value, f"Nothing was printed: {outcome.detail}"
    ), token


def read_back(camera: Camera, decoder: Decoder, token: str, seconds: float = 20.0) -> Finding:
    """Wait for the camera to read the QR code of the slip that was just printed."""
    end = time.monotonic() + seconds
    try:
        opened = camera.open()
        while opened and time.monotonic() < end and (frame := camera.read()) is not None:
            grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
            if any(reading.text == token for reading in decoder.decode_frame(grey).readings):
                return Finding(camera.name, "ok", "read_back", "The camera read the slip's QR code.")
    finally:
        camera.close()
    says = "The camera did not read the slip's QR code. Hold the slip before it."
    return Finding(camera.name, "warning", "not_read_back", says)


def echo_scanner(
    open_it: Callable[[Callable[[Scan], None]], Any], name: str, seconds: float = 20.0
) -> Finding:
    """Wait for one scan and say what came; the text itself is not repeated, it may be worth money."""
    scans: queue.Queue[Scan] = queue.Queue()
    scanner = open_it(scans.put)
    scanner.start()
    try:
        scan = scans.get(timeout=seconds)
    except queue.Empty:
        return Finding(name, "warning", "nothing_scanned", f"Nothing was scanned within {seconds:g} seconds.")
    finally:
        scanner.close()
    figures: dict[str, float | str] = {"characters": len(scan.text), "symbology": scan.symbology.name}
    return Finding(name, "ok", "scanned", f"A code of {len(scan.text)} characters was scanned.", figures)
