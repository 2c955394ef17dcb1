"""Films, folders and pictures are played like a camera."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from hardware.camera import open_camera
from hardware.camera.sources import DeviceCamera, FilmCamera, PictureCamera
from hardware.ports import Camera
from tests.hardware.pictures import frame, qr


def shade_of(camera: Camera) -> int | None:
    picture = camera.read()
    return None if picture is None else round(float(picture.mean()) / 50) * 50


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("0", DeviceCamera),
        ("demo.mp4", FilmCamera),
        ("voucher.png", PictureCamera),
        ("folder", PictureCamera),
    ],
)
def test_a_camera_is_opened_by_its_target(target: str, kind: type) -> None:
    assert isinstance(open_camera(target), kind)


@pytest.mark.parametrize("target", ["notes.txt", "rtsp://camera/x.sdp"])
def test_another_target_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="device's number"):
        open_camera(target)


@pytest.mark.parametrize("target", ["63", "gone.mp4", "gone.png", "gone"])
def test_a_camera_that_is_not_there_does_not_open(target: str, tmp_path: Path) -> None:
    camera = open_camera(target if target.isdecimal() else str(tmp_path / target))
    assert not camera.open()
    assert camera.read() is None
    camera.close()


def test_a_still_is_the_same_frame_again_and_again(tmp_path: Path) -> None:
    Image.fromarray(frame(qr("STILL"))[:, :, ::-1]).save(tmp_path / "still.png")
    camera = PictureCamera(tmp_path / "still.png", rate=500)
    assert camera.open()
    frames = [camera.read() for _ in range(3)]
    assert all(np.array_equal(taken, frame(qr("STILL"))) for taken in frames if taken is not None)
    assert None not in [None if taken is None else 1 for taken in frames]


def test_a_large_still_is_shrunk(tmp_path: Path) -> None:
    Image.new("RGB", (4000, 1000)).save(tmp_path / "wide.jpg")
    camera = PictureCamera(tmp_path / "wide.jpg")
    camera.open()
    picture = camera.read()
    assert picture is not None
    assert picture.shape == (400, 1600, 3)


def test_the_pictures_of_a_folder_come_in_turn_and_begin_again(tmp_path: Path) -> None:
    for name, shade in (("b.png", 100), ("a.png", 50), ("c.png", 200)):
        Image.new("RGB", (32, 32), (shade, shade, shade)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    camera = PictureCamera(tmp_path, rate=1000, seconds=0.002)
    assert camera.open()
    assert [shade_of(camera) for _ in range(8)] == [50, 50, 100, 100, 200, 200, 50, 50]


def test_a_damaged_picture_is_a_camera_that_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    camera = PictureCamera(tmp_path / "broken.png")
    camera.open()
    assert camera.read() is None


def test_a_film_is_played_over_and_over(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 64))
    for shade in (50, 200):
        writer.write(np.full((64, 64, 3), shade, dtype=np.uint8))
    writer.release()
    camera = FilmCamera(path, rate=500)
    assert camera.open()
    assert [shade_of(camera) for _ in range(5)] == [50, 200, 50, 200, 50]
    camera.close()
    assert camera.read() is None


def test_frames_come_at_the_rate_that_was_set(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "still.png")
    camera = PictureCamera(tmp_path / "still.png", rate=50)
    camera.open()
    begun = time.monotonic()
    for _ in range(6):
        camera.read()
    assert time.monotonic() - begun >= 0.1
