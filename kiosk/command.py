"""`python3 -m kiosk` once everything is installed: the demo, all of it in one process tree.

What it is for: bringing the demo's folder up to date, joining service, faces and devices, serving them on
one port, and telling a person where to look and who is in it.
What it must not know: pages, rules, how anything is stored.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from kiosk.app import Joined, join, prepare
from kiosk.demo_desk import people_rows
from kiosk.errors import SettingError
from kiosk.options import Options
from kiosk.serving import OnePort, Server
from kiosk.settings import Settings, read_settings

FOLDER = Path(".var")
ANYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - what a person may write to mean every address
LOCK = "running.lock"
KEPT_AT_RESET = ("receipts", LOCK)
WIDEST = 112
"""Columns for an address and what stands beside it: an address that was cut short opens nothing."""


@dataclass(frozen=True)
class Demo:
    """What the demo runs with: the folder, every variable, everybody in it, the kiosk's settings."""

    folder: Path
    variables: dict[str, str]
    people: dict[str, Any]
    settings: Settings
    options: Options


def main(options: Options) -> int:
    """Start the demo and serve it until it is stopped; returns the exit status."""
    console = Console(highlight=False)
    console.width = max(console.width, WIDEST)
    began = time.monotonic()
    try:
        _check_port(options)
        take_folder(FOLDER)
        demo = open_demo(options)
    except SettingError as error:
        console.print(f"[bold red]The demo did not start.[/] {error}", soft_wrap=True)
        return 2
    except OSError as error:
        reason = f"{error.filename or FOLDER}: {error.strerror}."
        console.print(f"[bold red]The demo did not start.[/] {reason}", soft_wrap=True)
        return 2
    joined: list[Joined] = []

    def make() -> OnePort:
        joined.append(join(demo.variables, demo.settings, demo.options, demo.people, demo.folder))
        return joined[0].wsgi

    def ready() -> None:
        _tell(console, demo, joined[0], time.monotonic() - began)

    Server(f"{_bracketed(options.host)}:{options.port}", make, ready).run()
    return 0


def open_demo(options: Options) -> Demo:
    """The demo in its folder, up to date; made anew where that was asked for. Raises SettingError."""
    if options.reset:
        _clear(FOLDER)
    public_url = os.environ.get("KIOSK_PUBLIC_URL") or f"http://{_address_for_people(options)}:{options.port}"
    variables, people = prepare(FOLDER, public_url, os.environ)
    settings = read_settings(
        {name: value for name, value in variables.items() if name.startswith("KIOSK_")},
        public_url=public_url,
        spool_file=str(FOLDER / "kiosk-spool.sqlite"),
    )
    return Demo(FOLDER, variables, people, settings, options)


def take_folder(folder: Path) -> int:
    """Keep the demo's folder for this process tree until it ends; another start must not reset its data.

    Returns the descriptor of the lock, which is left open on purpose. Raises SettingError where a demo that
    is running has the folder, OSError where it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise SettingError(
            f"A demo that uses the folder {folder} is running. Stop it first; nothing was changed."
        ) from None
    return lock


def _clear(folder: Path) -> None:
    """Delete what the demo keeps, but not the receipts that it printed."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name in KEPT_AT_RESET:
            continue
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _check_port(options: Options) -> None:
    """Say at once, and in one line, that another program has the port."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise SettingError(
                f"Port {options.port} of {options.host} cannot be used ({reason}). "
                f"Choose another one with --port."
            ) from None


def _address_for_people(options: Options) -> str:
    """The host that a browser reaches: of this machine's addresses where it listens on every one."""
    if options.host not in ANYWHERE:
        return _bracketed(options.host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: a datagram socket only picks the address that it would send from (RFC 5737).
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _tell(console: Console, demo: Demo, joined: Joined, seconds: float) -> None:
    """Print where to look and who is in the demo."""
    base = f"http://{_address_for_people(demo.options)}:{demo.options.port}"
    console.print(f"\n[bold]Sameterms[/] is ready ({seconds:.1f} s). Stop it with Ctrl-C.\n")
    places = Table(box=None, show_header=False, padding=(0, 2))
    places.add_row("Demo desk", f"[bold]{base}/[/]", "opens everything below, paired")
    for station in joined.services.stations:
        face = {"counter": "Kiosk", "tablet": "Tablet"}.get(station.face, "Region")
        code = joined.services.stations.pairing_code(station.name)
        places.add_row(f"{face} {station.name}", f"{base}/{station.face}/", f"pairing code {code}")
    places.add_row("API", f"{base}/v1/docs", "")
    places.add_row("Receipts", demo.options.printer, "")
    places.add_row("Vouchers", str(demo.folder / "vouchers"), "to print or to show to a camera")
    console.print(places)
    for table in people_rows(demo.people):
        shown = Table(*table.columns, title=table.title, title_justify="left", title_style="bold", box=None)
        for row in table.rows:
            shown.add_row(*row)
        console.print()
        console.print(shown)
    sys.stdout.flush()
