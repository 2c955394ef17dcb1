"""The public page of a version: its lines, its neighbours and what changed, in every language.

What it must not know: the database, Flask, any customer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from store_api.contract import ComparisonText, PolicyPage, SheetLine, VersionMark
from store_api.policies.book import PolicyBook
from store_api.policies.words import LANGUAGES, put_in_words
from store_api.policy.change_words import change_lines
from store_api.policy.model import Policy, PolicyVersion, Term
from store_api.policy.public_words import version_lines
from store_api.policy.sheet_parts import SheetLine as CoreLine
from store_api.policy.text_changes import Kind, Weigh, weigh_bounds
from store_api.policy.use_words import UseNames

WEIGHED = frozenset({"loosened", "tightened", "changed", "same_test"})
"""What weighing two tests can come to."""
Lines = dict[str, tuple[SheetLine, ...]]


def pick_version(policy: Policy, number: int | None, today: dt.date) -> PolicyVersion | None:
    """The version of a number; without one that of today, else the next to begin, else the last."""
    if number is not None:
        return next((each for each in policy.versions if each.version == number), None)
    return policy.in_force_on(today) or policy.next_after(today) or policy.versions[-1]


def show_page(
    book: PolicyBook, policy: Policy, version: PolicyVersion, weigh: Weigh, today: dt.date, names: UseNames
) -> PolicyPage:
    """The page of a version as of a day; `weigh` weighs its tests against those before it.

    `names` are those of stores and of the other policies of its group.
    """
    catalogue = book.catalogue_of(version)
    marks = [_mark(each, today) for each in policy.versions]
    place = policy.versions.index(version)
    before = policy.versions[place - 1] if place > 0 else None
    return PolicyPage(
        text=put_in_words(version, catalogue),
        mark=marks[place],
        before=marks[place - 1] if place > 0 else None,
        after=marks[place + 1] if place + 1 < len(marks) else None,
        versions=tuple(reversed(marks)),
        lines={each: _to_wire(version_lines(version, catalogue, each, names)) for each in LANGUAGES},
        changes=_changes(book, before, version, weigh) if before is not None else None,
    )


def _mark(version: PolicyVersion, today: dt.date) -> VersionMark:
    began = version.effective_from <= today
    return VersionMark(
        version=version.version,
        effective_from=version.effective_from,
        effective_until=version.effective_until,
        state="in_force" if version.is_effective(today) else "ended" if began else "planned",
    )


def weigh_as_told(told: ComparisonText) -> Weigh:
    """Weighs two tests of a term as a comparison has told it; by their bounds what it does not tell."""
    kinds = {change.term: change.change for change in told.terms if change.change in WEIGHED}

    def weigh(one: Term, other: Term) -> Kind:
        return kinds.get(one.id) or weigh_bounds(one, other)

    return weigh


def _changes(book: PolicyBook, before: PolicyVersion, version: PolicyVersion, weigh: Weigh) -> Lines:
    catalogue = book.joined(before, version)
    return {each: _to_wire(change_lines(before, version, catalogue, each, weigh)) for each in LANGUAGES}


def _to_wire(lines: Iterable[CoreLine]) -> tuple[SheetLine, ...]:
    return tuple(
        SheetLine.model_validate(
            {
                "kind": each.kind,
                "text": each.text,
                "mark": each.mark,
                "status": each.status,
                "depth": each.depth,
            }
        )
        for each in lines
    )
