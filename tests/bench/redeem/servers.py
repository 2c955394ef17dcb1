"""Server processes of the redeem bench: started on a free port, measured, and ended by their own number."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60


@dataclass(frozen=True)
class RunningServer:
    """A server process and its port."""

    pid: int
    port: int

    def memory(self) -> int:
        """Resident bytes of its largest worker."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return max(_resident(int(child)) for child in children)

    def cpu_seconds(self) -> float:
        """Seconds of processor that its workers have used."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        ticks = [
            Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:13] for child in children
        ]
        return sum(int(tick) for pair in ticks for tick in pair) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(module: list[str], variables: Mapping[str, str], log: Path) -> Iterator[RunningServer]:
    """`python -m MODULE…` with these variables, on a free port, its log in a file; ended when left."""
    port = free_port()
    environment = {**os.environ, **variables, "SAMETERMS_PORT": str(port)}
    with log.open("ab") as file:
        process = subprocess.Popen([sys.executable, "-m", *module], env=environment, stderr=file)
    try:
        _wait_for(process, port, log)
        yield RunningServer(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def _resident(pid: int) -> int:
    line = next(
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")
    )
    return int(line.split()[1]) * 1024
