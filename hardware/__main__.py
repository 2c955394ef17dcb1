"""`python3 -m hardware`: look at pictures, printers and devices from a shell.

What it must not know: what a code means. It starts with any Python 3.11, also one without the project's
packages: then it hands over to the project's own environment, which it has set up where it is not there.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
OWN_PYTHON = PROJECT / ".venv" / "bin" / "python"


def main(arguments: list[str]) -> int:
    """Run the command line; gives the exit code."""
    if importlib.util.find_spec("numpy") is None:
        return _hand_over(arguments)
    from hardware.cli import run

    return run(arguments)


def _hand_over(arguments: list[str]) -> int:
    """Go on in the project's environment; never comes back unless that cannot be had."""
    if not OWN_PYTHON.exists():
        setup = [sys.executable, "-m", "kiosk", "--setup-only"]
        # What it says belongs to the person at the shell and not into the output of this command.
        code = subprocess.run(setup, cwd=PROJECT, stdout=sys.stderr, check=False).returncode  # noqa: S603
        if code != 0 or not OWN_PYTHON.exists():
            print("The project's environment could not be set up; see above.", file=sys.stderr)
            return code or 1
    if Path(sys.prefix).resolve() == OWN_PYTHON.parent.parent.resolve():
        print("The project's environment lacks packages. Run: python3 -m kiosk --setup-only", file=sys.stderr)
        return 1
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    os.execve(OWN_PYTHON, [str(OWN_PYTHON), "-m", "hardware", *arguments], environment)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
