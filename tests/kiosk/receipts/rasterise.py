"""Turns a page of a PDF into pixels, as a screen or a printer would."""

from __future__ import annotations

import numpy as np
import pypdfium2

from hardware.ports import Picture


def rasterise(data: bytes, dots_per_inch: int = 203, page: int = 0) -> Picture:
    """One page as blue, green, red; 203 dots per inch are those of a thermal head."""
    document = pypdfium2.PdfDocument(data)
    try:
        drawn = document[page].render(scale=dots_per_inch / 72)
        return np.ascontiguousarray(drawn.to_numpy()[:, :, :3])
    finally:
        document.close()
