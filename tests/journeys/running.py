"""The product started as a person starts it, in a folder of its own, for the journeys.

What it is for: `python -m kiosk` in a child process with its own `.var`, its camera and its printer; what
it printed, what the demo holds, and a clean end.
What it must not know: any page.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

REPOSITORY = Path(__file__).parents[2]
START_SECONDS = 60
STOP_SECONDS = 20


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Product:
    """A running demo: its folder, its address and its process."""

    folder: Path
    options: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The address of the faces and of the API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        """What the start said on the terminal so far."""
        return (self.folder / "output.txt").read_text()

    def __enter__(self) -> Product:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the demo and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kiosk", "--port", str(self.port), *self.options],
                cwd=self.folder,
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """End it as Ctrl-C does; whatever is left of its tree is killed."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        finally:
            self._kill_tree()
            self.process = None

    def demo(self) -> dict[str, Any]:
        """The demo's people, numbers, PINs, codes and tokens, as the command line tells them."""
        shown = subprocess.run(
            [sys.executable, "-m", "store_api", "demo", "show", "--json"],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            check=True,
        )
        told: dict[str, Any] = json.loads(shown.stdout)
        return told

    def _environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"} | self.settings

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the demo ended by itself:\n{self.printed}")
            try:
                httpx.get(f"{self.address}/healthz", timeout=2).raise_for_status()
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError(f"the demo did not answer:\n{self.printed}")

    def _kill_tree(self) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
