"""Finds the bars of linear codes in a picture and lays each out as straight strips that are easy to read.

What it must not know: engines, symbologies, and what a text means.

A photographed code fails for three reasons that a strip undoes: it is turned (the strip is cut along the
bars' own direction), noisy (rows are averaged along the bars, where nothing changes) and blurred (one row of
pixels can be sharpened far more than a picture, for no noise is left to be raised). The direction comes from
the structure tensor of the gradient. Bars differ from an edge in that dark follows light as often as light
follows dark, so that their signed gradients cancel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hardware.ports import Corner, Picture

Pixels = npt.NDArray[np.float32]
Point = npt.NDArray[np.float64]

SEARCH_SIDE = 400
"""The longest side of the small picture in which bars are sought."""
WINDOW = 21
"""Pixels of that picture over which directions are compared: about a tenth of a code held before a camera."""
COHERENT = 0.55
"""Least share of the gradient that runs in one direction (0 noise, 1 parallel bars)."""
BALANCED = 0.45
"""Largest share of the gradient that is left when signs are added: 1 for a single edge, near 0 for bars."""
LEAST_ENERGY = 8.0
LEAST_AREA = 50
SHORTEST = 20
MOST_PIECES = 8
MOST_REGIONS = 4

STRIP_WIDTH = 1000
MARGIN = 0.2
"""Of the region's length, added at both ends: for a quiet zone and for bars that were missed."""
ROWS = 24
PARTS = ((8, 16), (0, 8), (16, 24), (0, 24))
"""Rows that are averaged, the middle first: a scratch, a glare or a bend spoils one part and not all."""
LEAST_CONTRAST = 0.2
"""Of the whole strip's: what differs less from its surroundings is not stretched up to bars."""
LEAST_EDGES = 16
"""Fewer changes from dark to light or back are no code of ours (an EAN-8 has 44)."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of parallel bars: its middle, the angle of the line across the bars (radians), its length
    along that line and its height along the bars, in pixels of the picture."""

    middle: tuple[float, float]
    angle: float
    length: float
    height: float

    def corners(self) -> tuple[Corner, ...]:
        """The rectangle's corners, clockwise."""
        along = np.array([np.cos(self.angle), np.sin(self.angle)]) * self.length / 2
        down = np.array([-np.sin(self.angle), np.cos(self.angle)]) * self.height / 2
        middle = np.array(self.middle)
        points = (middle - along - down, middle + along - down, middle + along + down, middle - along + down)
        return tuple((round(float(x)), round(float(y))) for x, y in points)


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip made ready for an engine, from which part of the rows and how treated."""

    grey: Picture
    part: int
    treatment: str


# --- Finding -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """A connected patch of bars in the small picture: its size, its gradient sums, its pixels."""

    weight: float
    tensor: tuple[float, float, float]
    points: Point

    @property
    def angle(self) -> float:
        return _angle(self.tensor)


def find_bars(grey: Picture, side: int = SEARCH_SIDE) -> list[Region]:
    """Regions of parallel bars, the clearest first; none in a picture without any. `side` as SEARCH_SIDE.

    Patches that lie in one line across the bars are tried together first and alone afterwards: a blurred code
    falls apart into several, and other print beside a code may look like more of it.
    """
    scale = min(1.0, side / max(grey.shape[:2]))
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    pieces = _pieces(np.asarray(small, dtype=np.uint8))
    regions: list[Region] = []
    for group in _groups(pieces):
        regions.append(_region(group, scale))
        if len(group) > 1:
            regions.append(_region(group[:1], scale))
    return [region for region in regions if region.length * scale >= SHORTEST][:MOST_REGIONS]


def _pieces(small: Picture) -> list[_Piece]:
    smooth = cv2.GaussianBlur(small, (0, 0), 0.8).astype(np.float32)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    # The square root of each gradient's length: one strong edge must not outweigh ten faint bars.
    root = np.sqrt(cv2.magnitude(across, down)) + 1e-3
    across, down = across / root, down / root
    window = (WINDOW, WINDOW)
    xx, yy, xy = (cv2.blur(product, window) for product in (across * across, down * down, across * down))
    energy = xx + yy
    coherent = np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (energy + 1e-3)
    left_over = cv2.magnitude(cv2.blur(across, window), cv2.blur(down, window))
    balance = left_over / (cv2.blur(cv2.magnitude(across, down), window) + 1e-3)
    mask = (coherent > COHERENT) & (balance < BALANCED) & (energy > LEAST_ENERGY)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    pieces = []
    for number in range(1, count):
        x, y, wide, high, area = (int(value) for value in boxes[number])
        if area < LEAST_AREA:
            continue
        place = (slice(y, y + high), slice(x, x + wide))
        chosen = labels[place] == number
        tensor = tuple(float(sums[place][chosen].sum()) for sums in (xx, yy, xy))
        rows, columns = np.nonzero(chosen)
        points = np.stack([columns + x, rows + y], axis=1).astype(np.float64)
        weight = float((coherent[place][chosen] * np.sqrt(energy[place][chosen])).sum())
        pieces.append(_Piece(weight, (tensor[0], tensor[1], tensor[2]), points))
    return sorted(pieces, key=lambda piece: -piece.weight)[:MOST_PIECES]


def _angle(tensor: tuple[float, float, float]) -> float:
    xx, yy, xy = tensor
    return float(0.5 * np.arctan2(2 * xy, xx - yy))


def _groups(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Each piece with those that continue it, once."""
    taken: set[int] = set()
    for first, piece in enumerate(pieces):
        if first in taken:
            continue
        group = [piece]
        for other in range(first + 1, len(pieces)):
            if other not in taken and _continues(group, pieces[other]):
                group.append(pieces[other])
                taken.add(other)
        yield group


def _continues(group: Sequence[_Piece], other: _Piece) -> bool:
    """Whether a patch has the group's direction, lies in its line, and is no further off than it is long."""
    angle = group[0].angle
    if abs((other.angle - angle + np.pi / 2) % np.pi - np.pi / 2) > 0.2:
        return False
    mine = _extent(np.concatenate([piece.points for piece in group]), angle)
    its = _extent(other.points, angle)
    overlap = min(mine[3], its[3]) - max(mine[2], its[2])
    gap = max(its[0] - mine[1], mine[0] - its[1])
    beside = overlap > 0.4 * min(mine[3] - mine[2], its[3] - its[2])
    return bool(beside and gap < 0.8 * max(mine[1] - mine[0], its[1] - its[0]))


def _extent(points: Point, angle: float) -> tuple[float, float, float, float]:
    """From where to where the points go across the bars, and along them, without stragglers."""
    cosine, sine = np.cos(angle), np.sin(angle)
    across = points @ np.array([cosine, sine])
    along = points @ np.array([-sine, cosine])
    low, high = np.percentile(across, (0.5, 99.5))
    top, bottom = np.percentile(along, (6, 94))
    return float(low), float(high), float(top), float(bottom)


def _region(group: Sequence[_Piece], scale: float) -> Region:
    xx, yy, xy = (sum(piece.tensor[part] for piece in group) for part in range(3))
    angle = _angle((xx, yy, xy))
    low, high, top, bottom = _extent(np.concatenate([piece.points for piece in group]), angle)
    u, v = (low + high) / 2, (top + bottom) / 2
    x, y = u * np.cos(angle) - v * np.sin(angle), u * np.sin(angle) + v * np.cos(angle)
    middle = (float((x + 0.5) / scale - 0.5), float((y + 0.5) / scale - 0.5))
    return Region(middle, angle, (high - low) / scale, max(4.0, bottom - top) / scale)


# --- Laying out ----------------------------------------------------------------------------------


def lay_out(grey: Picture, region: Region) -> Iterator[Strip]:
    """Strips of a region, the likeliest to read first; none where there are too few bars in it."""
    straight, scale = _cut(grey, region)
    rows = np.stack([straight[top:bottom].mean(axis=0) for top, bottom in PARTS]).astype(np.float32)
    if _edges(rows[0]) < LEAST_EDGES:
        return
    window = max(3, round(40 * scale))
    for treatment in TREATMENTS:
        ready = _treat(rows, treatment, scale, window)
        for part in range(len(PARTS)):
            yield Strip(np.repeat(ready[part][None], ROWS, axis=0), part, treatment)


TREATMENTS = ("sharpened", "restored", "even", "restored_more", "restored_long", "inverted")


def _treat(rows: Pixels, treatment: str, scale: float, window: int) -> Picture:
    match treatment:
        case "sharpened":
            done = _even(_sharpened(rows, scale), window)
        case "restored":
            done = _restored(rows, 1.2 * scale)
        case "restored_long":
            done = _restored(rows, 1.2 * scale, rounds=40)
        case "inverted":
            done = 255 - _even(rows, window)
        case "restored_more":
            done = _even(_restored(rows, 0.8 * scale), window)
        case _:
            done = _even(rows, window)
    return np.asarray(np.clip(done, 0, 255), dtype=np.uint8)


def _cut(grey: Picture, region: Region) -> tuple[Picture, float]:
    """The region turned so that its bars stand upright, ROWS rows high, and its enlargement."""
    length = region.length * (1 + 2 * MARGIN) + 16
    scale = max(1.0, min(4.0, STRIP_WIDTH / length))
    width, step = max(64, int(length * scale)), max(4.0, region.height * 0.8) / ROWS
    cosine, sine = np.cos(region.angle), np.sin(region.angle)
    back = np.array([[cosine / scale, -sine * step, 0.0], [sine / scale, cosine * step, 0.0]])
    back[:, 2] = np.array(region.middle) - back[:, :2] @ np.array([width / 2, ROWS / 2])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(grey, back, (width, ROWS), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, dtype=np.uint8), scale


def _edges(row: Pixels) -> int:
    """How often a row changes between darker and lighter than its surroundings."""
    away = row - cv2.blur(row[None], (61, 1))[0]
    clear = away[np.abs(away) > 3]
    return int(np.count_nonzero(np.diff(np.sign(clear))))


def _smooth(rows: Pixels, sigma: float) -> Pixels:
    width = 2 * round(3 * sigma) + 1
    return np.asarray(cv2.GaussianBlur(rows, (width, 1), sigma), dtype=np.float32)


def _sharpened(rows: Pixels, sigma: float) -> Pixels:
    return np.asarray(rows + 3 * (rows - _smooth(rows, sigma)), dtype=np.float32)


def _restored(rows: Pixels, sigma: float, rounds: int = 15) -> Pixels:
    """Richardson-Lucy deconvolution by a Gauss curve: what, blurred like that, gives these rows."""
    seen = np.maximum(rows, np.float32(1.0))
    guess = seen.copy()
    for _ in range(rounds):
        ratio = (seen / np.maximum(_smooth(guess, sigma), 1e-3)).astype(np.float32)
        guess = guess * _smooth(ratio, sigma)
    return guess


def _even(rows: Pixels, window: int) -> Pixels:
    """Stretch each place between the darkest and the lightest value near it; a flat one is white paper."""
    near = np.ones((1, window), np.uint8)
    high = cv2.blur(cv2.dilate(rows, near), (window, 1))
    low = cv2.blur(cv2.erode(rows, near), (window, 1))
    least = max(8.0, LEAST_CONTRAST * float(rows.max() - rows.min()))
    low = np.minimum(low, high - least)
    return np.asarray((rows - low) / (high - low) * 255, dtype=np.float32)
