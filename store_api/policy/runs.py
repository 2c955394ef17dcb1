"""Sets of whole numbers as disjoint runs: what a number, an amount or a date may become.

Amounts count in minor units, percentages in a fixed part, dates in ordinals. Must know nothing of facts or
terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Runs:
    """Disjoint runs with both ends included, by rising start."""

    runs: tuple[tuple[int, int], ...]

    @staticmethod
    def between(low: int, high: int) -> Runs:
        """The numbers from low to high; none where high lies below low."""
        return Runs(((low, high),)) if low <= high else Runs(())

    def __bool__(self) -> bool:
        return bool(self.runs)

    def __and__(self, other: Runs) -> Runs:
        both = ((max(a, c), min(b, d)) for a, b in self.runs for c, d in other.runs)
        return Runs(tuple(sorted(run for run in both if run[0] <= run[1])))

    def without(self, other: Runs) -> Runs:
        """The numbers of this set that the other does not have."""
        rest = self
        for low, high in other.runs:
            pieces = (
                (a, b)
                for run in rest.runs
                for a, b in ((run[0], min(run[1], low - 1)), (max(run[0], high + 1), run[1]))
            )
            rest = Runs(tuple(sorted({(a, b) for a, b in pieces if a <= b})))
        return rest

    @property
    def lowest(self) -> int:
        """The smallest number; the set must not be empty."""
        return self.runs[0][0]

    @property
    def highest(self) -> int:
        """The largest number; the set must not be empty."""
        return self.runs[-1][1]

    def nearest(self, number: int) -> int:
        """The number of the set that lies nearest; the smaller of two."""
        ends = (min(max(number, low), high) for low, high in self.runs)
        return min(ends, key=lambda end: (abs(end - number), end))


def union(sets: Iterable[Runs]) -> Runs:
    """Numbers in any of the sets."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(run for one in sets for run in one.runs):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return Runs(tuple(merged))
