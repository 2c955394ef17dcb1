"""Values that facts can be changed to so that a set of terms is met together on one day.

Each fact is narrowed by every term that reads it, as bound or as fact, and then takes the value that lies
nearest to the one it has. Must know nothing of groups, days to come or costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import cast

from store_api.policy.allowed import allowed
from store_api.policy.evaluate import Facts, evaluate_term, resolve
from store_api.policy.model import Among, Between, Literally, Term
from store_api.policy.runs import Runs, union
from store_api.policy.scales import ORDERED, Scale, scale_of
from store_api.policy.values import MAX_SET, Duration, Value
from store_api.policy.vocabulary import Fact

# More facts than this are never changed together for terms that hang on one another.
MOST_TOGETHER = 4


def can_change(fact: Fact, facts: Facts) -> bool:
    """Whether somebody can give it another value; what is not known can be chosen, not paid or put right."""
    if fact.change == "choose":
        return True
    return fact.change in ("pay", "staff") and fact.key in facts


@dataclass(frozen=True)
class _Domain:
    """The numbers that a fact may take, and the scale on which they count."""

    scale: Scale
    runs: Runs

    def ends(self) -> tuple[Value, Value]:
        """The smallest and the largest value."""
        return self.scale.value(self.runs.lowest), self.scale.value(self.runs.highest)


@dataclass(frozen=True)
class Solver:
    """Finds values for facts of the catalogue, on one day, under some waivers."""

    catalogue: Mapping[str, Fact]
    facts: Facts
    on: date
    waivers: frozenset[str]

    def is_met(self, term: Term, facts: Facts) -> bool:
        """Whether the term is met or waived."""
        return evaluate_term(term, facts, self.on, self.waivers).truth is True

    def solve(self, terms: Sequence[Term], keys: Sequence[str]) -> Iterator[dict[str, Value]]:
        """New values for exactly these facts so that all terms are met; one for each set of words chosen."""
        # Of words each choice is a way of its own; of numbers the nearest one is.
        words = [
            key
            for key in keys
            if self.catalogue[key].type not in ORDERED and self.catalogue[key].type != "set"
        ]
        numbers = [key for key in keys if key not in words]
        for chosen in product(*(self._words(key, terms) for key in words)):
            values = dict(zip(words, chosen, strict=True))
            if all(self.facts.get(key) != value for key, value in values.items()):
                found = self._numbers(terms, numbers, values)
                if found is not None:
                    yield found

    def _numbers(
        self, terms: Sequence[Term], keys: Sequence[str], values: dict[str, Value]
    ) -> dict[str, Value] | None:
        left = list(keys)
        while left:
            domains = self._domains(terms, left, values)
            key = left.pop(0)
            value = self._value(key, terms, values, domains)
            if value is None or value == self.facts.get(key):
                return None
            values[key] = value
        facts = {**self.facts, **values}
        return values if all(self.is_met(term, facts) for term in terms) else None

    def _domains(
        self, terms: Sequence[Term], left: Sequence[str], values: Mapping[str, Value]
    ) -> dict[str, _Domain]:
        """What the facts that are still open may be, each narrowed by what the others may be."""
        known = {key: value for key, value in {**self.facts, **values}.items() if key not in left}
        scales = {key: self._scale(key, terms) for key in left if self.catalogue[key].type in ORDERED}
        domains = {
            key: _Domain(scale, self._base(key, scale)) for key, scale in scales.items() if scale is not None
        }
        for _ in domains:
            for key in domains:
                for term in self._reading(key, terms):
                    runs = domains[key].runs & self._projected(term, key, known, domains)
                    domains[key] = _Domain(domains[key].scale, runs)
        return domains

    def _reading(self, key: str, terms: Sequence[Term]) -> list[Term]:
        return [term for term in terms if key in term.facts and term.id not in self.waivers]

    def _value(
        self,
        key: str,
        terms: Sequence[Term],
        values: Mapping[str, Value],
        domains: Mapping[str, _Domain],
    ) -> Value | None:
        if self.catalogue[key].type == "set":
            return self._set(key, self._reading(key, terms), {**self.facts, **values})
        domain = domains.get(key)
        if domain is None or not domain.runs:
            return None
        scale, runs, base = domain.scale, domain.runs, self._base(key, domain.scale)
        if key in self.facts:
            return scale.value(runs.nearest(scale.number(self.facts[key])))
        bounded_above = runs.lowest == base.lowest and runs.highest < base.highest
        return scale.value(runs.highest if bounded_above else runs.lowest)

    def _projected(self, term: Term, key: str, known: Facts, domains: Mapping[str, _Domain]) -> Runs:
        """What `key` may be while other facts are open: an order between two is decided at their ends."""
        others = {other: domains[other] for other in term.facts if other in domains and other != key}
        if not all(domain.runs for domain in others.values()):
            return Runs(())
        corners = product(*(domain.ends() for domain in others.values()))
        return union(
            allowed(
                term, key, {**known, **dict(zip(others, corner, strict=True))}, self.on, domains[key].scale
            )
            for corner in corners
        )

    def _scale(self, key: str, terms: Sequence[Term]) -> Scale | None:
        values = [self.facts[key]] if key in self.facts else []
        for term in terms:
            if key in term.facts:
                values += [self.facts[other] for other in term.facts if other in self.facts]
                values += _literals(term)
        return scale_of(self.catalogue[key].type, values)

    def _base(self, key: str, scale: Scale) -> Runs:
        """What the fact can become at all: paying lowers what is owed and raises the part that is paid."""
        fact, current = self.catalogue[key], self.facts.get(key)
        if key in self.facts and fact.change not in ("choose", "pay", "staff"):
            number = scale.number(self.facts[key])
            return Runs.between(number, number)
        if fact.change != "pay" or current is None:
            return scale.whole
        number = scale.number(current)
        if fact.type == "percent":
            return Runs.between(number, scale.whole.highest)
        return Runs.between(min(0, number), number)

    def _words(self, key: str, terms: Sequence[Term]) -> list[Value]:
        fact = self.catalogue[key]
        if fact.type == "boolean":
            return [False, True]
        if fact.options:
            return list(fact.options)
        named = (value for term in terms if key in term.facts for value in self._named(term))
        return list(dict.fromkeys(value for value in named if isinstance(value, str)))

    def _named(self, term: Term) -> Iterator[Value]:
        yield from _literals(term)
        yield from (self.facts[key] for key in term.facts if key in self.facts)

    def _set(self, key: str, terms: Sequence[Term], known: Facts) -> Value | None:
        members = cast(frozenset[str], self.facts.get(key, frozenset()))
        options = self.catalogue[key].options or ()
        for term in sorted(terms, key=lambda term: term.test == "size_at_most"):
            bound = resolve(term.bound, known) if term.fact == key else None
            if bound is None:
                return None
            members = _changed_set(members, term, bound, options)
        return members if len(members) <= MAX_SET else None


def _changed_set(
    members: frozenset[str], term: Term, bound: object, options: tuple[str, ...]
) -> frozenset[str]:
    """The set with the least change that the term asks for."""
    if isinstance(bound, int):
        if term.negated:
            spare = [option for option in options if option not in members]
            return members | frozenset(spare[: max(0, bound + 1 - len(members))])
        return frozenset(sorted(members)[:bound]) if len(members) > bound else members
    named = bound if isinstance(bound, tuple) else (cast(str, bound),)
    wanted = (term.test == "contains") is not term.negated
    if not wanted:
        return members - frozenset(named)
    return members if not members.isdisjoint(named) else members | {named[0]}


def _literals(term: Term) -> list[Value]:
    """The values that the term's bound names, durations apart."""
    if isinstance(term.bound, Among):
        return [*term.bound.values]
    ends = (term.bound.low, term.bound.high) if isinstance(term.bound, Between) else (term.bound,)
    found = (end.value for end in ends if isinstance(end, Literally))
    return [value for value in found if not isinstance(value, Duration)]
