"""The picture for a customer's screen: the frame, smaller, with the codes that were found outlined.

What it must not know: where it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from hardware.ports import Picture, Reading

WIDTH = 640
QUALITY = 70
FOUND = (67, 200, 10)
"""Blue, green, red of the outline: a green that stands out from paper and skin."""


def draw_preview(frame: Picture, readings: Sequence[Reading], width: int = WIDTH) -> bytes:
    """The frame as JPEG, at most `width` pixels wide, with a line round every code that was found."""
    scale = min(1.0, width / frame.shape[1])
    size = (max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale)))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    for reading in readings:
        corners = np.array([[(x * scale, y * scale) for x, y in reading.corners]]).round().astype(np.int32)
        cv2.polylines(small, list(corners), isClosed=True, color=FOUND, thickness=4, lineType=cv2.LINE_AA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data.tobytes())
