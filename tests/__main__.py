"""`python3 -m tests`: sets everything up, then runs the checks and every test.

With arguments (`python3 -m tests -k voucher`) the checks are left out and the arguments go to
pytest alone. Until the set-up is complete nothing but the standard library may be imported here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from kiosk.bootstrap import ROOT, ensure
from kiosk.setup_progress import say
from kiosk.system_libraries import CHROMIUM, LIBATOMIC, ZBAR

PYTHON = sys.executable
CHECKS = {
    "ruff check": [PYTHON, "-m", "ruff", "check", "."],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "mypy": [PYTHON, "-m", "mypy"],
    "import rules": [str(Path(PYTHON).parent / "lint-imports")],
}
LIBRARIES = [replace(ZBAR, required=True), LIBATOMIC, CHROMIUM]
WHOLE_SUITE = ["-n", "2", "--dist", "worksteal", "--durations", "10"]


def run(arguments: list[str]) -> int:
    """Set up and run; returns 0 only where every check and every test passed."""
    ensure("tests", arguments, libraries=LIBRARIES)
    os.chdir(ROOT)
    if arguments:
        say("Arguments given: the checks are left out, pytest gets the arguments.")
        return _pytest(arguments, "")
    outcomes = {name: _check(name, command) for name, command in CHECKS.items()}
    report = "\n".join(f"{name}: {'passed' if good else 'FAILED'}" for name, good in outcomes.items())
    status = _pytest(WHOLE_SUITE, report)
    return status or int(not all(outcomes.values()))


def _check(name: str, command: list[str]) -> bool:
    say(f"{name} …")
    started = time.monotonic()
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    passed = answer.returncode == 0
    if not passed:
        say(answer.stdout + answer.stderr)
    say(f"  {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s")
    return passed


def _pytest(arguments: list[str], report: str) -> int:
    # The report of the checks is printed by tests/conftest.py, above pytest's own last lines.
    environment = {**os.environ, "SAMETERMS_CHECKS": report}
    return subprocess.call([PYTHON, "-m", "pytest", *arguments], env=environment)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
