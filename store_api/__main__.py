"""`python3 -m store_api`: the command line, on whatever Python it is started with.

What it is for: finding the environment with the packages, making it where there is none, and handing over to
`store_api.cli`. Runs on the standard library alone and must not import a package before it has found one.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN_PYTHON = ROOT / ".venv" / "bin" / "python"
TRIED = "STORE_API_REEXECUTED"  # so that a broken environment cannot make it start itself for ever


def find_python() -> Path | None:
    """The environment's Python; None where the packages are here already. Exits where it cannot be made."""
    if importlib.util.find_spec("sqlalchemy") is not None:
        return None
    if os.environ.get(TRIED):
        sys.exit(
            f"The packages are missing from {OWN_PYTHON}. Remove {OWN_PYTHON.parents[1]} and start again."
        )
    if not OWN_PYTHON.exists():
        made = subprocess.run([sys.executable, "-m", "kiosk", "--setup-only"], cwd=ROOT, check=False)
        if made.returncode != 0 or not OWN_PYTHON.exists():
            sys.exit("The packages could not be set up. Nothing was changed; see the message above.")
    return OWN_PYTHON


def main() -> None:
    """Run the command line here, or again inside the environment."""
    python = find_python()
    if python is None:
        from store_api.cli import cli

        cli(prog_name="python3 -m store_api")
        return
    search = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    environment = os.environ | {TRIED: "1", "PYTHONPATH": search}
    arguments = [str(python), "-m", "store_api", *sys.argv[1:]]
    os.execve(python, arguments, environment)  # noqa: S606 - our own interpreter


if __name__ == "__main__":
    main()
