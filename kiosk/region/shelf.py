"""The list of policies: in force, planned, in draft, stopped, and days that are left without a version.

What it is for: rows and figures from the service's versions and drafts; search and filter.
What it must not know: requests, sessions, the store's client.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from store_api.contract import DraftSummary, VersionEntry, VersionList, Words

STATES = ("in_force", "approved", "checked", "draft", "stopped", "superseded", "ended")
LIVE = ("in_force", "approved")
OPEN_DRAFTS = ("draft", "checked")


@dataclass(frozen=True)
class Span:
    """Days that need a look: none of the versions in force (`until` is the last such day, null for good), or
    two of them."""

    kind: Literal["gap", "overlap"]
    starts_on: dt.date
    until: dt.date | None = None
    versions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Row:
    """One policy of the list; `policy` is null for a draft whose text cannot be read."""

    policy: str | None
    title: Words | None
    current: VersionEntry | None
    planned: tuple[VersionEntry, ...]
    stopped: tuple[VersionEntry, ...]
    past: tuple[VersionEntry, ...]
    drafts: tuple[DraftSummary, ...]
    spans: tuple[Span, ...]

    @property
    def states(self) -> set[str]:
        """Every state that something of this policy is in."""
        current = (self.current,) if self.current is not None else ()
        versions = (*current, *self.planned, *self.stopped, *self.past)
        return {str(each.state) for each in versions} | {str(each.state) for each in self.drafts}

    @property
    def newest(self) -> int | None:
        """The version that stands for the policy: the one in force, else the newest."""
        if self.current is not None:
            return self.current.version
        versions = [each.version for each in (*self.planned, *self.stopped, *self.past)]
        return max(versions, default=None)

    def holds(self, word: str) -> bool:
        """Whether a search for a word finds this policy."""
        names = {each.author for each in self.drafts}
        told = [*(self.title or {}).values(), self.policy or "", *sorted(names)]
        return word.casefold() in " ".join(told).casefold()


def rows(policies: Iterable[VersionList], drafts: Iterable[DraftSummary]) -> tuple[Row, ...]:
    """A row for every policy by its order, then for what is in draft only."""
    open_drafts: dict[str | None, list[DraftSummary]] = defaultdict(list)
    for draft in drafts:
        if draft.state in OPEN_DRAFTS:
            open_drafts[draft.policy].append(draft)
    known = [_row(each, open_drafts.pop(each.policy, [])) for each in policies]
    unreadable = open_drafts.pop(None, [])
    new = [_draft_row(found) for found in open_drafts.values()]
    return (*known, *new, *(_draft_row([draft]) for draft in unreadable))


def _row(policy: VersionList, drafts: Sequence[DraftSummary]) -> Row:
    def of(*states: str) -> tuple[VersionEntry, ...]:
        return tuple(each for each in policy.versions if each.state in states)

    return Row(
        policy.policy,
        policy.title,
        next(iter(of("in_force")), None),
        of("approved"),
        of("stopped"),
        of("superseded", "ended"),
        tuple(drafts),
        tuple(spans(policy.versions)),
    )


def _draft_row(drafts: Sequence[DraftSummary]) -> Row:
    first = drafts[0]
    return Row(first.policy, first.title, None, (), (), (), tuple(drafts), ())


def spans(versions: Iterable[VersionEntry]) -> Iterator[Span]:
    """Days without a version, or with two, from the one in force on."""
    live = sorted((each for each in versions if each.state in LIVE), key=lambda each: each.effective_from)
    for entry, following in zip(live, [*live[1:], None], strict=True):
        ends_on = entry.ends_on
        if following is None:
            if ends_on is not None:
                yield Span("gap", ends_on)
        elif ends_on is None or ends_on > following.effective_from:
            yield Span("overlap", following.effective_from, versions=(entry.version, following.version))
        elif ends_on < following.effective_from:
            yield Span("gap", ends_on, following.effective_from - dt.timedelta(days=1))


def figures(found: Iterable[Row]) -> dict[str, int]:
    """How many policies have something in force, planned, in draft, stopped."""
    counted: Counter[str] = Counter()
    for row in found:
        counted["in_force"] += row.current is not None
        counted["planned"] += bool(row.planned)
        counted["drafts"] += bool(row.drafts)
        counted["stopped"] += bool(row.stopped)
    return {name: counted[name] for name in ("in_force", "planned", "drafts", "stopped")}


def wanted(found: Iterable[Row], word: str, state: str) -> tuple[Row, ...]:
    """The rows that a search and a filter leave."""
    return tuple(row for row in found if row.holds(word) and (not state or state in row.states))
