"""Looks for codes in one picture: cheap first, then more patient until the time is up.

What it must not know: files, processes, cameras, and what a text means.

A still picture goes to both engines as it is: first for one quick look, which suffices for nearly all that
can be read, then for a patient one. Only if nothing is read that can be believed are the bars in it cut
out and laid straight (`strips`), and last the whole picture is tried again in other forms, greatest gain
first. All were chosen by measuring on public test pictures (docs/hardware.md). Such second tries also
invent linear codes with valid check digits: how many reads have to agree is decided in `votes`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from hardware.decode.engines import Engine, engines
from hardware.decode.strips import find_bars, lay_out
from hardware.decode.symbologies import BY_NAME, STILL
from hardware.decode.votes import Votes
from hardware.ports import Corner, Picture, Reading

BUDGET_SECONDS = 0.8
"""Time for one still picture, below the second after which the worker is killed."""

SMALLEST_SIDE = 8
"""Pixels; in a smaller picture no transform finds anything."""

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
    """Codes in a still picture (uint8, grey or blue-green-red) that can be believed.

    Looks until something is read or `budget` seconds would be exceeded by one more attempt as slow as the
    slowest so far; an attempt under way is not broken off.
    `names` are symbologies of `hardware.decode.symbologies`.
    """
    return [reading for reading in decode_grey(to_grey(image_bgr), budget, names) if reading.confirmed]


def decode_grey(grey: Picture, budget: float = BUDGET_SECONDS, names: Sequence[str] = STILL) -> list[Reading]:
    """As `decode_image`, for grey pixels; where nothing can be believed, what was read a single time.

    Those readings are not `confirmed`: they count only for a caller who can check the text itself.
    """
    end = time.monotonic() + budget
    votes = Votes(len(engines()))
    for engine, patient in _first_looks():
        if time.monotonic() >= end:
            break
        votes.add(engine.read(grey, names, patient), engine.name)
        if votes.settled():
            return votes.settled()
    if min(grey.shape[:2]) >= SMALLEST_SIDE:
        _look_again(grey, names, end, votes)
    return votes.settled() or votes.doubtful()


def _first_looks() -> Iterator[tuple[Engine, bool]]:
    """The engines that look at the untouched picture, and whether patiently.

    zxing-cpp goes on for light on dark and for smaller sizes of a picture though a code was found: its quick
    look takes 0.7 of that time and reads 453 of the 457 pictures that the patient one reads.
    """
    for engine in engines():
        if engine.name == "zxing":
            yield engine, False
        yield engine, True


def to_grey(image: Picture) -> Picture:
    """Grey pixels of a grey or blue-green-red picture; raises ValueError for any other shape."""
    if image.ndim == 2:
        return np.ascontiguousarray(image)
    if image.ndim == 3 and image.shape[2] == 3:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    raise ValueError(f"a picture is height x width or height x width x 3, not {image.shape}")


def _look_again(grey: Picture, names: Sequence[str], end: float, votes: Votes) -> None:
    """Try the strips, then the whole picture in other forms, until something is settled or the time is up."""
    if _try_strips(grey, names, end, votes):
        return
    slowest = 0.0
    for attempt in STILL_ATTEMPTS:
        began = time.monotonic()
        if began + slowest >= end:
            return
        votes.add(_look(attempt, grey, names), f"{attempt.engine}+{attempt.name}")
        if votes.settled():
            return
        slowest = max(slowest, time.monotonic() - began)


def _try_strips(grey: Picture, names: Sequence[str], end: float, votes: Votes) -> bool:
    """Both engines on every strip of the picture's bars; true once something is settled."""
    wanted = tuple(name for name in names if BY_NAME[name].in_strips)
    # zbar meets an assertion of its own in sharpened DataBar codes, and prints it.
    by_engine = {"zxing": wanted, "zbar": tuple(n for n in wanted if not n.startswith("databar"))}
    if not wanted:
        return False
    for region in find_bars(grey):
        for strip in lay_out(grey, region):
            if time.monotonic() >= end:
                return False
            for engine in engines():
                found = engine.read(strip.grey, by_engine[engine.name], patient=False)
                way = f"{engine.name}+strip_{strip.treatment}"
                placed = [replace(r, corners=region.corners(), engine=way) for r in found]
                votes.add(placed, f"{engine.name}+part_{strip.part}")
                if votes.settled():
                    return True
    return False


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


# --- Transforms ----------------------------------------------------------------------------------


def _even_light(grey: Picture) -> View:
    return View(np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(grey), dtype=np.uint8))


def _inverted(grey: Picture) -> View:
    return View(np.asarray(255 - grey, dtype=np.uint8))


def _sharpened(grey: Picture) -> View:
    soft = cv2.GaussianBlur(grey, (0, 0), 3.0)
    return View(np.asarray(cv2.addWeighted(grey, 3.0, soft, -2.0, 0), dtype=np.uint8))


def _enlarged(grey: Picture) -> View:
    """Twice as large and sharpened: what a small or blurred matrix code needs; not a large picture."""
    view = _scaled(2, most_pixels=1_000_000)(grey)
    soft = cv2.GaussianBlur(view.grey, (0, 0), 4.0)
    return View(np.asarray(cv2.addWeighted(view.grey, 3.0, soft, -2.0, 0), dtype=np.uint8), view.back)


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
    Attempt("enlarged", "zxing", _enlarged),
    Attempt("even_light", "zxing", _even_light),
    Attempt("inverted", "zbar", _inverted),
    Attempt("turned_22", "zbar", _turned(22)),
    Attempt("turned_45", "zxing", _turned(45)),
    Attempt("scaled_0.5", "zxing", _scaled(0.5)),
)
