"""How the devices of stations are, for staff: what each says of itself, and trials that both ends must pass.

What it is for: one list of findings for the kiosk's page, the tablet's page and their JSON. A test slip goes
the way of every receipt; it has passed once the camera has read its code. Of what a scanner reads its length
and its kind alone are kept: the text may be worth money.
What it must not know: pages, visits, the store's client.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hardware.check import State
from kiosk.words import say

GRADES: Mapping[str, tuple[tuple[float, str], ...]] = {
    "sharpness": ((0.25, "good"), (0.1, "fair"), (0.0, "poor")),
    "light": ((0.4, "good"), (0.16, "fair"), (0.0, "poor")),
}
"""The least value of each word. At a sharpness of 0.1 and a light of 0.16 a code just reads (measured on
printed codes; `hardware.decode.looks`)."""


KINDS: Mapping[str, str] = {
    **{"]Q1": "QR", "]Q3": "GS1 QR", "]d1": "Data Matrix", "]d2": "GS1 Data Matrix", "]z0": "Aztec"},
    **{"]C0": "Code 128", "]C1": "GS1-128", "]E0": "EAN-13, UPC", "]E4": "EAN-8", "]L0": "PDF417"},
}
"""What people call a symbology, by its AIM identifier (ISO/IEC 15424)."""


@dataclass(frozen=True)
class Equipment:
    """How one device of a station is, or how a trial of it ended.

    `kind` is camera, scanner, printer, slip or echo; `code` names its words; `figures` are as in
    `hardware.check.Finding`; `waiting` is how many papers are still to come.
    """

    station: str
    kind: str
    state: State
    code: str
    waiting: int = 0
    figures: Mapping[str, float | str] = field(default_factory=dict)

    def says(self, language: str) -> str:
        """What was found, in words."""
        if self.kind == "scanner":
            return say(language, "equipment.scanner.ready")
        if self.kind == "camera":
            return say(language, f"reader.{self.code}")
        return say(language, f"equipment.{self.kind}.{self.code}", **self.figures)

    def measured(self, language: str) -> list[str]:
        """Sharpness and light in words, where a picture was measured."""
        told = []
        for name, steps in GRADES.items():
            if name in self.figures:
                value = float(self.figures[name])
                word = next(word for least, word in steps if value >= least)
                grade = say(language, f"equipment.grade.{word}")
                told.append(say(language, f"equipment.{name}", grade=grade, value=round(100 * value)))
        return told

    def to_json(self, language: str) -> dict[str, Any]:
        """As plain JSON values, in the form of `python3 -m hardware check --json`."""
        return {
            "device": f"{self.station} {self.kind}",
            "state": self.state,
            "code": self.code,
            "says": self.says(language),
            "figures": dict(self.figures),
            "waiting": self.waiting,
        }


@dataclass
class _Trial:
    """What was tried at one station: the code of its newest slip, and what became of it and of a scan."""

    token: str = ""
    was_read: bool = False
    echo: Equipment | None = None


class Trials:
    """The test slips and scans of each station since the start of this process."""

    def __init__(self, draw: Callable[[], str] = lambda: secrets.token_hex(4).upper()) -> None:
        self._draw = draw
        self._trials: dict[str, _Trial] = {}

    def slip(self, station: str) -> str | None:
        """The code of the station's newest test slip, if it has printed any."""
        trial = self._trials.get(station)
        return trial.token or None if trial is not None else None

    def begin_slip(self, station: str) -> str:
        """The code of a new test slip."""
        trial = self._trials.setdefault(station, _Trial())
        trial.token, trial.was_read = f"TEST-{self._draw()}", False
        return trial.token

    def note(self, station: str, text: str, symbology: str, repaired: bool = False) -> None:
        """Note what a camera or hand scanner has read; `repaired`: through a wrong keyboard layout."""
        trial = self._trials.setdefault(station, _Trial())
        if trial.token and text == trial.token:
            trial.was_read = True
            return
        code = "layout" if repaired else "scanned"
        if code == "scanned" and symbology in KINDS:
            code = "scanned_kind"
        kind = KINDS.get(symbology, symbology)
        figures: dict[str, float | str] = {"characters": len(text), "symbology": kind}
        state: State = "warning" if repaired else "ok"
        trial.echo = Equipment(station, "echo", state, code, figures=figures)

    def forget(self, station: str) -> None:
        """Drop what was tried: staff have left."""
        self._trials.pop(station, None)

    def findings(self, station: str, printed: str, has_camera: bool) -> list[Equipment]:
        """What the trials of a station have shown; `printed` is how the newest slip's print stands."""
        trial = self._trials.get(station)
        if trial is None:
            return []
        found = [trial.echo] if trial.echo is not None else []
        if trial.token:
            code = "read_back" if trial.was_read else printed
            if code == "printed" and has_camera:
                code = "not_read_back"
            state = SLIP_STATES.get(code, "warning")
            found.append(Equipment(station, "slip", state, code, figures={"qr": trial.token}))
        return found


SLIP_STATES: Mapping[str, State] = {"read_back": "ok", "printed": "ok", "failed": "fault"}
