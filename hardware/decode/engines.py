"""The two engines that find codes, behind one protocol: zxing-cpp, and zbar as second opinion.

What it must not know: transforms, retries, time budgets; and what a text means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import zxingcpp

from hardware.decode.symbologies import BY_NAME, Kind, settle
from hardware.decode.zbar_library import import_pyzbar
from hardware.ports import Corner, Picture, Reading


@dataclass(frozen=True, slots=True)
class Found:
    """What one quick look gave: readings, and the corners of codes that were found and failed their check."""

    readings: list[Reading]
    failed: list[tuple[Corner, ...]]


class Engine(Protocol):
    """Reads codes from grey pixels."""

    name: str

    def read(self, grey: Picture, names: Sequence[str], patient: bool = True) -> list[Reading]:
        """Readings of the named symbologies; `patient` also looks turned, shrunk and inverted."""
        ...

    def look(self, grey: Picture, names: Sequence[str]) -> Found:
        """One quick look at a live frame, which also tells where a code is that cannot be read."""
        ...


class ZxingEngine:
    """zxing-cpp: reads most kinds and most pictures; asked first."""

    name = "zxing"

    def read(self, grey: Picture, names: Sequence[str], patient: bool = True) -> list[Reading]:
        found = zxingcpp.read_barcodes(
            grey,
            formats=_zxing_formats(tuple(names)),
            try_rotate=True,
            try_downscale=patient,
            try_invert=patient,
            # The default gives the text printed below a code, with brackets and blanks of its own.
            text_mode=zxingcpp.TextMode.Plain,
        )
        readings = (_from_zxing(code, names) for code in found)
        return [reading for reading in readings if reading is not None]

    def look(self, grey: Picture, names: Sequence[str]) -> Found:
        found = zxingcpp.read_barcodes(
            grey,
            formats=_zxing_formats(tuple(names)),
            try_downscale=False,
            try_invert=False,
            text_mode=zxingcpp.TextMode.Plain,
            return_errors=True,
        )
        readings = (_from_zxing(code, names) for code in found if code.valid)
        failed = [_zxing_corners(code) for code in found if not code.valid]
        return Found([reading for reading in readings if reading is not None], failed)


class ZbarEngine:
    """zbar through pyzbar: reads some blurred linear codes that zxing-cpp does not."""

    name = "zbar"

    def __init__(self, pyzbar: ModuleType) -> None:
        self._pyzbar = pyzbar

    def read(self, grey: Picture, names: Sequence[str], patient: bool = True) -> list[Reading]:
        kinds = {BY_NAME[name].zbar: BY_NAME[name] for name in names if BY_NAME[name].zbar}
        symbols = [self._pyzbar.ZBarSymbol[name] for name in kinds]
        if not symbols or min(grey.shape[:2]) < 2:
            return []
        found = self._pyzbar.decode(np.ascontiguousarray(grey), symbols=symbols)
        readings = (_from_zbar(code, kinds) for code in found)
        return [reading for reading in readings if reading is not None]

    def look(self, grey: Picture, names: Sequence[str]) -> Found:
        return Found(self.read(grey, names, patient=False), [])


@cache
def engines() -> tuple[Engine, ...]:
    """zxing-cpp, and zbar where its library is to be had."""
    pyzbar = import_pyzbar()
    return (ZxingEngine(),) if pyzbar is None else (ZxingEngine(), ZbarEngine(pyzbar))


def engine_report() -> str:
    """One sentence on the engines in use, for a log or a shell."""
    names = [engine.name for engine in engines()]
    if "zbar" in names:
        return "Codes are read with zxing-cpp and zbar."
    return "Codes are read with zxing-cpp alone: the library libzbar.so.0 was not found (Debian: libzbar0)."


@cache
def _zxing_formats(names: tuple[str, ...]) -> zxingcpp.BarcodeFormats:
    return zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, BY_NAME[name].zxing) for name in names])


@cache
def _zxing_kinds() -> dict[str, Kind]:
    """Kinds by what zxing-cpp may call a code it found: the format, a variant of it, or its symbology."""
    table = {str(getattr(zxingcpp.BarcodeFormat, kind.zxing)): kind for kind in BY_NAME.values()}
    variants = {"QRCodeModel1": "qr", "QRCodeModel2": "qr", "AztecCode": "aztec", "CompactPDF417": "pdf417"}
    variants |= {"DataBarOmni": "databar", "DataBarStk": "databar", "DataBarStkOmni": "databar"}
    variants |= {"DataBarLtd": "databar", "DataBarExpStk": "databar_expanded", "ITF14": "itf"}
    variants |= {"Code39Std": "code39", "Code39Ext": "code39", "ISBN": "ean13"}
    for variant, name in variants.items():
        table[str(getattr(zxingcpp.BarcodeFormat, variant))] = BY_NAME[name]
    return table


def _from_zxing(code: zxingcpp.Barcode, names: Sequence[str]) -> Reading | None:
    kind = _zxing_kinds().get(str(code.format))
    if kind is None or not code.text or len(code.text) < kind.shortest:
        return None
    symbology, text = settle(kind, code.text, code.symbology_identifier)
    return Reading(text, symbology, _zxing_corners(code), "zxing", confirmed=not kind.shortened)


def _zxing_corners(code: zxingcpp.Barcode) -> tuple[Corner, ...]:
    place = code.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return tuple((point.x, point.y) for point in points)


def _from_zbar(code: Any, kinds: dict[str | None, Kind]) -> Reading | None:
    kind = kinds.get(code.type.replace("-", "_"))
    if kind is None or len(code.data) < kind.shortest:
        return None
    symbology, text = settle(kind, _as_text(code.data))
    corners = _corners(code.polygon) or _box(code.rect)
    confirmed = not kind.linear or (code.quality >= kind.zbar_quality and not kind.shortened)
    return Reading(text, symbology, corners, "zbar", confirmed)


def _as_text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _corners(points: Iterable[Any]) -> tuple[Corner, ...]:
    return tuple((int(point.x), int(point.y)) for point in points)


def _box(rect: Any) -> tuple[Corner, ...]:
    left, top, right, bottom = rect.left, rect.top, rect.left + rect.width, rect.top + rect.height
    return ((left, top), (right, top), (right, bottom), (left, bottom))
