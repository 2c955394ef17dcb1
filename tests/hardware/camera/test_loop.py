"""The loop looks while scans are wanted, reports each code once, and lets the camera go."""

from __future__ import annotations

import datetime as dt
import queue
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest

from hardware.camera import CameraLoop
from hardware.camera.fake import FakeCamera
from hardware.camera.loop import CameraState
from hardware.decode import DecodeWorker
from hardware.ports import Camera, Decoder, Look, Scan
from tests.hardware.pictures import frame, qr

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
LONG = 60.0
"""Seconds within which anything awaited here happens, even on a busy machine."""


@pytest.fixture(scope="module")
def decoder() -> Iterator[DecodeWorker]:
    with DecodeWorker(seconds=LONG) as worker:
        worker.start()
        yield worker


class Watched:
    """A loop on a camera, with the scans that it reported."""

    def __init__(self, camera: Camera, decoder: Decoder) -> None:
        self.scans: queue.Queue[Scan] = queue.Queue()
        self.loop = CameraLoop(camera, decoder, self.scans.put, lambda: NOON, reconnect_seconds=0.01)
        self.loop.start()

    def want(self) -> None:
        self.loop.want_scans_until(time.monotonic() + LONG * 10)

    def next_text(self) -> str:
        return self.scans.get(timeout=LONG).text

    def wait_until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + LONG
        while not holds():
            assert time.monotonic() < end, self.loop.view()
            time.sleep(0.005)


@pytest.fixture
def watch(decoder: DecodeWorker) -> Iterator[Callable[[Camera], Watched]]:
    loops: list[Watched] = []

    def begin(camera: Camera) -> Watched:
        loops.append(Watched(camera, decoder))
        return loops[-1]

    yield begin
    for watched in loops:
        watched.loop.close()


Watch = Callable[[Camera], Watched]


def test_a_code_before_the_camera_is_reported_once_with_where_and_when(watch: Watch) -> None:
    watched = watch(FakeCamera([frame(qr("HELD-UP"))]))
    watched.want()
    scan = watched.scans.get(timeout=LONG)
    assert (scan.text, scan.symbology.name, scan.at) == ("HELD-UP", "qr", NOON)
    assert len(scan.corners) == 4
    seen = watched.loop.view().frames
    watched.loop.wait_for_frame(seen + 20, LONG)
    assert watched.scans.empty()
    assert watched.loop.view().reading


def test_nothing_is_opened_before_scans_are_wanted(watch: Watch) -> None:
    camera = FakeCamera([frame()])
    watched = watch(camera)
    assert watched.loop.view().state is CameraState.OFF
    assert watched.loop.preview() is None
    assert camera.times_opened == 0


def test_the_camera_is_let_go_when_nobody_wants_scans_any_more(watch: Watch) -> None:
    camera = FakeCamera([frame()])
    watched = watch(camera)
    watched.want()
    watched.wait_until(lambda: watched.loop.view().state is CameraState.LOOKING)
    watched.loop.want_no_scans()
    watched.wait_until(lambda: watched.loop.view().state is CameraState.OFF)
    assert not camera.is_open
    assert watched.loop.preview() is None


def test_a_code_that_stayed_before_the_camera_is_new_to_who_wants_scans_next(watch: Watch) -> None:
    watched = watch(FakeCamera([frame(qr("LEFT-THERE"))]))
    watched.want()
    assert watched.next_text() == "LEFT-THERE"
    watched.loop.want_no_scans()
    watched.wait_until(lambda: watched.loop.view().state is CameraState.OFF)
    watched.want()
    assert watched.next_text() == "LEFT-THERE"


def test_wanting_ends_by_itself(watch: Watch) -> None:
    camera = FakeCamera([frame()])
    watched = watch(camera)
    watched.loop.want_scans_until(time.monotonic() + 0.1)
    watched.wait_until(lambda: camera.times_opened == 1 and not camera.is_open)
    watched.wait_until(lambda: watched.loop.view().state is CameraState.OFF)
    assert (camera.times_opened, camera.is_open) == (1, False)


def test_a_camera_that_is_pulled_is_away_and_reads_again_when_it_is_plugged_in(watch: Watch) -> None:
    camera = FakeCamera([frame(qr("BEFORE"))])
    watched = watch(camera)
    watched.want()
    assert watched.next_text() == "BEFORE"
    camera.pull()
    watched.wait_until(lambda: watched.loop.view().state is CameraState.AWAY)
    camera.show([frame(qr("AFTER"))])
    camera.plug()
    assert watched.next_text() == "AFTER"


def test_a_driver_that_breaks_is_tried_again(watch: Watch) -> None:
    class Breaking(FakeCamera):
        def open(self) -> bool:
            super().open()
            if self.times_opened == 1:
                raise RuntimeError("driver")
            return True

    watched = watch(Breaking([frame(qr("AGAIN"))]))
    watched.want()
    assert watched.next_text() == "AGAIN"


@pytest.mark.parametrize(
    ("shown", "look"),
    [
        (np.zeros((720, 1280, 3), dtype=np.uint8), Look.TOO_DARK),
        (np.full((720, 1280, 3), 255, dtype=np.uint8), Look.BLOWN_OUT),
        (cv2.GaussianBlur(frame(qr("SOFT", module=10)), (0, 0), 14), Look.TOO_BLURRED),
    ],
)
def test_the_view_says_what_keeps_a_frame_from_being_read(
    watch: Watch, shown: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], look: Look
) -> None:
    watched = watch(FakeCamera([shown]))
    watched.want()
    watched.wait_until(lambda: watched.loop.view().look is look)


def test_the_preview_is_a_small_jpeg_with_a_line_round_the_code(watch: Watch) -> None:
    watched = watch(FakeCamera([frame(qr("SHOWN"))]))
    watched.want()
    watched.next_text()
    data = watched.loop.preview(width=320)
    assert data is not None
    picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (180, 320, 3)
    blue, green, red = (picture[:, :, channel].astype(int) for channel in range(3))
    assert ((green - red > 80) & (green - blue > 40)).sum() > 50


def test_a_listener_that_fails_does_not_end_the_camera(decoder: DecodeWorker) -> None:
    told: queue.Queue[str] = queue.Queue()

    def listen(scan: Scan) -> None:
        told.put(scan.text)
        raise RuntimeError("listener")

    camera = FakeCamera([frame(qr("FIRST"))])
    loop = CameraLoop(camera, decoder, listen, lambda: NOON)
    loop.start()
    loop.want_scans_until(time.monotonic() + LONG)
    assert told.get(timeout=LONG) == "FIRST"
    camera.show([frame(qr("NEXT"))])
    assert told.get(timeout=LONG) == "NEXT"
    loop.close()
    assert not camera.is_open
