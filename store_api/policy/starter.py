"""A commented policy to start from."""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).with_name("starter.yaml")


def starter() -> str:
    """The text of a policy that passes every check as it stands."""
    return _FILE.read_text("utf-8")
