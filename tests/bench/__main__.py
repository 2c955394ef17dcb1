"""`python3 -m tests.bench [NAME…] [--quick]`: run every bench, or those named. Nothing is asserted here."""

from __future__ import annotations

import sys
from importlib import import_module

BENCHES = ("policy", "redeem", "impact", "events", "faces", "log", "scan")


def main(arguments: list[str]) -> int:
    """Run the named benches; 2 where a name is unknown. `--quick` is read by the benches that know it."""
    names = [argument for argument in arguments if argument != "--quick"]
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench {', '.join(unknown)}; known: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names or BENCHES:
        import_module(f"tests.bench.bench_{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
