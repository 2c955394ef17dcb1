"""A camera without a device: gives the frames that it was told to give, and can be pulled and plugged.

What it is for: tests of whoever holds a camera.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from hardware.camera.sources import Pace
from hardware.ports import Picture


class FakeCamera:
    """Gives `frames` over and over at `rate` while it is plugged; counts how often it was opened."""

    name = "fake camera"

    def __init__(self, frames: Sequence[Picture], rate: float = 100.0) -> None:
        self._frames = list(frames)
        self._pace = Pace(rate)
        self._given = 0
        self._plugged = threading.Event()
        self._plugged.set()
        self.is_open = False
        self.times_opened = 0

    def show(self, frames: Sequence[Picture]) -> None:
        """Hold something else before the camera."""
        self._frames, self._given = list(frames), 0

    def pull(self) -> None:
        """Pull the plug: frames end, and opening fails."""
        self._plugged.clear()

    def plug(self) -> None:
        """Plug it in again."""
        self._plugged.set()

    def open(self) -> bool:
        self.times_opened += 1
        self.is_open = self._plugged.is_set()
        return self.is_open

    def read(self) -> Picture | None:
        self._pace.wait()
        if not self._plugged.is_set():
            return None
        frames = self._frames
        self._given += 1
        return frames[self._given % len(frames)]

    def close(self) -> None:
        self.is_open = False
