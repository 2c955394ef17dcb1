"""Counts which readings of one picture agree, and says which can be believed.

What it must not know: pictures, engines, and what a text means.

An engine that looks at an untouched picture is believed, except where the symbology has next to no check of
its own. From any other form of the picture a matrix code is believed at once (it carries Reed-Solomon words),
a linear code when two attempts gave it that share neither the engine nor the rows of pixels, and one that is
short or is known to be read cut short when both engines did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hardware.decode.symbologies import BY_NAME
from hardware.ports import Reading

Key = tuple[str, str]


class Votes:
    """The readings of one picture so far. `engines` is how many engines look at it."""

    def __init__(self, engines: int = 2) -> None:
        self._engines = engines
        self._first: dict[Key, Reading] = {}
        self._ways: dict[Key, set[str]] = {}
        self._believed: set[Key] = set()

    def add(self, readings: Iterable[Reading], way: str) -> None:
        """Count what one attempt read. `way` names it: the engine alone for the untouched picture, else the
        engine, a plus sign and what it looked at."""
        for reading in readings:
            key = (reading.symbology.name, reading.text)
            self._first.setdefault(key, reading)
            self._ways.setdefault(key, set()).add(way)
            if reading.confirmed and ("+" not in way or not BY_NAME[key[0]].linear):
                self._believed.add(key)

    def settled(self) -> list[Reading]:
        """The readings that can be believed, in the order of finding."""
        kept = [replace(self._first[key], confirmed=True) for key in self._first if self._is_settled(key)]
        return without_fragments(kept)

    def doubtful(self) -> list[Reading]:
        """Readings that cannot be believed without a check of the caller's own."""
        return [
            replace(self._first[key], confirmed=False) for key in self._first if not self._is_settled(key)
        ]

    def _is_settled(self, key: Key) -> bool:
        kind = BY_NAME[key[0]]
        if key in self._believed:
            return True
        ways = self._ways[key]
        if kind.shortened and any(_contains(other, key) for other in self._first):
            return False
        if (kind.weak or kind.shortened) and self._engines > 1:
            return len({way.partition("+")[0] for way in ways}) > 1
        return len(ways) > 1


def _contains(other: Key, key: Key) -> bool:
    """Whether another reading has this text and more."""
    return other != key and other[0] == key[0] and key[1] in other[1]


def distinct(readings: Iterable[Reading]) -> list[Reading]:
    """The readings without repeats of the same text in the same symbology, in the order of finding."""
    kept: dict[Key, Reading] = {}
    for reading in readings:
        kept.setdefault((reading.symbology.name, reading.text), reading)
    return list(kept.values())


def without_fragments(readings: list[Reading]) -> list[Reading]:
    """Without the weak readings that lie on another linear code: a piece of a long code can pass for a short
    one."""
    linear = [reading for reading in readings if BY_NAME[reading.symbology.name].linear]
    whole = [reading for reading in linear if not BY_NAME[reading.symbology.name].weak]
    return [
        reading
        for reading in readings
        if not (BY_NAME[reading.symbology.name].weak and any(_overlap(reading, other) for other in whole))
    ]


def _overlap(one: Reading, other: Reading) -> bool:
    if not one.corners or not other.corners:
        return False
    spans = (
        (min(a), max(a), min(b), max(b))
        for a, b in zip(zip(*one.corners, strict=True), zip(*other.corners, strict=True), strict=True)
    )
    return all(low <= its_high and its_low <= high for low, high, its_low, its_high in spans)
