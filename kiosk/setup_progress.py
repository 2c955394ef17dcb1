"""Runs the commands of the set-up and shows that they are alive.

It runs before anything is installed, so it uses the standard library alone and knows nothing
of what the commands do. Progress goes to standard error: one line that counts seconds on a
terminal, plain lines elsewhere.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence

PLAIN_REMINDER_SECONDS = 15
LAST_LINES_SHOWN = 12


class SetupFailed(Exception):
    """The set-up cannot go on. The text says what happened, what was kept and what to do next."""


class CommandFailed(SetupFailed):
    """A command of the set-up ended badly. `output` holds its last lines."""

    def __init__(self, title: str, code: int, output: str) -> None:
        super().__init__(f"{title}: ended with status {code}.\n{output}")
        self.output = output


def say(text: str) -> None:
    """Show one plain line of progress on standard error."""
    print(text, file=sys.stderr, flush=True)


def run_command(title: str, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
    """Run `command` to its end under the heading `title`.

    Raises CommandFailed with the end of the output when it does not end with status 0 or
    cannot be started. An interrupt ends the command too.
    """
    clock = _Clock(title)
    with tempfile.TemporaryFile() as output:
        try:
            code = _wait(command, environment, output, clock)
        except OSError as error:
            clock.failed()
            raise CommandFailed(title, 127, str(error)) from error
        if code != 0:
            clock.failed()
            output.seek(0)
            lines = output.read().decode("utf-8", "replace").strip().splitlines()
            raise CommandFailed(title, code, "\n".join(lines[-LAST_LINES_SHOWN:]))
    clock.done()


def _wait(
    command: Sequence[str], environment: Mapping[str, str] | None, output: object, clock: _Clock
) -> int:
    process = subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=output,  # type: ignore[call-overload]
        stderr=subprocess.STDOUT,
        env=None if environment is None else dict(environment),
    )
    try:
        while True:
            try:
                return int(process.wait(timeout=1))
            except subprocess.TimeoutExpired:
                clock.tick()
    except BaseException:
        process.terminate()
        process.wait()
        raise


class _Clock:
    """Seconds shown beside a step: in place on a terminal, now and then elsewhere."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._started = time.monotonic()
        self._reminded = 0
        self._in_place = sys.stderr.isatty()
        self._show(f"{title} …")

    def tick(self) -> None:
        seconds = self._seconds()
        if self._in_place:
            self._show(f"{self._title} … {seconds} s")
        elif seconds >= self._reminded + PLAIN_REMINDER_SECONDS:
            self._reminded = seconds
            say(f"  … {seconds} s, still at it")

    def done(self) -> None:
        self._close(f"done in {self._seconds()} s")

    def failed(self) -> None:
        self._close(f"did not work, after {self._seconds()} s")

    def _seconds(self) -> int:
        return round(time.monotonic() - self._started)

    def _show(self, text: str) -> None:
        if self._in_place:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
        else:
            say(text)

    def _close(self, outcome: str) -> None:
        if self._in_place:
            say(f"\r\033[K{self._title}: {outcome}")
        else:
            say(f"  {outcome}")
