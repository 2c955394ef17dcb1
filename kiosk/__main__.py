"""`python3 -m kiosk`: sets everything up, then starts the demo inside the environment made.

Until the set-up is complete nothing but the standard library may be imported here.
"""

from __future__ import annotations

import sys

from kiosk.bootstrap import ensure
from kiosk.options import parse_options
from kiosk.system_libraries import ZBAR


def run(arguments: list[str]) -> int:
    """Set up, then hand the options to the command; returns the exit status."""
    options = parse_options(arguments)
    ensure("kiosk", arguments, libraries=[ZBAR], look_again=options.setup_only)
    if options.setup_only:
        print("Everything is set up. Start the demo with: python3 -m kiosk")
        return 0
    from kiosk.command import main

    return main(options)


def run_until_stopped(arguments: list[str]) -> int:
    """The same; Ctrl-C during the set-up or the start ends it without a complaint (status 130, by custom)."""
    try:
        return run(arguments)
    except KeyboardInterrupt:
        print("\nStopped. Start it again whenever you like.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(run_until_stopped(sys.argv[1:]))
