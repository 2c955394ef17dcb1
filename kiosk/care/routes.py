"""Care's routes: imports each page's module, so that the blueprint is whole.

What it must not know: anything else.
"""

from __future__ import annotations

from kiosk.care import calls, signing, visits
from kiosk.care.blueprint import care

__all__ = ["calls", "care", "signing", "visits"]
