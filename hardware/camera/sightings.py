"""Says of the readings in one frame after another which are new.

What it must not know: cameras and clocks; time comes as an argument, in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hardware.ports import Reading

GONE_AFTER = 1.5
"""Seconds out of view after which the same text is a new scan: longer than a hand covers a code."""
AGREE_WITHIN = 2.0
"""Seconds within which a second frame has to agree with a doubtful reading."""


class Sightings:
    """Remembers the texts in view. Each is new once, until it has been out of view for a moment.

    `proves_itself` says of a text that a check of its own shows that it was read rightly: it needs no second
    frame.
    """

    def __init__(self, proves_itself: Callable[[str], bool] = lambda text: False) -> None:
        self._proves_itself = proves_itself
        self._missed_since: dict[str, float | None] = {}
        self._doubtful: dict[str, float] = {}

    def see(self, readings: Iterable[Reading], now: float) -> list[Reading]:
        """The readings of this frame that are to be reported."""
        settled = [reading for reading in readings if self._is_settled(reading, now)]
        new = {reading.text: reading for reading in settled if reading.text not in self._missed_since}
        self._keep_watch({reading.text for reading in settled}, now)
        return list(new.values())

    def _is_settled(self, reading: Reading, now: float) -> bool:
        if reading.confirmed or reading.text in self._missed_since or self._proves_itself(reading.text):
            return True
        before = self._doubtful.get(reading.text)
        self._doubtful[reading.text] = now
        return before is not None and 0 < now - before <= AGREE_WITHIN

    def _keep_watch(self, present: set[str], now: float) -> None:
        for text in present:
            self._missed_since[text] = None
        for text, since in list(self._missed_since.items()):
            if text in present:
                continue
            if since is None:
                self._missed_since[text] = now
            elif now - since >= GONE_AFTER:
                del self._missed_since[text]
        self._doubtful = {t: at for t, at in self._doubtful.items() if now - at <= AGREE_WITHIN}
