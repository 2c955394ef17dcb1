"""Pictures of a printed page as a store's camera would take them.

What it is for: a voucher that was printed as a PDF is rasterised, laid on a counter, seen at an angle,
blurred and noised, so that a journey starts where a customer's does: with paper before a lens.
What it must not know: the code on the paper.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from hardware.ports import Picture as Image
from tests.kiosk.receipts.rasterise import rasterise

CAMERA_WIDTH, CAMERA_HEIGHT = 1280, 720
COUNTER_COLOUR = (148, 160, 156)


def photograph(page: Image, turn: float, tilt: float, blur: float, noise: float, seed: int) -> Image:
    """One camera frame, 1280×720, of a page held up to the lens.

    `turn` is in degrees in the picture's plane; `tilt` is how much shorter the far edge is, as a part of
    one; `blur` is the sigma of a Gaussian in pixels; `noise` the sigma of the sensor's noise in grey levels.
    """
    laid = _lay_on_counter(page, turn, tilt)
    blurred = cv2.GaussianBlur(laid, (0, 0), blur)
    generator = np.random.default_rng(seed)
    uneven_light = np.linspace(0.82, 1.06, CAMERA_WIDTH, dtype=np.float32)[None, :, None]
    noisy = blurred.astype(np.float32) * uneven_light + generator.normal(0, noise, blurred.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _lay_on_counter(page: Image, turn: float, tilt: float) -> Image:
    height, width = page.shape[:2]
    scale = 0.92 * CAMERA_HEIGHT / height
    centre = np.array([CAMERA_WIDTH / 2, CAMERA_HEIGHT / 2])
    half = np.array([width, height]) * scale / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64) * half
    corners[:2, 0] *= 1 - tilt
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    seen = (corners @ rotation.T + centre).astype(np.float32)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    return cv2.warpPerspective(
        page,
        cv2.getPerspectiveTransform(flat, seen),
        (CAMERA_WIDTH, CAMERA_HEIGHT),
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=COUNTER_COLOUR,
    ).astype(np.uint8)


def film(pdf: bytes, folder: Path, frames: int = 12) -> Path:
    """A folder of frames in which a hand holds the printed page before the camera and steadies it.

    The first frames are badly blurred, as when paper comes into view; none is as sharp as the print.
    """
    page = rasterise(pdf, 200)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(frames):
        settled = number / (frames - 1)
        picture = photograph(
            page,
            turn=9.0 - 6.0 * settled,
            tilt=0.16 - 0.08 * settled,
            blur=3.2 - 2.1 * settled,
            noise=9.0,
            seed=number,
        )
        cv2.imwrite(str(folder / f"frame-{number:02}.png"), picture)
    return folder
