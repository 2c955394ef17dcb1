"""Looks for codes in one picture: cheap first, then more patient until the time is up.

What it must not know: files, processes, cameras, and what a text means.

A still picture goes to both engines as it is, and only if nothing is read through the retries below,
greatest gain first. They were chosen by measuring on public test pictures (docs/hardware.md). They also
invent linear codes with valid check digits, so that a linear code from a retry counts only when two
different attempts agree. A live frame gets one quick look after a 3x3 blur, which halves
the time on busy backgrounds, and one extra attempt that changes from frame to frame.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from hardware.decode.engines import Engine, engines
from hardware.decode.symbologies import BY_NAME, LIVE, STILL
from hardware.ports import Corner, Picture, Reading

BUDGET_SECONDS = 0.8
"""Time for one still picture, below the second after which the worker is killed."""

Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class View:
    """A transformed picture and the affine matrix (2x3) that leads from it back to the original."""

    grey: Picture
    back: Matrix | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One retry: a transform and the engine that looks at its result."""

    name: str
    engine: str
    transform: Callable[[Picture], View]


def decode_image(
    image_bgr: Picture, budget: float = BUDGET_SECONDS, names: Sequence[str] = STILL
) -> list[Reading]:
    """Codes in a still picture (uint8, grey or blue-green-red).

    Looks until something is read or `budget` seconds would be exceeded by one more attempt as slow as the
    slowest so far; an attempt under way is not broken off.
    `names` are symbologies of `hardware.decode.symbologies`; name "itf" to read that, too.
    """
    return decode_grey(to_grey(image_bgr), budget, names)


def decode_grey(grey: Picture, budget: float = BUDGET_SECONDS, names: Sequence[str] = STILL) -> list[Reading]:
    """As `decode_image`, for grey pixels."""
    end = time.monotonic() + budget
    doubtful: list[Reading] = []
    for engine in engines():
        if time.monotonic() >= end:
            return []
        found = engine.read(grey, names)
        settled = distinct(reading for reading in found if reading.confirmed)
        if settled:
            return settled
        doubtful += found
    return _retry(grey, names, end, distinct(doubtful))


def decode_live(grey: Picture, attempt: int = 0, names: Sequence[str] = LIVE) -> list[Reading]:
    """Codes in one frame of a running camera: one look, and one extra attempt where it fails.

    A linear code that only the extra attempt found is not `confirmed`: a second frame has to agree.
    """
    zxing = engines()[0]
    smooth = np.asarray(cv2.blur(grey, (3, 3)), dtype=np.uint8)
    found = zxing.read(smooth, names, patient=False)
    if found or min(grey.shape[:2]) < 8:
        return distinct(found)
    extra = LIVE_ATTEMPTS[attempt % len(LIVE_ATTEMPTS)]
    return [_doubted(reading) for reading in _look(extra, grey, names)]


def to_grey(image: Picture) -> Picture:
    """Grey pixels of a grey or blue-green-red picture; raises ValueError for any other shape."""
    if image.ndim == 2:
        return np.ascontiguousarray(image)
    if image.ndim == 3 and image.shape[2] == 3:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    raise ValueError(f"a picture is height x width or height x width x 3, not {image.shape}")


def distinct(readings: Iterable[Reading]) -> list[Reading]:
    """The readings without repeats of the same text in the same symbology, in the order of finding."""
    kept: dict[tuple[str, str], Reading] = {}
    for reading in readings:
        kept.setdefault((reading.symbology.name, reading.text), reading)
    return list(kept.values())


def _retry(grey: Picture, names: Sequence[str], end: float, doubtful: list[Reading]) -> list[Reading]:
    seen = {_key(reading) for reading in doubtful}
    slowest = 0.0
    for attempt in STILL_ATTEMPTS:
        began = time.monotonic()
        if began + slowest >= end or min(grey.shape[:2]) < 8:
            break
        found = distinct(_look(attempt, grey, names))
        settled = [replace(r, confirmed=True) for r in found if not _is_linear(r) or _key(r) in seen]
        if settled:
            return settled
        seen |= {_key(reading) for reading in found}
        slowest = max(slowest, time.monotonic() - began)
    return []


def _look(attempt: Attempt, grey: Picture, names: Sequence[str]) -> list[Reading]:
    engine = _engine(attempt.engine)
    if engine is None:
        return []
    view = attempt.transform(grey)
    found = engine.read(view.grey, names)
    return [_led_back(reading, view.back, attempt) for reading in found]


def _engine(name: str) -> Engine | None:
    return next((engine for engine in engines() if engine.name == name), None)


def _led_back(reading: Reading, back: Matrix | None, attempt: Attempt) -> Reading:
    corners = reading.corners if back is None else tuple(_moved(c, back) for c in reading.corners)
    return replace(reading, corners=corners, engine=f"{reading.engine}+{attempt.name}")


def _moved(corner: Corner, matrix: Matrix) -> Corner:
    x, y = matrix @ np.array([corner[0], corner[1], 1.0])
    return round(float(x)), round(float(y))


def _doubted(reading: Reading) -> Reading:
    return replace(reading, confirmed=not _is_linear(reading))


def _is_linear(reading: Reading) -> bool:
    return BY_NAME[reading.symbology.name].linear


def _key(reading: Reading) -> tuple[str, str]:
    return reading.symbology.name, reading.text


# --- Transforms ----------------------------------------------------------------------------------


def _plain(grey: Picture) -> View:
    return View(grey)


def _even_light(grey: Picture) -> View:
    return View(np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(grey), dtype=np.uint8))


def _inverted(grey: Picture) -> View:
    return View(np.asarray(255 - grey, dtype=np.uint8))


def _sharpened(grey: Picture) -> View:
    soft = cv2.GaussianBlur(grey, (0, 0), 2.0)
    return View(np.asarray(cv2.addWeighted(grey, 2.5, soft, -1.5, 0), dtype=np.uint8))


def _scaled(factor: float, most_pixels: int = 1 << 62) -> Callable[[Picture], View]:
    """Scale by `factor`; a picture of more than `most_pixels` is left as it is."""

    def scale(grey: Picture) -> View:
        if grey.size > most_pixels:
            return View(grey)
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
        back = np.array([[1 / factor, 0, 0], [0, 1 / factor, 0]])
        return View(np.asarray(cv2.resize(grey, size, interpolation=method), dtype=np.uint8), back)

    return scale


def _turned(degrees: float) -> Callable[[Picture], View]:
    def turn(grey: Picture) -> View:
        height, width = grey.shape[:2]
        there = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        cosine, sine = abs(there[0, 0]), abs(there[0, 1])
        wide, high = round(height * sine + width * cosine), round(height * cosine + width * sine)
        there[0, 2] += (wide - width) / 2
        there[1, 2] += (high - height) / 2
        turned = cv2.warpAffine(grey, there, (wide, high), borderValue=(255,))
        return View(np.asarray(turned, dtype=np.uint8), np.asarray(cv2.invertAffineTransform(there)))

    return turn


STILL_ATTEMPTS = (
    Attempt("sharpened", "zxing", _sharpened),
    Attempt("even_light", "zxing", _even_light),
    Attempt("scaled_0.5", "zxing", _scaled(0.5)),
    Attempt("turned_22", "zbar", _turned(22)),
    Attempt("scaled_2", "zxing", _scaled(2, most_pixels=1_000_000)),
    Attempt("turned_45", "zxing", _turned(45)),
    Attempt("scaled_0.75", "zbar", _scaled(0.75)),
    Attempt("inverted", "zbar", _inverted),
)

LIVE_ATTEMPTS = (
    Attempt("plain", "zxing", _plain),
    Attempt("turned_-22", "zxing", _turned(-22)),
    Attempt("even_light", "zxing", _even_light),
    Attempt("turned_22", "zxing", _turned(22)),
    Attempt("scaled_0.5", "zxing", _scaled(0.5)),
)
