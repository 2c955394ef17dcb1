"""Reads codes from one camera while somebody wants scans, and does next to nothing otherwise.

What it must not know: what a text means. One thread takes frames and keeps the newest, so that a slow
decoder never works on an old one; another has the newest decoded, in the decoder's own process. Both sleep
while nobody wants scans, and the camera is let go, so that its light shows when it looks.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from hardware.camera.preview import WIDTH, draw_preview
from hardware.camera.sightings import Sightings
from hardware.ports import Camera, Decoder, Look, Picture, Reading, Scan

RECONNECT_SECONDS = 1.0
DECODES_PER_SECOND = 12
"""More would cost a whole core on frames without a code, and nobody holds a code for less than this."""
FOUND_SECONDS = 1.0
"""How long a code that was read counts as being read: a hand trembles, and frames are missed."""

log = logging.getLogger(__name__)


class CameraState(StrEnum):
    """What the camera does: nothing (nobody wants scans), start, look, or be away although it is wanted."""

    OFF = "off"
    STARTING = "starting"
    LOOKING = "looking"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class CameraView:
    """What can be said of the camera right now.

    `look` is what keeps it from reading, as measured; `reading` whether it reads a code now, `codes` how many
    are in the newest frame; `frames` counts the frames since the start.
    """

    state: CameraState
    look: Look
    reading: bool
    codes: int
    frames: int


class CameraLoop:
    """One camera, read on demand.

    `report` gets each new scan, from a thread of this loop: once while it stays in view, and again when scans
    are wanted anew after nobody wanted any; `now` gives aware times in UTC; `proves_itself` as in
    `Sightings`. Safe to call from many threads. Nothing happens before `start`.
    """

    def __init__(
        self,
        camera: Camera,
        decoder: Decoder,
        report: Callable[[Scan], None],
        now: Callable[[], dt.datetime],
        reconnect_seconds: float = RECONNECT_SECONDS,
        proves_itself: Callable[[str], bool] = lambda text: False,
    ) -> None:
        self._camera = camera
        self._decoder = decoder
        self._report = report
        self._now = now
        self._reconnect_seconds = reconnect_seconds
        self._proves_itself = proves_itself
        self._changed = threading.Condition()
        self._wanted_until = 0.0
        self._ending = False
        self._state = CameraState.OFF
        self._frame: Picture | None = None
        self._frames = 0
        self._look = Look.FINE
        self._readings: tuple[Reading, ...] = ()
        self._read_at = 0.0
        self._session = 0
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads; the camera stays off until scans are wanted."""
        if not self._threads:
            self._ending = False
            for work in (self._take_frames, self._decode_frames):
                thread = threading.Thread(target=work, name=f"camera-{work.__name__}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def close(self, seconds: float = 15.0) -> None:
        """Let the camera go and end the threads. The decoder belongs to whoever made it."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        threads, self._threads = self._threads, []
        for thread in threads:
            thread.join(seconds)

    def want_scans_until(self, moment: float) -> None:
        """Look for codes until a moment of the monotonic clock; a later call may only prolong it."""
        with self._changed:
            self._wanted_until = max(self._wanted_until, moment)
            self._changed.notify_all()

    def want_no_scans(self) -> None:
        """Stop looking now."""
        with self._changed:
            self._wanted_until = 0.0
            self._changed.notify_all()

    def view(self) -> CameraView:
        """What the camera does and sees right now."""
        with self._changed:
            reading = time.monotonic() - self._read_at <= FOUND_SECONDS
            return CameraView(self._state, self._look, reading, len(self._readings), self._frames)

    def preview(self, width: int = WIDTH) -> bytes | None:
        """The newest frame as JPEG with the found codes outlined; None while the camera gives none."""
        with self._changed:
            frame, readings = self._frame, self._readings
        return None if frame is None else draw_preview(frame, readings, width)

    def newest_frame(self) -> Picture | None:
        """The newest frame as the camera gave it; None while it gives none."""
        with self._changed:
            return self._frame

    def wait_for_frame(self, after: int, seconds: float) -> int:
        """Wait for a frame later than number `after`; gives the newest number, `after` where none came."""
        with self._changed:
            self._changed.wait_for(lambda: self._frames > after or self._ending, seconds)
            return max(after, self._frames)

    # --- Taking frames --------------------------------------------------------------------------

    def _take_frames(self) -> None:
        while self._wait_until_wanted():
            try:
                if self._camera.open():
                    self._take_while_wanted()
            except Exception:
                # A driver may raise anything when its device is pulled: it is tried again as if it were away.
                log.exception("The camera's driver broke.")
            finally:
                self._camera.close()
            self._rest()

    def _wait_until_wanted(self) -> bool:
        """Sleep while nobody wants scans; false when the loop ends."""
        with self._changed:
            while not self._ending and not self._is_wanted():
                self._state, self._frame, self._readings = CameraState.OFF, None, ()
                self._changed.wait()
            if self._state is CameraState.OFF:
                self._state = CameraState.STARTING
                self._session += 1
            return not self._ending

    def _take_while_wanted(self) -> None:
        while (frame := self._camera.read()) is not None:
            with self._changed:
                if self._ending or not self._is_wanted():
                    return
                self._frame, self._state = frame, CameraState.LOOKING
                self._frames += 1
                self._changed.notify_all()

    def _rest(self) -> None:
        """Wait a moment before a camera that is away is tried again."""
        with self._changed:
            self._frame, self._readings = None, ()
            if self._is_wanted() and not self._ending:
                self._state = CameraState.AWAY
                self._changed.wait_for(lambda: self._ending, self._reconnect_seconds)

    def _is_wanted(self) -> bool:
        return time.monotonic() < self._wanted_until

    # --- Reading codes --------------------------------------------------------------------------

    def _decode_frames(self) -> None:
        sightings, session, done = Sightings(self._proves_itself), 0, 0
        while (taken := self._next_frame(done)) is not None:
            frame, done, looked_in = taken
            if looked_in != session:
                # Somebody else looks now, to whom what was seen before is new.
                sightings, session = Sightings(self._proves_itself), looked_in
            due = time.monotonic() + 1 / DECODES_PER_SECOND
            grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
            answer = self._decoder.decode_frame(grey, session)
            if answer.trouble is not None:
                log.warning("A frame could not be decoded: %s", answer.trouble.detail)
                self._pause(self._reconnect_seconds)
                continue
            self._note(answer.readings, answer.look)
            for reading in sightings.see(answer.readings, time.monotonic()):
                self._tell(reading)
            self._pause(due - time.monotonic())

    def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the loop."""
        with self._changed:
            self._changed.wait_for(lambda: self._ending, max(0.0, seconds))

    def _next_frame(self, after: int) -> tuple[Picture, int, int] | None:
        """The newest frame once it is later than number `after`, its number, and how often the camera was
        wanted anew before it; None when the loop ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._ending or (self._frames > after and self._frame is not None))
            if self._ending or self._frame is None:
                return None
            return self._frame, self._frames, self._session

    def _note(self, readings: tuple[Reading, ...], look: Look) -> None:
        with self._changed:
            self._look = Look.FINE if readings else look
            self._readings = readings
            if readings:
                self._read_at = time.monotonic()

    def _tell(self, reading: Reading) -> None:
        scan = Scan(reading.text, reading.symbology, reading.corners, reading.engine, self._now())
        try:
            self._report(scan)
        except Exception:
            # Whoever listens must not end the camera.
            log.exception("A scan could not be reported.")
