"""Turns a picture file that a stranger may have made into grey pixels, or says why not.

What it must not know: codes, engines, processes. It is called inside the decoding process only, so that a
fault in a picture library ends there.

What a file is, is decided by its first bytes and never by its name; the size is read from the header and
refused before a pixel is unpacked.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hardware.ports import DecodeFault, DecodeTrouble, Picture

MOST_BYTES = 32 * 1024 * 1024
"""A 50-megapixel photograph as JPEG is below this."""

MOST_PIXELS = 60_000_000
"""Larger headers are refused: unpacked they would not fit the memory that the process may take."""

WORKING_PIXELS = 6_000_000
"""A larger picture is shrunk to about this, so that looking at it fits the time there is for it."""

MOST_UNPACKED = 24_000_000
"""Formats that cannot be shrunk while unpacking (all but JPEG) may have no more pixels than this."""


def load_grey(data: bytes) -> Picture | DecodeTrouble:
    """Grey pixels, upright by EXIF and flat on white, of the first frame of a picture file."""
    refused = _refuse_by_first_bytes(data)
    if refused is not None:
        return refused
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _unpack(data, _format_of(data) or "")
    except MemoryError:
        return DecodeTrouble(DecodeFault.OUT_OF_MEMORY, "Unpacking the picture took too much memory.")
    except Image.DecompressionBombError:
        return DecodeTrouble(DecodeFault.TOO_LARGE, "The picture says that it is larger than can be read.")
    except UnidentifiedImageError:
        return DecodeTrouble(DecodeFault.DAMAGED, "The picture's header cannot be read.")
    except Exception as error:
        # A damaged file makes the picture library raise nearly anything: OSError, SyntaxError, struct.error.
        return DecodeTrouble(DecodeFault.DAMAGED, f"The picture is damaged ({type(error).__name__}).")


def _refuse_by_first_bytes(data: bytes) -> DecodeTrouble | None:
    if not data:
        return DecodeTrouble(DecodeFault.EMPTY, "The file is empty.")
    if len(data) > MOST_BYTES:
        return DecodeTrouble(DecodeFault.TOO_LARGE, f"The file has more than {MOST_BYTES // 2**20} MB.")
    if _format_of(data) is not None:
        return None
    other = _other_kind(data)
    if other in ("HEIC", "AVIF"):
        return DecodeTrouble(DecodeFault.FORMAT_UNSUPPORTED, f"{other} cannot be read; use JPEG or PNG.")
    what = f"This is {other}, not a picture." if other else "This is not a picture."
    return DecodeTrouble(DecodeFault.NOT_AN_IMAGE, what)


def _format_of(data: bytes) -> str | None:
    """The name that the picture library has for a format that we read, by its first bytes."""
    starts = {
        b"\xff\xd8\xff": "JPEG",
        b"\x89PNG\r\n\x1a\n": "PNG",
        b"GIF87a": "GIF",
        b"GIF89a": "GIF",
        b"BM": "BMP",
        b"II*\x00": "TIFF",
        b"MM\x00*": "TIFF",
    }
    found = next((name for start, name in starts.items() if data.startswith(start)), None)
    if found is None and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return found


def _other_kind(data: bytes) -> str | None:
    """What a file is that we do not read, where that can be told."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf-" in head:
        return "a PDF"
    if head.startswith((b"<svg", b"<?xml", b"<!doctype")):
        return "an SVG, XML or HTML text"
    if data[4:8] == b"ftyp":
        return "AVIF" if data[8:11] == b"avi" else "HEIC" if data[8:10] in (b"he", b"mi") else "a film"
    return "a ZIP archive" if data.startswith(b"PK\x03\x04") else None


def _unpack(data: bytes, name: str) -> Picture | DecodeTrouble:
    with Image.open(io.BytesIO(data), formats=[name]) as image:
        pixels = image.width * image.height
        if pixels > (MOST_PIXELS if name == "JPEG" else MOST_UNPACKED):
            return DecodeTrouble(
                DecodeFault.TOO_LARGE, f"The picture has {image.width} by {image.height} pixels."
            )
        if pixels > WORKING_PIXELS:
            shrink = (WORKING_PIXELS / pixels) ** 0.5
            image.draft("L", (round(image.width * shrink), round(image.height * shrink)))
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        return _grey(_shrunk(image))


def _grey(image: Image.Image) -> Picture:
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _eight_bits(np.asarray(image))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = _on_white(image)
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    return np.array(image.convert("L"), dtype=np.uint8)


def _eight_bits(deep: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Picture:
    """Eight bits of sixteen (or of any number type) by the picture's own range, at least that of a byte."""
    values = np.nan_to_num(deep.astype(np.float32))
    top = max(255.0, float(values.max(initial=0.0)))
    return np.asarray(np.clip(values * (255.0 / top), 0, 255), dtype=np.uint8)


def _on_white(image: Image.Image) -> Image.Image:
    picture = image.convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture).convert("RGB")


def _shrunk(image: Image.Image) -> Image.Image:
    """The picture, or one a whole number of times smaller where it is much larger than what is worked on."""
    times = round((image.width * image.height / WORKING_PIXELS) ** 0.5)
    can_be_reduced = image.mode in ("L", "RGB", "RGBA", "CMYK", "LA")
    return image.reduce(times) if times > 1 and can_be_reduced else image
