"""Where frames come from: a device, a film, a folder of pictures, or one picture.

What it must not know: codes, and who looks at the frames. Files are played like a camera: at a set rate,
again from the start when they end, and gone when they are gone from the disk.
"""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from hardware.ports import Camera, Picture

FRAME_SIZE = (1280, 720)
"""What a device is asked for: at it a QR code of 25 mm is read from 40 cm, and a frame takes milliseconds."""
LONGEST_SIDE = 1600
"""A picture from a file is shrunk to this, so that it costs about what a frame of a camera costs."""
RATE = 15.0
"""Frames a second of what is played from files."""
PICTURE_SECONDS = 1.5
"""How long one picture of a folder stands before the camera."""
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
FILMS = (".mp4", ".avi", ".mkv", ".mov", ".webm", ".mjpg", ".mjpeg")


class Pace:
    """Lets frames out at a steady rate, and catches up with nothing that was missed."""

    def __init__(self, rate: float) -> None:
        self._step = 1.0 / rate
        self._next = 0.0

    def wait(self) -> None:
        """Sleep until the next frame is due."""
        now = time.monotonic()
        if self._next > now:
            time.sleep(self._next - now)
        self._next = max(self._next, now) + self._step


class DeviceCamera:
    """A camera of the machine by its number (/dev/video0 is 0)."""

    def __init__(self, index: int) -> None:
        self.name = f"camera {index}"
        self._index = index
        self._capture: cv2.VideoCapture | None = None

    def open(self) -> bool:
        """Take the device and ask it for 1280 x 720 and no queue of old frames."""
        if not Path(f"/dev/video{self._index}").exists():
            return False
        capture = cv2.VideoCapture(self._index, cv2.CAP_V4L2)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, FRAME_SIZE[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, FRAME_SIZE[1])
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture = capture if capture.isOpened() else None
        return self._capture is not None

    def read(self) -> Picture | None:
        """The next frame; None where the device was pulled or stopped."""
        return None if self._capture is None else _next_frame(self._capture)

    def close(self) -> None:
        """Let the device go, so that its light goes out."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()


class FilmCamera:
    """A film played over and over; `rate` in frames a second, None for the film's own."""

    def __init__(self, path: Path, rate: float | None = None) -> None:
        self.name = f"film {path.name}"
        self._path = path
        self._rate = rate
        self._capture: cv2.VideoCapture | None = None
        self._pace = Pace(RATE)

    def open(self) -> bool:
        """Open the film; false where it cannot be played."""
        capture = cv2.VideoCapture(str(self._path)) if self._path.is_file() else None
        if capture is None or not capture.isOpened():
            return False
        own = float(capture.get(cv2.CAP_PROP_FPS))
        self._pace = Pace(self._rate or (own if 1 <= own <= 120 else RATE))
        self._capture = capture
        return True

    def read(self) -> Picture | None:
        """The next frame in its time; after the last one the first."""
        if self._capture is None:
            return None
        self._pace.wait()
        frame = _next_frame(self._capture)
        if frame is None:
            self._capture.release()
            self._capture = cv2.VideoCapture(str(self._path))
            frame = _next_frame(self._capture)
        return frame

    def close(self) -> None:
        """Close the film; the next opening begins at its start."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()


class PictureCamera:
    """One picture, or the pictures of a folder in the order of their names, held up one after another."""

    def __init__(self, path: Path, rate: float = RATE, seconds: float = PICTURE_SECONDS) -> None:
        self.name = f"pictures {path.name}"
        self._path = path
        self._rate = rate
        self._frames_each = max(1, round(rate * seconds))
        self._pace = Pace(rate)
        self._count = 0
        self._shown: tuple[Path, Picture] | None = None

    def open(self) -> bool:
        """Whether there is a picture to show."""
        self._count, self._shown, self._pace = 0, None, Pace(self._rate)
        return bool(self._files())

    def read(self) -> Picture | None:
        """The picture whose turn it is, in its time."""
        files = self._files()
        if not files:
            return None
        self._pace.wait()
        file = files[self._count // self._frames_each % len(files)]
        self._count += 1
        if self._shown is None or self._shown[0] != file:
            picture = _load(file)
            if picture is None:
                return None
            self._shown = (file, picture)
        return self._shown[1]

    def close(self) -> None:
        """Put the pictures away."""
        self._shown = None

    def _files(self) -> list[Path]:
        if self._path.is_file():
            return [self._path]
        if not self._path.is_dir():
            return []
        return sorted(path for path in self._path.iterdir() if path.suffix.lower() in PICTURES)


def open_camera(target: str, rate: float | None = None) -> Camera:
    """The camera that `target` names: a device's number, a film, a picture, or a folder of pictures.

    Nothing is opened yet, and a file need not be there yet. Raises ValueError for what can be none of these.
    """
    if target.isdecimal():
        return DeviceCamera(int(target))
    path = Path(target).expanduser()
    if path.suffix.lower() in FILMS:
        return FilmCamera(path, rate)
    if path.suffix.lower() in PICTURES or path.is_dir() or not path.suffix:
        return PictureCamera(path, rate or RATE)
    raise ValueError(f"a camera is a device's number, a film, a picture or a folder, not {target!r}")


def _next_frame(capture: cv2.VideoCapture) -> Picture | None:
    given, frame = capture.read()
    return np.ascontiguousarray(frame, dtype=np.uint8) if given and frame is not None else None


def _load(path: Path) -> Picture | None:
    """A picture file as a frame (blue, green, red), upright and not too large; None where it is damaged."""
    try:
        with Image.open(path) as image:
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return np.ascontiguousarray(np.asarray(upright, dtype=np.uint8)[:, :, ::-1])
