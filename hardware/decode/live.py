"""Looks for codes in the frames of a running camera, one after another, each within a small time.

What it must not know: cameras, processes, and what a text means.

A frame gets one quick look after a 3x3 blur, which halves the time on busy ground, at the few symbologies
that
are held up to a camera. Where that reads nothing it gets one more attempt, which changes from frame to frame:
a hand trembles, and what fails in one frame works in the next. Where a frame showed that a code is there (it
was read a moment ago, or was found and failed its check), the extra attempt looks there, enlarged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from hardware.decode.engines import Found, engines
from hardware.decode.strips import Region, find_bars, lay_out
from hardware.decode.symbologies import BY_NAME, LIVE
from hardware.decode.votes import distinct
from hardware.ports import Box, Corner, Picture, Reading

SMALLEST_SIDE = 8
KEEP_PLACE = 6
"""Frames for which the place of a code is remembered: half a second."""
STRIPS = 10
"""Strips of one region that one frame's extra attempt looks at: what fits into its time."""
BARS_SIDE = 640
"""Longest side of the small frame in which bars are sought: a code held up takes a third of a frame."""
MOST_ENLARGED = 360_000
"""Pixels of an enlarged place; more would take longer than the whole frame."""


class LiveDecoder:
    """Reads the frames of one camera; remembers from frame to frame where a code was."""

    def __init__(self, names: Sequence[str] = LIVE) -> None:
        self._names = tuple(names)
        self._place: Box | None = None
        self._frames_left = 0
        self._turn = 0

    def look(self, grey: Picture) -> list[Reading]:
        """Codes in the next frame.

        A linear code that the extra attempt found a single time is not `confirmed`: a second frame has to
        agree, or the text's own check.
        """
        if min(grey.shape[:2]) < SMALLEST_SIDE:
            return []
        smooth = np.asarray(cv2.blur(grey, (3, 3)), dtype=np.uint8)
        found = engines()[0].look(smooth, self._names)
        if found.readings:
            self._remember([corner for reading in found.readings for corner in reading.corners], grey)
            return distinct(found.readings)
        self._notice(found, grey)
        return self._extra(grey)

    @property
    def place(self) -> Box | None:
        """Where a code was seen a moment ago, with some ground around it."""
        return self._place

    def _extra(self, grey: Picture) -> list[Reading]:
        if self._place is not None and self._frames_left % 2:
            return self._at_place(grey, self._place)
        attempt = EXTRAS[self._turn % len(EXTRAS)]
        self._turn += 1
        return distinct(attempt(grey, self._names))

    def _at_place(self, grey: Picture, place: Box) -> list[Reading]:
        left, top, right, bottom = place
        cut = grey[top:bottom, left:right]
        factor = max(1.0, min(3.0, (MOST_ENLARGED / max(1, cut.size)) ** 0.5))
        size = (round(cut.shape[1] * factor), round(cut.shape[0] * factor))
        large = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
        found = engines()[0].read(_sharpened(large), self._names, patient=False)
        return distinct(_doubted(_moved(reading, 1 / factor, (left, top))) for reading in found)

    def _remember(self, corners: Sequence[Corner], grey: Picture) -> None:
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        grown = max(max(xs) - min(xs), max(ys) - min(ys)) // 3 + 16
        left, top = max(0, min(xs) - grown), max(0, min(ys) - grown)
        right, bottom = min(grey.shape[1], max(xs) + grown), min(grey.shape[0], max(ys) + grown)
        if right - left >= SMALLEST_SIDE and bottom - top >= SMALLEST_SIDE:
            self._place, self._frames_left = (left, top, right, bottom), KEEP_PLACE

    def _notice(self, found: Found, grey: Picture) -> None:
        """Keep the place of a code that failed its check; forget a place at which nothing was seen for
        long."""
        self._frames_left -= 1
        if found.failed:
            self._remember([corner for corners in found.failed for corner in corners], grey)
        elif self._frames_left <= 0:
            self._place = None


def _doubted(reading: Reading) -> Reading:
    return replace(reading, confirmed=not BY_NAME[reading.symbology.name].linear)


def _sharpened(grey: Picture) -> Picture:
    soft = cv2.blur(grey, (7, 7))
    return np.asarray(cv2.addWeighted(grey, 2.5, soft, -1.5, 0), dtype=np.uint8)


def _moved(reading: Reading, factor: float, by: Corner, way: str = "place") -> Reading:
    corners = tuple((round(x * factor) + by[0], round(y * factor) + by[1]) for x, y in reading.corners)
    return replace(reading, corners=corners, engine=f"{reading.engine}+{way}")


# --- Extra attempts -------------------------------------------------------------------------------


def _bars(grey: Picture, names: Sequence[str]) -> list[Reading]:
    """The clearest bars of the frame as strips: what a turned or blurred linear code needs."""
    wanted = tuple(name for name in names if BY_NAME[name].in_strips)
    found: list[Reading] = []
    for region in find_bars(grey, BARS_SIDE)[:2] if wanted else ():
        found += _of_region(grey, region, wanted)
        if found:
            return found
    return found


def _of_region(grey: Picture, region: Region, names: Sequence[str]) -> list[Reading]:
    """What the first strips hold; a text that two different parts gave is confirmed."""
    counted: dict[str, tuple[Reading, set[int]]] = {}
    for number, strip in enumerate(lay_out(grey, region)):
        if number == STRIPS:
            break
        for reading in engines()[0].read(strip.grey, names, patient=False):
            placed = replace(reading, corners=region.corners(), engine=f"zxing+strip_{strip.treatment}")
            counted.setdefault(reading.text, (placed, set()))[1].add(strip.part)
    return [replace(reading, confirmed=len(parts) > 1) for reading, parts in counted.values()]


def _half(grey: Picture, names: Sequence[str]) -> list[Reading]:
    """The frame at half size: a code that fills it, blurred."""
    found = engines()[0].read(_halved(grey), names, patient=False)
    return [_doubted(_moved(reading, 2, (0, 0), "half")) for reading in found]


def _even_light(grey: Picture, names: Sequence[str]) -> list[Reading]:
    """The middle of the frame with evened light: shadow and glare."""
    height, width = grey.shape[:2]
    left, top = width // 6, height // 6
    middle = grey[top : height - top, left : width - left]
    even = np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(middle), dtype=np.uint8)
    found = engines()[0].read(even, names, patient=False)
    return [_doubted(_moved(reading, 1, (left, top), "even_light")) for reading in found]


def _inverted(grey: Picture, names: Sequence[str]) -> list[Reading]:
    """The frame at half size, light for dark: a telephone in its dark mode."""
    found = engines()[0].read(np.asarray(255 - _halved(grey), dtype=np.uint8), names, patient=False)
    return [_doubted(_moved(reading, 2, (0, 0), "inverted")) for reading in found]


def _halved(grey: Picture) -> Picture:
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.asarray(half, dtype=np.uint8)


EXTRAS: tuple[Callable[[Picture, Sequence[str]], list[Reading]], ...] = (
    _bars,
    _even_light,
    _bars,
    _half,
    _bars,
    _inverted,
)
