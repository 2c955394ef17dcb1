"""What a process does besides answering: events handed on, webhooks sent, credits posted and chased.

What it is for: one thread that looks soon after something was committed here, and every second for what
other processes committed; what takes long runs in a few threads beside it. Passes keep a distance from each
other, so that what many requests commit in that time is handed on by one pass and not by one each.
What it must not know: any feature; app.py hands the work in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from store_api.events import Bell
from store_api.logs import log_failure

LOOK_SECONDS = 1.0
PACE_SECONDS = 0.2
"""Between two passes. With a pass after every commit, a redemption cost twice its own processor time."""
AFTER_FAULT_SECONDS = 5.0

Step = Callable[[], int]
"""One pass of some work; how much was found to do."""


class Background:
    """A thread that does every step again and again until it is closed."""

    def __init__(self, steps: Sequence[Step], bell: Bell) -> None:
        self._steps = tuple(steps)
        self._bell = bell
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="background", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Finish the pass that is under way, and end."""
        self._closing.set()
        self._bell.ring()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._closing.is_set():
            rings = self._bell.rings
            try:
                found = sum(step() for step in self._steps)
            except Exception as error:  # a database that is away comes back; the next pass finds all of it
                log_failure(error)
                self._closing.wait(AFTER_FAULT_SECONDS)
                continue
            self._closing.wait(PACE_SECONDS)
            if not found:
                self._bell.wait(rings, LOOK_SECONDS)
