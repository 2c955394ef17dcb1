"""Opens a printer by what an operator writes: `pdf:FOLDER`, `tcp://HOST:PORT` or `file:PATH`.

What it must not know: documents.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from hardware.ports import Printer
from hardware.printer.file import FilePrinter
from hardware.printer.folder import FolderPrinter
from hardware.printer.network import NetworkPrinter

FORMS = "pdf:FOLDER, tcp://HOST:PORT or file:PATH"
RAW_PORT = 9100


def open_printer(target: str) -> Printer:
    """The printer that `target` names; nothing is touched yet.

    Raises ValueError, with the forms that are understood, for anything else.
    """
    kind, _, rest = target.partition(":")
    if kind == "pdf" and rest:
        return FolderPrinter(Path(rest).expanduser())
    if kind == "file" and rest:
        return FilePrinter(Path(rest.removeprefix("//")).expanduser())
    if kind == "tcp":
        return _network(target)
    raise ValueError(f"a printer is {FORMS}, not {target!r}")


def _network(target: str) -> Printer:
    try:
        address = urlsplit(target)
        host, port = address.hostname, address.port or RAW_PORT
    except ValueError as error:
        raise ValueError(f"a printer is {FORMS}, not {target!r}") from error
    if not host:
        raise ValueError(f"a printer is {FORMS}, not {target!r}")
    return NetworkPrinter(host, port)
