"""The service as processes of its own, that can be killed.

What it is for: `python -m store_api serve` in a child, SIGKILL for its worker, a clean end.
What it must not know: what is asked of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.journeys.running import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 90


@dataclass
class Service:
    """A running service. `program` runs in place of the command line, for controls."""

    variables: dict[str, str]
    program: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Service:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        what = ["-c", self.program] if self.program else ["-m", "store_api", "serve"]
        self.process = subprocess.Popen(
            [sys.executable, *what],
            cwd=ROOT,
            env=os.environ | self.variables | {"SAMETERMS_PORT": str(self.port)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        """Ask for its health until it answers."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/healthz", timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("the service did not answer")

    def workers(self) -> list[int]:
        """The processes that answer; their parent only makes new ones."""
        assert self.process is not None
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(child) for child in children]

    def kill_a_worker(self) -> bool:
        """SIGKILL for whoever answers at this moment; False where nobody is there yet."""
        for worker in self.workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
                return True
        return False

    def kill(self) -> None:
        """SIGKILL for the whole tree."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
            self.process = None
