"""Draws pictures with codes for the tests of cameras and decoders."""

from __future__ import annotations

import io

import cv2
import numpy as np
import segno
import zxingcpp
from PIL import Image

from hardware.ports import Picture


def qr(text: str, module: int = 6, border: int = 4) -> Picture:
    """A clean QR code, grey, `module` pixels a module."""
    rows = segno.make_qr(text).matrix_iter(scale=module, border=border)
    return np.array([[0 if cell else 255 for cell in row] for row in rows], dtype=np.uint8)


def linear(text: str, kind: str, module: int = 3) -> Picture:
    """A clean linear code of zxing-cpp's making, on white, grey."""
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.array(code.to_image(scale=module), dtype=np.uint8)
    tall = cv2.resize(drawn, (drawn.shape[1], 120), interpolation=cv2.INTER_NEAREST)
    return np.asarray(
        cv2.copyMakeBorder(tall, 30, 30, 60, 60, cv2.BORDER_CONSTANT, value=(255,)), dtype=np.uint8
    )


def frame(code: Picture | None = None, width: int = 1280, height: int = 720, seed: int = 1) -> Picture:
    """A camera frame (blue, green, red) of a counter with things on it, and a code near the middle."""
    shades = np.random.default_rng(seed)
    ground = np.full((height, width), 150, dtype=np.uint8)
    for _ in range(40):
        x, y = int(shades.integers(0, width)), int(shades.integers(0, height))
        corner = (x + int(shades.integers(20, 200)), y + int(shades.integers(20, 160)))
        cv2.rectangle(ground, (x, y), corner, (int(shades.integers(60, 230)),), -1)
    if code is not None:
        top, left = (height - code.shape[0]) // 2, (width - code.shape[1]) // 2
        ground[top : top + code.shape[0], left : left + code.shape[1]] = code
    return np.asarray(cv2.cvtColor(ground, cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def turned(grey: Picture, degrees: float, shade: int = 255) -> Picture:
    """The picture turned about its middle on a larger ground."""
    side = round(1.5 * max(grey.shape))
    there = cv2.getRotationMatrix2D((grey.shape[1] / 2, grey.shape[0] / 2), degrees, 1.0)
    there[:, 2] += [(side - grey.shape[1]) / 2, (side - grey.shape[0]) / 2]
    return np.asarray(cv2.warpAffine(grey, there, (side, side), borderValue=(shade,)), dtype=np.uint8)


def file_of(image: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file in memory."""
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def png(grey: Picture) -> bytes:
    """The picture as a PNG file in memory."""
    return file_of(Image.fromarray(grey), "PNG")
