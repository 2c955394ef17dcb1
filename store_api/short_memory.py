"""What a process remembers for seconds, so that it need not ask the database at every request.

What it is for: what changes rarely and is read always (stores, who a token belongs to). Every value has an
age; what was forgotten while somebody was still reading it is not remembered from that reading.
What it must not know: what it remembers, the clock (its user brings the moments).
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

MOST = 10_000
"""Values that are kept at once; beyond it everything is forgotten and read again."""


class ShortMemory:
    """Values by name, each good for some seconds after the moment at which it was read (in seconds too)."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: dict[Hashable, tuple[float, Any]] = {}
        self.generation = 0

    def recall(self, name: Hashable, now: float) -> Any:
        """The value of a name, or None; also where the clock was set back behind its reading."""
        known = self._values.get(name)
        if known is None or not known[0] <= now < known[0] + self._seconds:
            return None
        return known[1]

    def keep(self, name: Hashable, value: Any, now: float, generation: int) -> None:
        """Remember a value; `generation` is what it was before the value was read."""
        if generation != self.generation:
            return
        if len(self._values) >= MOST:
            self._values = {}
        self._values[name] = (now, value)

    def forget(self) -> None:
        """Forget everything, and whatever is being read at this moment."""
        self.generation += 1
        self._values = {}
