"""Picture files are opened with care, whatever they are and whatever they are called."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from hardware.decode.images import load_grey
from hardware.decode.pipeline import decode_grey
from hardware.ports import DecodeFault, DecodeTrouble
from tests.hardware.pictures import file_of, png, qr

CODE = Image.fromarray(qr("HELLO"))


def read(data: bytes) -> list[str]:
    grey = load_grey(data)
    assert not isinstance(grey, DecodeTrouble), grey
    return [reading.text for reading in decode_grey(grey, budget=60)]


def fault(data: bytes) -> DecodeFault:
    trouble = load_grey(data)
    assert isinstance(trouble, DecodeTrouble)
    assert trouble.detail.endswith(".")
    return trouble.fault


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_every_usual_format_is_read(kind: str) -> None:
    assert read(file_of(CODE, kind)) == ["HELLO"]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr"])
def test_every_colour_mode_is_read(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "YCbCr") else "PNG"
    assert read(file_of(CODE.convert(mode), kind)) == ["HELLO"]


def test_a_cmyk_jpeg_is_read() -> None:
    assert read(file_of(CODE.convert("CMYK"), "JPEG")) == ["HELLO"]


@pytest.mark.parametrize("top", [65535, 4095])
def test_a_sixteen_bit_picture_is_read(top: int) -> None:
    deep = Image.fromarray((qr("HELLO").astype(np.uint16) * (top // 255)).astype(np.uint16))
    assert read(file_of(deep, "PNG")) == ["HELLO"]


def test_black_on_transparent_is_read_as_black_on_white() -> None:
    see_through = Image.new("RGBA", CODE.size, (0, 0, 0, 0))
    see_through.paste((0, 0, 0, 255), mask=CODE.point(lambda value: 255 - value))
    assert read(file_of(see_through, "PNG")) == ["HELLO"]


def test_of_an_animation_the_first_frame_is_read() -> None:
    other = Image.fromarray(qr("OTHER"))
    data = file_of(CODE, "GIF", save_all=True, append_images=[other], duration=100)
    assert read(data) == ["HELLO"]


def test_a_photograph_is_turned_as_its_exif_says() -> None:
    wide = Image.new("L", (60, 20), 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    grey = load_grey(file_of(wide, "JPEG", exif=exif))
    assert not isinstance(grey, DecodeTrouble)
    assert grey.shape == (60, 20)


def test_a_single_pixel_is_a_picture_without_a_code() -> None:
    assert read(png(np.zeros((1, 1), dtype=np.uint8))) == []


def test_a_large_photograph_is_shrunk_before_it_is_looked_at() -> None:
    grey = load_grey(file_of(Image.new("L", (6000, 4000), 255), "JPEG"))
    assert not isinstance(grey, DecodeTrouble)
    assert grey.size < 12_000_000


def _huge_header() -> bytes:
    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IDAT\x35\xaf\x06\x1e\x00\x00\x00\x00IEND\xaeB`\x82"
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", DecodeFault.EMPTY),
        (b"hello", DecodeFault.NOT_AN_IMAGE),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', DecodeFault.NOT_AN_IMAGE),
        (b'<?xml version="1.0"?><svg/>', DecodeFault.NOT_AN_IMAGE),
        (b"%PDF-1.7\n1 0 obj", DecodeFault.NOT_AN_IMAGE),
        (b"PK\x03\x04 and more", DecodeFault.NOT_AN_IMAGE),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", DecodeFault.FORMAT_UNSUPPORTED),
        (b"\x89PNG\r\n\x1a\n", DecodeFault.DAMAGED),
        (b"\xff\xd8\xff\xe0", DecodeFault.DAMAGED),
        (b"\xff" * (32 * 1024 * 1024 + 1), DecodeFault.TOO_LARGE),
        (_huge_header(), DecodeFault.TOO_LARGE),
    ],
)
def test_what_is_not_a_readable_picture_is_refused_with_its_reason(
    data: bytes, expected: DecodeFault
) -> None:
    assert fault(data) is expected


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_file_that_was_cut_off_is_damaged(kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 256, (200, 200), dtype=np.uint8))
    whole = file_of(noise, kind)
    assert fault(whole[: len(whole) // 2]) is DecodeFault.DAMAGED
