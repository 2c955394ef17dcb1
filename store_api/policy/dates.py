"""Calendar arithmetic and sets of days. Months are only ever added; a year is twelve of them."""

from __future__ import annotations

import calendar
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from store_api.policy.values import Duration

LAST = date.max.toordinal()  # 9999-12-31, the calendar's end
_EVERY_DAY = ((1, LAST),)


def add(day: date, duration: Duration) -> date | None:
    """The day so much later, clamped to the end of its month; None past the calendar's end."""
    if duration.unit == "days":
        ordinal = day.toordinal() + duration.count
        return date.fromordinal(ordinal) if ordinal <= LAST else None
    months = day.month - 1 + duration.count * (12 if duration.unit == "years" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    if year > date.max.year:
        return None
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def whole_months_between(earlier: date, later: date) -> int:
    """The largest n such that `earlier + n months` is not after `later`; `earlier` is not after `later`."""
    guess = (later.year - earlier.year) * 12 + later.month - earlier.month
    reached = add(earlier, Duration(guess, "months"))
    return guess if reached is not None and reached <= later else guess - 1


@dataclass(frozen=True)
class Days:
    """A set of days as disjoint runs of ordinals, both ends included, by rising start."""

    runs: tuple[tuple[int, int], ...]

    @staticmethod
    def between(first: int, last: int) -> Days:
        """The days from first to last; none where last lies before first."""
        return Days(((first, last),)) if first <= last else Days(())

    def __or__(self, other: Days) -> Days:
        merged: list[tuple[int, int]] = []
        for low, high in sorted(self.runs + other.runs):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        return Days(tuple(merged))

    def __and__(self, other: Days) -> Days:
        if self.runs == _EVERY_DAY:
            return other
        if other.runs == _EVERY_DAY:
            return self
        both = [
            (max(low, other_low), min(high, other_high))
            for low, high in self.runs
            for other_low, other_high in other.runs
        ]
        return Days(tuple(sorted(run for run in both if run[0] <= run[1])))

    def others(self) -> Days:
        """All days of the calendar that are not in the set."""
        rest, begin = [], 1
        for low, high in self.runs:
            rest.append((begin, low - 1))
            begin = high + 1
        rest.append((begin, LAST))
        return Days(tuple(run for run in rest if run[0] <= run[1]))

    def first_from(self, day: int) -> int | None:
        """The first day of the set that is not before `day`."""
        return next((max(low, day) for low, high in self.runs if high >= day), None)

    def end_of_run(self, day: int) -> int | None:
        """The last day of the unbroken run that holds `day`."""
        return next((high for low, high in self.runs if low <= day <= high), None)


NEVER = Days(())
ALWAYS = Days(_EVERY_DAY)


def union(sets: Iterable[Days]) -> Days:
    """Days in any of the sets."""
    result = NEVER
    for days in sets:
        result |= days
    return result


def intersection(sets: Iterable[Days]) -> Days:
    """Days in all of the sets."""
    result = ALWAYS
    for days in sets:
        result &= days
    return result


def days_at_least_ago(day: date, duration: Duration) -> Days:
    """The days on which `day + duration` is reached."""
    reached = add(day, duration)
    return Days.between(reached.toordinal(), LAST) if reached is not None else NEVER


def days_within_last(day: date, duration: Duration) -> Days:
    """The days from `day` on until the day before `day + duration`."""
    ended = add(day, duration)
    return Days.between(day.toordinal(), ended.toordinal() - 1 if ended is not None else LAST)


def days_within_next(day: date, duration: Duration) -> Days:
    """The days up to `day` from which `day` is not further away than the duration."""

    def reaches(ordinal: int) -> bool:
        end = add(date.fromordinal(ordinal), duration)
        return end is None or end >= day

    # Adding a clamped duration never makes a later day reach less far, so the first day can be searched for.
    shortest, longest = (1, 1) if duration.unit == "days" else (28, 31)
    count = duration.count * (12 if duration.unit == "years" else 1)
    begin = max(1, day.toordinal() - longest * count)
    candidates = range(begin, max(1, day.toordinal() - shortest * count) + 1)
    first = begin + bisect_left(candidates, True, key=reaches)
    return Days.between(first, day.toordinal())
