"""When an answer changes by waiting alone: first, earliest and last days of a yes.

Computed from the sets of days on which terms are met, never by trying days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from store_api.policy.dates import ALWAYS, LAST, Days
from store_api.policy.evaluate import Evaluation, TermState
from store_api.policy.model import PolicyVersion
from store_api.policy.vocabulary import Fact


@dataclass(frozen=True)
class Horizon:
    """Days on which the answer turns.

    `too_late_on` is the day on which waiting would bring a yes if it did not lie behind the end of the
    voucher (`too_late_by` is "ends") or of the version ("until").
    """

    first_yes_on: date | None = None
    earliest_possible_on: date | None = None
    cannot_be_known: bool = False
    last_yes_on: date | None = None
    too_late_on: date | None = None
    too_late_by: Literal["ends", "until"] | None = None


def horizon_of_yes(evaluation: Evaluation, on: date, ends: date | None) -> Horizon:
    """How long a yes holds: the unbroken run from `on`, whatever the tier, within version and voucher."""
    run_end = evaluation.days().end_of_run(on.toordinal())
    last = None if run_end is None or run_end >= LAST else date.fromordinal(run_end)
    limits = [day for day in (last, _last_day(evaluation.version), ends) if day is not None]
    return Horizon(last_yes_on=min(limits, default=None))


def horizon_of_no(
    evaluation: Evaluation, on: date, ends: date | None, catalogue: Mapping[str, Fact]
) -> Horizon:
    """When a "no" or an undecided turns to yes by waiting; `on` may lie before the version begins."""
    version = evaluation.version
    begins = version.effective_from if version.binds_to_today else on
    window = _Window(max(on, begins).toordinal(), on.toordinal(), _last_day(version), ends)
    first, too_late_by, too_late_on = window.first(evaluation.days())
    optimistic = window.earliest(evaluation.days(_unknown_as_met))

    def rolling_as_met(state: TermState) -> Days:
        return ALWAYS if any(catalogue[key].rolls for key in state.term.facts) else state.days()

    if_rolled, _, _ = window.first(evaluation.days(rolling_as_met))
    return Horizon(
        first_yes_on=first,
        earliest_possible_on=optimistic,
        cannot_be_known=first is None and if_rolled is not None,
        too_late_on=too_late_on,
        too_late_by=too_late_by,
    )


def met_on(state: TermState, on: date) -> date | None:
    """The first later day on which an unmet term is met by waiting."""
    if state.status != "unmet":
        return None
    day = state.days().first_from(on.toordinal() + 1)
    return date.fromordinal(day) if day is not None else None


def _unknown_as_met(state: TermState) -> Days:
    return ALWAYS if state.status == "unknown" else state.days()


def _last_day(version: PolicyVersion) -> date | None:
    if not version.binds_to_today or version.effective_until is None:
        return None
    return version.effective_until - timedelta(days=1)


@dataclass(frozen=True)
class _Window:
    """The days that count: from `begin`, after `on`, up to the end of version and voucher."""

    begin: int
    on: int
    last: date | None
    ends: date | None

    def first(self, days: Days) -> tuple[date | None, Literal["ends", "until"] | None, date | None]:
        """The first day after `on`, or why it is too late and when it would have been."""
        found = days.first_from(max(self.begin, self.on + 1))
        if found is None:
            return None, None, None
        day = date.fromordinal(found)
        if self.last is not None and day > self.last:
            return None, "until", day
        if self.ends is not None and day > self.ends:
            return None, "ends", day
        return day, None, None

    def earliest(self, days: Days) -> date | None:
        """The first day from `on` on."""
        found = days.first_from(self.begin)
        if found is None or any(found > limit.toordinal() for limit in (self.last, self.ends) if limit):
            return None
        return date.fromordinal(found)
