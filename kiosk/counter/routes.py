"""The kiosk's routes: imports each page's module, so that the blueprint is whole.

What it must not know: anything else.
"""

from __future__ import annotations

from kiosk.counter import (
    amounts,
    answers,
    claims,
    entry,
    equipment,
    lines,
    offering,
    one_time_code,
    rating,
    sharing,
    together,
    trouble,
    use,
)
from kiosk.counter.blueprint import counter

__all__ = [
    "amounts",
    "answers",
    "claims",
    "counter",
    "entry",
    "equipment",
    "lines",
    "offering",
    "one_time_code",
    "rating",
    "sharing",
    "together",
    "trouble",
    "use",
]
