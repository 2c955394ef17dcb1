"""The codes that are read, their names, and what their own checks are worth.

What it must not know: any engine's calls; it only maps their names for formats to ours.

The AIM identifiers are those of ISO/IEC 15424. A linear code's check is weak: a check digit or nothing,
so that noise passes one time in ten or more often. A matrix code carries Reed-Solomon words and is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware.ports import Symbology


@dataclass(frozen=True, slots=True)
class Kind:
    """One symbology: how the engines call it, its usual AIM identifier, and how far to trust it.

    `shortest` is the least number of characters of a text that is believed; `zbar_quality` the least
    quality figure (scan lines that agree) of a believed reading by zbar. Both were measured on public test
    pictures: zbar's wrong reads fell from ten to three for ten right ones lost. `weak`: so short that noise
    or a piece of another code passes for it. `shortened`: both engines are known to read a part of a code as
    a whole one, so that a single reading is never believed.
    """

    name: str
    aim: str
    zxing: str
    zbar: str | None
    linear: bool
    shortest: int = 1
    zbar_quality: int = 1
    weak: bool = False
    shortened: bool = False

    @property
    def in_strips(self) -> bool:
        """Whether it is looked for in strips, where short codes are seen that are not there."""
        return self.linear and not self.weak


KINDS = (
    Kind("qr", "]Q1", "QRCode", "QRCODE", linear=False),
    Kind("micro_qr", "]Q1", "MicroQRCode", None, linear=False),
    Kind("data_matrix", "]d1", "DataMatrix", None, linear=False),
    Kind("aztec", "]z0", "Aztec", None, linear=False),
    Kind("pdf417", "]L2", "PDF417", None, linear=False),
    Kind("code128", "]C0", "Code128", "CODE128", linear=True, shortest=3),
    Kind("code39", "]A0", "Code39", "CODE39", linear=True, shortest=3, zbar_quality=3),
    Kind("ean13", "]E0", "EAN13", "EAN13", linear=True, shortest=13, zbar_quality=8),
    Kind("ean8", "]E4", "EAN8", "EAN8", linear=True, shortest=8, zbar_quality=8, weak=True),
    Kind("upca", "]E0", "UPCA", "UPCA", linear=True, shortest=12, zbar_quality=8),
    Kind("upce", "]E0", "UPCE", "UPCE", linear=True, shortest=6, zbar_quality=8, weak=True, shortened=True),
    Kind("databar", "]e0", "DataBar", "DATABAR", linear=True, shortest=14),
    Kind("databar_expanded", "]e0", "DataBarExp", "DATABAR_EXP", linear=True, shortest=4),
    Kind("itf", "]I0", "ITF", "I25", linear=True, shortest=6, zbar_quality=3, shortened=True),
)
BY_NAME = {kind.name: kind for kind in KINDS}

STILL = tuple(kind.name for kind in KINDS)
"""Read in still pictures."""

LIVE = ("qr", "code128", "ean13", "upca")
"""Read in live frames: with these four a frame costs a quarter of what it costs with all of them."""


def settle(kind: Kind, text: str, aim: str = "") -> tuple[Symbology, str]:
    """One name and one text for a code, whichever engine read it.

    A UPC-A is a thirteen-digit EAN that begins with 0 to some engines and twelve digits to others: here
    it is always `upca` with twelve.
    """
    if kind.name in ("ean13", "upca") and len(text) == 13 and text.startswith("0"):
        return Symbology("upca", aim or kind.aim), text[1:]
    return Symbology(kind.name, aim or kind.aim), text
