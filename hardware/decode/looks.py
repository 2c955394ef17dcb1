"""Measures on a frame why it may not read: too dark, blown out, too blurred, too far away, glare.

What it must not know: codes, cameras, words for people.
"""

from __future__ import annotations

import cv2
import numpy as np

from hardware.ports import Box, Look, Picture

DARK_BELOW = 40.0
"""Grey level that 95 of 100 pixels stay below in a frame too dark to read (measured on printed codes)."""

BLOWN_ABOVE = 250
BLOWN_SHARE = 0.6
"""A frame of which more than this share is pure white has lost the bars to the light."""

SHARP_ENOUGH = 0.012
"""Least energy of the second derivative as a share of the frame's contrast (variance of Laplacian over
variance, on a frame 320 pixels wide). A QR code that fills a quarter of the frame falls below it at the
blur from which it no longer reads."""

LEAST_CONTRAST = 12.0
"""Standard deviation below which a frame is an empty wall, of which sharpness says nothing."""


SMALLEST_PLACE = 0.16
"""A code whose place (a code and a third of it on each side) takes less of the frame's width has modules of
about two pixels, which a camera does not keep apart."""

GLARE_SHARE = (0.03, 0.6)
PAPER_BELOW = 236
"""Pure white on a part of a place whose paper is darker than this is a lamp that is mirrored in it."""


def measure_look(grey: Picture, place: Box | None = None) -> Look:
    """The first thing that keeps a frame from being read, or FINE.

    `place` is where a code was seen that does not read, if anywhere; without it neither distance nor glare
    can be told.
    """
    width = min(320, grey.shape[1])
    size = (width, max(1, round(grey.shape[0] * width / grey.shape[1])))
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if float(np.percentile(small, 95)) < DARK_BELOW:
        return Look.TOO_DARK
    if float(np.mean(small >= BLOWN_ABOVE)) > BLOWN_SHARE and float(np.percentile(small, 5)) > 160:
        return Look.BLOWN_OUT
    if place is not None and (place[2] - place[0]) < SMALLEST_PLACE * grey.shape[1]:
        return Look.TOO_FAR
    if place is not None and _has_glare(grey[place[1] : place[3], place[0] : place[2]]):
        return Look.GLARE
    return Look.TOO_BLURRED if _is_blurred(small) else Look.FINE


def _has_glare(ground: Picture) -> bool:
    white = ground >= BLOWN_ABOVE
    share = float(np.mean(white))
    return GLARE_SHARE[0] < share < GLARE_SHARE[1] and float(np.percentile(ground[~white], 85)) < PAPER_BELOW


def light_of(grey: Picture) -> float:
    """How light a frame is, from 0 to 1: the level that 95 of 100 pixels stay below."""
    return float(np.percentile(grey, 95)) / 255


def sharpness_of(grey: Picture) -> float:
    """How sharp a frame is: 1 at ten times the least that reads, 0 for none; an empty wall counts as
    sharp."""
    width = min(320, grey.shape[1])
    size = (width, max(1, round(grey.shape[0] * width / grey.shape[1])))
    energy = _edge_energy(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
    return 1.0 if energy is None else min(1.0, energy / (10 * SHARP_ENOUGH))


def _is_blurred(small: Picture) -> bool:
    energy = _edge_energy(small)
    return energy is not None and energy < SHARP_ENOUGH


def _edge_energy(small: Picture) -> float | None:
    """Energy of the second derivative as a share of the contrast; None where there is no contrast."""
    contrast = float(small.std())
    if contrast < LEAST_CONTRAST:
        return None
    edges = cv2.Laplacian(small.astype(np.float32), cv2.CV_32F)
    return float(edges.var()) / (contrast * contrast)
