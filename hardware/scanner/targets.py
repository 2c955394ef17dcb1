"""Opens a hand scanner by what an operator writes: `auto`, a device below /dev/input, or
`serial:DEVICE?baud=…`.

What it must not know: what a text means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl

from hardware.ports import Scan
from hardware.scanner.device import ScannerDevice, find_scanners
from hardware.scanner.serial import SerialScanner

FORMS = "auto, /dev/input/… or serial:/dev/tty…?baud=9600"


class Scanner(Protocol):
    """Reports scans from a thread of its own."""

    def start(self) -> None: ...

    def close(self) -> None: ...


def open_scanner(
    target: str, report: Callable[[Scan], None], now: Callable[[], dt.datetime], prefix: str = ""
) -> Scanner:
    """The scanner that `target` names, not started. `auto` is the first that the machine calls a scanner.

    Raises ValueError, with the forms that are understood, for anything else.
    """
    if target == "auto":
        found = find_scanners()
        # Where none is attached yet, the name of the first input device is waited for.
        return ScannerDevice(found[0] if found else Path("/dev/input/by-id/scanner"), report, now, prefix)
    kind, _, rest = target.partition(":")
    path, _, query = rest.partition("?")
    if kind == "serial" and path.startswith("/"):
        baud = dict(parse_qsl(query)).get("baud", "9600")
        return SerialScanner(Path(path), report, now, int(baud) if baud.isdecimal() else 0, prefix)
    if target.startswith("/"):
        return ScannerDevice(Path(target), report, now, prefix)
    raise ValueError(f"a hand scanner is {FORMS}, not {target!r}")
