"""What a receipt printer can do: how wide it prints, which letters it has, whether it draws codes itself.

What it must not know: transports, and what a document says. The models' data is that of python-escpos (the
collection that several ESC/POS projects share); a roll's width alone gives a profile that every printer of
that width understands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

GOOD_PAGES = ("cp1252", "cp858")
"""Code pages with the letters of English and Spanish and the euro, best first: 1252 has curly quotation marks
and dashes besides."""


@dataclass(frozen=True, slots=True)
class PrintProfile:
    """What a printer can do. `columns` of its font A, `dots` across the paper; `page` is the number for ESC
    t and Python's name of the code page, None for ASCII alone (other letters are drawn as a picture).
    `native_qr` and `native_bars` say whether it draws QR codes and bar codes (Code 128) itself."""

    name: str
    columns: int
    dots: int
    page: tuple[int, str] | None
    native_qr: bool
    native_bars: bool
    cuts: bool


LETTER_DOTS = 12
"""Dots across a letter of font A."""

WIDE = PrintProfile("80 mm", 48, 576, (16, "cp1252"), native_qr=True, native_bars=True, cuts=True)
NARROW = PrintProfile("58 mm", 32, 384, (16, "cp1252"), native_qr=True, native_bars=True, cuts=True)
PLAIN = "plain"
"""The name of a printer of which nothing is known but its width: ASCII, pictures for the rest, a cut."""


def read_profile(model: str = "", width_mm: int = 80) -> PrintProfile:
    """The profile of a model by its name in python-escpos' data, or of a width (58 or 80).

    Raises ValueError with the names that are known for another name, or for another width.
    """
    if width_mm not in (58, 80):
        raise ValueError("a roll is 58 or 80 mm wide")
    roll = NARROW if width_mm == 58 else WIDE
    if not model:
        return roll
    if model == PLAIN:
        return replace(roll, name=f"plain {width_mm} mm", page=None, native_qr=False, native_bars=False)
    return _of_model(model, roll)


def _of_model(model: str, roll: PrintProfile) -> PrintProfile:
    from escpos.capabilities import CAPABILITIES

    known = CAPABILITIES["profiles"]
    if model not in known:
        raise ValueError(f"a model is {PLAIN} or one of {', '.join(sorted(known))}")
    data = known[model]
    pixels = data["media"]["width"]["pixels"]
    features = data["features"]
    dots = pixels if isinstance(pixels, int) else roll.dots
    return PrintProfile(
        name=model,
        columns=min(int(data["fonts"]["0"]["columns"]), dots // LETTER_DOTS),
        dots=dots - dots % 8,
        page=_best_page(data["codePages"]),
        native_qr=bool(features["qrCode"]),
        native_bars=bool(features["barcodeB"]),
        cuts=bool(features["paperPartCut"] or features["paperFullCut"]),
    )


def _best_page(pages: dict[str, str]) -> tuple[int, str] | None:
    for wanted in GOOD_PAGES:
        numbers = sorted(int(number) for number, name in pages.items() if name.lower() == wanted)
        if numbers:
            return numbers[0], wanted
    return None
