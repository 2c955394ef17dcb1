"""One version put to very many recorded cases: outcome and tier alone, by the one evaluator.

A term's status depends on its own facts and, for some tests, on the day; a version's outcome depends on its
terms' statuses. Cases repeat both, so each is worked out once by `evaluate` and remembered. Nothing is
decided here in another way. Whether the version is in force does not count: it is put to every case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from store_api.policy.errors import PolicyErrors, Refused
from store_api.policy.evaluate import Evaluation, Outcome, Status, TermState, evaluate_term, looks_at_today
from store_api.policy.facts import Catalogue
from store_api.policy.model import PolicyVersion, Term
from store_api.policy.values import Money, Value, read_value

REMEMBERED = 100_000
"""Entries of one memory; beyond it is emptied, so that a million odd cases do not fill the machine."""

Raw = Mapping[str, Any]
"""A case's facts, hashable: money as (("amount", …), ("currency", …)), sets as tuples."""


@dataclass(frozen=True)
class Found:
    """What a version comes to in one case; `statuses` in the order of its terms."""

    outcome: Outcome
    tier: str | None
    worth: Money | None
    statuses: tuple[Status, ...]


@dataclass(frozen=True)
class _KnownTerm:
    term: Term
    facts: tuple[str, ...]
    dated: bool
    known: dict[Any, Status] = field(default_factory=dict)


class Bulk:
    """A version prepared for many cases."""

    def __init__(self, version: PolicyVersion, catalogue: Catalogue) -> None:
        self.version = version
        self._catalogue = catalogue
        self._terms = tuple(_KnownTerm(term, term.facts, looks_at_today(term)) for term in version.terms)
        self._found: dict[tuple[Status, ...], Found] = {}

    def find(self, raw: Raw, on: date) -> Found:
        """Outcome, tier and statuses of a case."""
        get = raw.get
        statuses = []
        for known in self._terms:
            given: Any = tuple([get(key) for key in known.facts])
            key = (given, on) if known.dated else given
            status = known.known.get(key)
            statuses.append(status if status is not None else self._work_out(known, key, given, on))
        found = self._found.get(tuple(statuses))
        return found if found is not None else self._conclude(tuple(statuses))

    def _work_out(self, known: _KnownTerm, key: Any, given: tuple[Any, ...], on: date) -> Status:
        facts = {
            name: value
            for name, raw in zip(known.facts, given, strict=True)
            if (value := self._typed(name, raw)) is not None
        }
        try:
            status = evaluate_term(known.term, facts, on, frozenset()).status
        except PolicyErrors:  # two currencies: it cannot be told
            status = "unknown"
        if len(known.known) >= REMEMBERED:
            known.known.clear()
        known.known[key] = status
        return status

    def _typed(self, name: str, raw: Any) -> Value | None:
        """The fact's value; None where it is missing, or is none under this catalogue."""
        fact = self._catalogue.facts.get(name)
        if raw is None or fact is None:
            return None
        try:
            return read_value(_plain(raw), fact)
        except Refused:
            return None

    def _conclude(self, statuses: tuple[Status, ...]) -> Found:
        states = {
            known.term.id: TermState(known.term, status, None, None)
            for known, status in zip(self._terms, statuses, strict=True)
        }
        evaluation = Evaluation(self.version, states)
        outcome, benefit = evaluation.outcome, self.version.benefit
        tier = evaluation.best_tier if outcome == "eligible" else None
        worth = tier.amount if tier is not None else benefit.amount
        found = Found(outcome, tier.id if tier else None, worth if outcome == "eligible" else None, statuses)
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        self._found[statuses] = found
        return found


def _plain(raw: Any) -> Any:
    """The value as JSON had it."""
    if not isinstance(raw, tuple):
        return raw
    if raw and all(isinstance(each, tuple) for each in raw):
        return dict(raw)
    return list(raw)
