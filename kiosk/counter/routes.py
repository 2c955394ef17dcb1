"""The kiosk's routes: imports each page's module, so that the blueprint is whole.

What it must not know: anything else.
"""

from __future__ import annotations

from kiosk.counter import answers, claims, entry, lines, trouble, use
from kiosk.counter.blueprint import counter

__all__ = ["answers", "claims", "counter", "entry", "lines", "trouble", "use"]
