"""A frame that cannot be read says why, as far as that can be measured."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hardware.decode.looks import measure_look
from hardware.decode.pipeline import to_grey
from hardware.ports import Look, Picture
from tests.hardware.pictures import frame, qr


def counter() -> Picture:
    return to_grey(frame(qr("LOOK", module=10)))


def test_a_good_frame_is_fine() -> None:
    assert measure_look(counter()) is Look.FINE


def test_an_empty_wall_is_not_called_blurred() -> None:
    assert measure_look(np.full((720, 1280), 140, dtype=np.uint8)) is Look.FINE


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_a_frame_without_light_is_too_dark(share: float) -> None:
    assert measure_look((counter() * share).astype(np.uint8)) is Look.TOO_DARK


def test_a_frame_with_far_too_much_light_is_blown_out() -> None:
    glaring = np.clip(counter().astype(np.int32) + 215, 0, 255).astype(np.uint8)
    assert measure_look(glaring) is Look.BLOWN_OUT


def test_a_frame_out_of_focus_is_too_blurred() -> None:
    soft = cv2.GaussianBlur(counter(), (0, 0), 14)
    assert measure_look(np.asarray(soft, dtype=np.uint8)) is Look.TOO_BLURRED


def test_a_tiny_frame_is_measured_too() -> None:
    assert measure_look(np.zeros((1, 1), dtype=np.uint8)) is Look.TOO_DARK
