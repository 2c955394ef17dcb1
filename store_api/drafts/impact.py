"""The impact of a draft: recorded decisions decided again under it, and who would get another answer.

What it is for: one recorded case after another in, counts by store and term out. Both versions are put to the
recorded facts by the one evaluator, as if each were in force; what a reason outside the terms refused stays
refused and is set aside.
What it must not know: the database's statements, Flask.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from store_api.contract import (
    Impact,
    ImpactChange,
    ImpactCounts,
    ImpactFlip,
    ImpactOfStore,
    ImpactOfTerm,
)
from store_api.decisions.service import RecordedCase
from store_api.policies.service import PolicyBook
from store_api.policy.bulk import Bulk, Found
from store_api.policy.evaluate import Outcome
from store_api.policy.facts import Catalogue
from store_api.policy.model import PolicyVersion

REMEMBERED = 100_000
"""Cases with the same facts on the same day are worked out once; beyond so many the memory is emptied."""
FLIPS_KEPT = 100
"""Flips that are named one by one; all are counted."""
CHANGES: tuple[ImpactChange, ...] = ("loses", "gains", "less", "more", "opens", "other")


class Turned(NamedTuple):
    """What becomes of a case: None where nothing does."""

    change: ImpactChange
    before: Outcome
    after: Outcome
    terms: tuple[str, ...]


@dataclass
class Tally:
    """Counts that grow from case to case."""

    decisions: int = 0
    aside: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    stores: dict[str, Counter[str]] = field(default_factory=dict)
    terms: dict[str, Counter[str]] = field(default_factory=dict)
    flips: list[ImpactFlip] = field(default_factory=list)
    unrecorded: Counter[str] = field(default_factory=Counter)

    def counts(self) -> ImpactCounts:
        """The counts of all cases so far."""
        return _counts(self.decisions - self.aside, self.changes)


class ImpactMeter:
    """Puts recorded cases to a draft and to the versions that decided them."""

    def __init__(self, draft: PolicyVersion, catalogue: Catalogue, book: PolicyBook) -> None:
        self.draft = draft
        self.tally = Tally()
        self._after = Bulk(draft, catalogue)
        self._before: dict[int, Bulk | None] = {}
        self._book = book
        self._read = tuple(dict.fromkeys(key for term in draft.terms for key in term.facts))
        self._known: dict[tuple[int | None, dt.date, str], tuple[Turned | None, tuple[str, ...]]] = {}

    def take(self, cases: Iterable[RecordedCase]) -> tuple[ImpactFlip, ...]:
        """Count some cases; the flips among them that are named one by one."""
        tally, first = self.tally, len(self.tally.flips)
        for case in cases:
            tally.decisions += 1
            if case.coded:
                tally.aside += 1
                continue
            turned = self._turned(case)
            store = tally.stores.get(case.store_id)
            if store is None:
                store = tally.stores[case.store_id] = Counter()
            store["decisions"] += 1
            if turned is not None:
                self._count(case, turned, store)
        return tuple(tally.flips[first:])

    def impact(self, days: int, since: dt.date, names: dict[str, str]) -> Impact:
        """All counts; `names` are the stores'."""
        tally = self.tally
        stores = [
            ImpactOfStore(
                store_id=store, name=names.get(store, store), counts=_counts(found["decisions"], found)
            )
            for store, found in sorted(tally.stores.items())
        ]
        terms = [
            ImpactOfTerm(term=term, **{change: found[change] for change in CHANGES})
            for term, found in sorted(tally.terms.items(), key=lambda item: (-item[1].total(), item[0]))
        ]
        return Impact(
            days=days,
            since=since,
            counts=tally.counts(),
            aside=tally.aside,
            stores=tuple(stores),
            terms=tuple(terms),
            flips=tuple(tally.flips),
            unrecorded=tuple(key for key in self._read if tally.unrecorded[key]),
        )

    def _turned(self, case: RecordedCase) -> Turned | None:
        key = (case.version, case.on, case.facts)
        known = self._known.get(key)
        if known is None:
            known = self._work_out(case)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = known
        if known[1]:
            self.tally.unrecorded.update(known[1])
        return known[0]

    def _work_out(self, case: RecordedCase) -> tuple[Turned | None, tuple[str, ...]]:
        raw = _hashable_facts(case.facts)
        missing = tuple(key for key in self._read if key not in raw)
        before = self._version(case.version)
        if before is None:
            return None, missing
        one, other = before.find(raw, case.on), self._after.find(raw, case.on)
        change = _change(one, other)
        if change is None:
            return None, missing
        return Turned(
            change, one.outcome, other.outcome, _turning(change, before, one, self._after, other)
        ), missing

    def _version(self, number: int | None) -> Bulk | None:
        if number is None:
            return None
        if number not in self._before:
            version = self._book.version(self.draft.policy, number)
            catalogue = self._book.catalogue_of(version) if version is not None else None
            self._before[number] = Bulk(version, catalogue) if version and catalogue else None
        return self._before[number]

    def _count(self, case: RecordedCase, turned: Turned, store: Counter[str]) -> None:
        tally = self.tally
        tally.changes[turned.change] += 1
        store[turned.change] += 1
        for term in turned.terms:
            tally.terms.setdefault(term, Counter())[turned.change] += 1
        if len(tally.flips) < FLIPS_KEPT and turned.change != "other":
            tally.flips.append(
                ImpactFlip(
                    terms_code=case.terms_code,
                    store_id=case.store_id,
                    on=case.on,
                    change=turned.change,
                    before=turned.before,
                    after=turned.after,
                    terms=turned.terms,
                )
            )


def _change(before: Found, after: Found) -> ImpactChange | None:
    if before.outcome != after.outcome:
        if after.outcome == "eligible":
            return "gains"
        if before.outcome == "eligible":
            return "loses" if after.outcome == "not_eligible" else "opens"
        return "other"
    one, other = before.worth, after.worth
    if one is None or other is None or one.currency != other.currency or one.amount == other.amount:
        return None
    return "less" if other.amount < one.amount else "more"


def _turning(change: ImpactChange, before: Bulk, one: Found, after: Bulk, other: Found) -> tuple[str, ...]:
    """The terms that make the difference: open or unmet on one side, and not so on the other."""
    were, are = _open_terms(before, one), _open_terms(after, other)
    mine, theirs = (were, are) if change in ("gains", "more") else (are, were)
    turned = tuple(term for term, status in mine.items() if theirs.get(term) != status)
    return turned or tuple(mine)


def _open_terms(bulk: Bulk, found: Found) -> dict[str, str]:
    pairs = zip(bulk.version.terms, found.statuses, strict=True)
    return {term.id: status for term, status in pairs if status not in ("met", "waived")}


def _hashable_facts(text: str) -> dict[str, Any]:
    """A case's facts with money as pairs and sets as tuples, so that they can be remembered by."""
    facts: dict[str, Any] = dict(json.loads(text, object_pairs_hook=tuple))
    for key, value in facts.items():
        if isinstance(value, list):
            facts[key] = tuple(value)
    return facts


def _counts(decisions: int, found: Counter[str]) -> ImpactCounts:
    changed = {change: found[change] for change in CHANGES}
    return ImpactCounts(decisions=decisions, same=decisions - sum(changed.values()), **changed)
