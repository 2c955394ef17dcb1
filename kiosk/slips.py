"""The test slip of a station's printer: printed as every receipt is, read back by the station's camera.

What it is for: kiosk and tablet print the same slip, and a press on the button while one is still to come
tries that one again. What it must not know: who presses, how a slip is drawn.
"""

from __future__ import annotations

from kiosk.devices import Devices, PrintState, ReceiptOrder
from kiosk.equipment import Equipment
from kiosk.words import say
from store_api.contract import Sheet, SheetLine, Store

SIGNS = ("ABC abc 0123456789 $49.99 \u20ac5", "\u00e1\u00e9\u00ed\u00f3\u00fa \u00f1 \u00bf? \u00a1!")


def print_slip(devices: Devices, station: str, store: Store, language: str, attempt: str) -> None:
    """Print a test slip, or try again the one that is still to come."""
    token = devices.trials.slip(station)
    if token is not None and _state(devices, station, token) is not PrintState.PRINTED:
        devices.print(_order(station, token, store, language), again=attempt)
        return
    devices.print(_order(station, devices.trials.begin_slip(station), store, language))


def tried(devices: Devices, station: str) -> list[Equipment]:
    """What the trials of a station have shown so far."""
    token = devices.trials.slip(station)
    printed = _state(devices, station, token).value if token is not None else "none"
    return devices.trials.findings(station, printed, devices.has_picture(station))


def _state(devices: Devices, station: str, token: str) -> PrintState:
    sheet = Sheet(language="en", tone="asked", terms_code=None, lines=())
    return devices.print_state(ReceiptOrder(station, _subject(token), sheet, "", "UTC", token))


def _subject(token: str) -> str:
    return f"test:{token}"


def _order(station: str, token: str, store: Store, language: str) -> ReceiptOrder:
    lines = [
        SheetLine(kind="verdict", text=say(language, "equipment.slip.title")),
        *(SheetLine(kind="note", text=text) for text in (say(language, "equipment.slip.note"), *SIGNS)),
        SheetLine(kind="code", text=token),
    ]
    sheet = Sheet(language=language, tone="asked", terms_code=None, lines=tuple(lines))
    return ReceiptOrder(station, _subject(token), sheet, store.name, store.zone, token)
