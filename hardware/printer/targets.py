"""Opens a printer by what an operator writes, such as `tcp://192.168.1.40?model=TM-T20II` or
`usb:/dev/usb/lp0`.

What it must not know: documents. Behind a question mark stand the roll's width (`width=58`), the model
(`model=`, a name of python-escpos' data, or `plain`) and a serial line's rate (`baud=`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from hardware.ports import Media, Printer
from hardware.printer.file import FilePrinter
from hardware.printer.folder import FolderPrinter
from hardware.printer.line import LinePrinter
from hardware.printer.network import NetworkPrinter
from hardware.printer.profiles import PrintProfile, read_profile
from hardware.printer.spooler import SpoolerPrinter

FORMS = "pdf:FOLDER, tcp://HOST:PORT, usb:DEVICE, serial:DEVICE, lp:QUEUE, lp-pdf:QUEUE or file:PATH"
OPTIONS = ("width", "model", "baud")
RAW_PORT = 9100
USUAL_BAUD = 19200


def open_printer(target: str) -> Printer:
    """The printer that `target` names; nothing is touched yet.

    Raises ValueError, with the forms that are understood, for anything else.
    """
    try:
        return _open(target)
    except ValueError as error:
        raise ValueError(f"a printer is {FORMS}, not {target!r} ({error})") from error


def profile_of(target: str) -> PrintProfile:
    """What the printer that `target` names can do. Raises ValueError as `open_printer` does."""
    _, options = _split(target)
    return read_profile(options.get("model", ""), _whole(options.get("width", "80")))


def _open(target: str) -> Printer:
    address, options = _split(target)
    profile_of(target)
    kind, _, rest = address.partition(":")
    if kind == "tcp":
        return _network(address)
    if not rest:
        raise ValueError("what it names is missing")
    if kind in ("usb", "serial") and not rest.startswith("/"):
        raise ValueError("a device is a path from the root")
    match kind:
        case "pdf":
            return FolderPrinter(Path(rest).expanduser())
        case "file":
            return FilePrinter(Path(rest.removeprefix("//")).expanduser())
        case "usb":
            return LinePrinter(Path(rest))
        case "serial":
            return LinePrinter(Path(rest), _whole(options.get("baud", str(USUAL_BAUD))))
        case "lp":
            return SpoolerPrinter(rest)
        case "lp-pdf":
            return SpoolerPrinter(rest, Media.PDF)
    raise ValueError("another kind")


def _split(target: str) -> tuple[str, Mapping[str, str]]:
    address, _, query = target.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise ValueError(f"{unknown[0]} is no option; they are {', '.join(OPTIONS)}")
    return address, options


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


def _network(address: str) -> Printer:
    parts = urlsplit(address)
    if not parts.hostname:
        raise ValueError("the host is missing")
    return NetworkPrinter(parts.hostname, parts.port or RAW_PORT)
