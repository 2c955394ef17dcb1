"""Bars are found in whatever direction they run, and nothing else is taken for bars."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hardware.decode.strips import find_bars, lay_out
from hardware.ports import Picture
from tests.hardware.pictures import frame, linear, turned


def on_counter(code: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(frame(code), cv2.COLOR_BGR2GRAY), dtype=np.uint8)


@pytest.mark.parametrize("degrees", [0, 12, 45, 80, 90, 133])
def test_the_clearest_region_is_the_code_in_its_own_direction(degrees: int) -> None:
    grey = on_counter(turned(linear("VOUCHER-42", "Code128", module=2), degrees, shade=150))
    region = find_bars(grey)[0]
    off = (np.degrees(region.angle) + degrees + 90) % 180 - 90
    assert abs(off) < 4
    assert abs(region.middle[0] - 640) < 60
    assert abs(region.middle[1] - 360) < 60


def test_a_strip_stands_upright_and_holds_the_whole_code() -> None:
    grey = turned(linear("VOUCHER-42", "Code128", module=3), 30)
    strip = next(lay_out(grey, find_bars(grey)[0]))
    rows = strip.grey.astype(np.int16)
    assert np.abs(np.diff(rows, axis=0)).max() == 0
    assert strip.grey[:, :20].min() > 200
    assert strip.grey[:, -20:].min() > 200


def test_a_single_edge_is_no_bars() -> None:
    half = np.full((300, 400), 230, dtype=np.uint8)
    half[:, 200:] = 20
    assert find_bars(half) == []


def test_noise_and_emptiness_hold_no_bars_that_are_laid_out() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 400), dtype=np.uint8)
    for grey in (noise, np.full((300, 400), 255, dtype=np.uint8)):
        assert not [strip for region in find_bars(grey) for strip in lay_out(grey, region)]


def test_the_corners_of_a_region_are_a_rectangle_round_its_middle() -> None:
    grey = linear("VOUCHER-42", "Code128")
    region = find_bars(grey)[0]
    xs, ys = zip(*region.corners(), strict=True)
    assert abs(sum(xs) / 4 - region.middle[0]) < 2
    assert abs(sum(ys) / 4 - region.middle[1]) < 2
