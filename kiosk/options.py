"""The words that may follow `python3 -m kiosk`, read before anything is installed.

Standard library only, so that `--help` and a mistyped option are answered at once. It checks
the form of each value and must not open any device.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080
DEFAULT_PRINTER = "pdf:.var/receipts"
HIGHEST_PORT = 65535

EPILOG = """\
examples:
  python3 -m kiosk                                  start the demo, with what the last run left
  python3 -m kiosk --reset                          start it with new data
  python3 -m kiosk --camera 0 --printer tcp://192.0.2.7:9100
  python3 -m kiosk --camera voucher.jpg             show this picture to the kiosk

Every other setting is an environment variable; the README lists them.
"""


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line.

    `camera` is a device's number, or the path of an existing picture, video or folder of
    pictures; None means that the station has no camera of its own. `printer` is `pdf:FOLDER`,
    `tcp://HOST:PORT`, `usb:DEVICE`, `serial:DEVICE`, `lp:QUEUE` or `file:PATH`.
    """

    setup_only: bool
    reset: bool
    host: str
    port: int
    camera: str | None
    printer: str


def parse_options(arguments: Sequence[str]) -> Options:
    """Read the arguments after the program's name.

    Leaves the program with status 0 after `--help`, and with status 2 and a message on standard
    error where an argument is unknown or has a value that cannot be right.
    """
    return Options(**vars(_parser().parse_args(arguments)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m kiosk",
        description="Set everything up and start the demo: kiosk, tablet and API in one, with a database"
        " that is kept under .var between runs.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--setup-only", action="store_true", help="install what is needed, then stop")
    parser.add_argument("--reset", action="store_true", help="begin with new data; what is there is deleted")
    _add_address(parser)
    _add_devices(parser)
    return parser


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        default=DEFAULT_HOST,
        metavar="ADDRESS",
        help="the address to listen on; 0.0.0.0 lets other devices in (default: %(default)s)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        metavar="NUMBER",
        help="the port to listen on, 1 to 65535 (default: %(default)s)",
    )


def _add_devices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--camera",
        type=_camera,
        metavar="INDEX|FILE|FOLDER",
        help="the station's camera: a device's number (0 is the first), a picture, a video,"
        " or a folder of pictures shown one after the other (default: no camera)",
    )
    parser.add_argument(
        "--printer",
        type=_printer,
        default=DEFAULT_PRINTER,
        metavar="PRINTER",
        help="where receipts go: pdf:FOLDER writes PDF files, tcp://HOST:PORT is a receipt printer"
        " in the network, usb:, serial: and lp: are printers of this machine (docs/hardware.md), file:PATH"
        " takes the printer's bytes (default: %(default)s)",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 1 to {HIGHEST_PORT}")
    return int(text)


def _camera(text: str) -> str:
    if re.fullmatch(r"[0-9]{1,3}", text):
        return text
    path = Path(text)
    if not text or not path.exists():
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a device's number nor a file or folder that is there"
        )
    if path.is_dir() and not any(path.iterdir()):
        raise argparse.ArgumentTypeError(f"the folder {text!r} is empty")
    return text


def _printer(text: str) -> str:
    kind, separator, place = text.partition(":")
    if separator and place and kind == "pdf":
        if Path(place).exists() and not Path(place).is_dir():
            raise argparse.ArgumentTypeError(f"{place!r} is not a folder")
        return text
    if separator and place and kind == "file":
        if Path(place).is_dir():
            raise argparse.ArgumentTypeError(f"{place!r} is a folder; file: needs a file or device")
        return text
    if kind == "tcp" and _is_network_place(text):
        return text
    if (kind in ("usb", "serial") and place.startswith("/")) or (kind in ("lp", "lp-pdf") and place):
        return text
    raise argparse.ArgumentTypeError(
        f"{text!r} is no printer; give pdf:FOLDER, tcp://HOST:PORT, usb:DEVICE, serial:DEVICE, lp:QUEUE"
        " or file:PATH"
    )


def _is_network_place(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return bool(parts.hostname and port and not parts.path and not parts.fragment)
