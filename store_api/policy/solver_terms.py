"""Terms, groups, tiers and benefits as formulas of the solver, in the same three-valued logic as `evaluate`.

Must know nothing of laws. Importing this module loads the solver.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import z3

from store_api.policy.allowed import days_that_meet
from store_api.policy.granted import DEVICE_PRICE
from store_api.policy.model import Among, Between, Bound, Group, Literally, PolicyVersion, Term, Tier
from store_api.policy.scales import Scale
from store_api.policy.solver_scope import facts_of
from store_api.policy.solver_world import Day, SetOf, World
from store_api.policy.values import Duration, Money, Value
from store_api.policy.vocabulary import Claim, FactRef

_SIGNS = {
    "at_least": lambda left, right: left >= right,
    "at_most": lambda left, right: left <= right,
    "more_than": lambda left, right: left > right,
    "less_than": lambda left, right: left < right,
    "on_or_after": lambda left, right: left >= right,
    "on_or_before": lambda left, right: left <= right,
    "after": lambda left, right: left > right,
    "before": lambda left, right: left < right,
}
_DURATIONS = frozenset({"at_least_ago", "within_last", "within_next"})


@dataclass(frozen=True)
class Truth3:
    """Whether something is true and whether it is false; neither is unknown."""

    true: Any
    false: Any


@dataclass(frozen=True)
class Put:
    """What stands in for a fact: an unknown or number, and whether it is known."""

    value: Any
    known: Any


@dataclass(frozen=True)
class Reading:
    """One customer as one version sees them.

    `marks` names facts that are read under a mark (a second customer differs in those alone); `put` stands in
    for facts that a claim replaces; `all_known` where no fact is ever missing; `waived` terms count as met.
    """

    world: World
    version: PolicyVersion
    marks: Mapping[str, str] = field(default_factory=dict)
    put: Mapping[str, Put] = field(default_factory=dict)
    all_known: bool = True
    waived: frozenset[str] = frozenset()

    # facts

    def value(self, key: str) -> Any:
        """The unknown behind a fact."""
        return self.put[key].value if key in self.put else self.world.fact(key, self.marks.get(key, ""))

    def known(self, key: str) -> Any:
        """Whether it is known."""
        if key in self.put:
            return self.put[key].known
        return self.world.constant(True) if self.all_known else self.world.known(key, self.marks.get(key, ""))

    def without(self, claim: Claim) -> Reading:
        """The same customer without what a claim says; facts that nothing reads stay out of it."""
        read = set(facts_of(self.version))
        put = {key: self._put(key, value) for key, value in claim.without.items() if key in read}
        return Reading(self.world, self.version, self.marks, put, self.all_known, self.waived)

    def _put(self, key: str, value: Value | FactRef | None) -> Put:
        if isinstance(value, FactRef):
            return Put(self.value(value.key), self.known(value.key))
        if value is None:
            return Put(self.value(key), self.world.constant(False))
        if isinstance(value, frozenset):
            return Put(self._set(value, key), self.world.constant(True))
        return Put(self.world.number(value, key), self.world.constant(True))

    def _set(self, value: frozenset[str], key: str) -> SetOf:
        elements = self.world.catalogue[key].options or self.world.names
        return SetOf({element: self.world.constant(element in value) for element in elements}, 0)

    # terms

    def term(self, term: Term) -> Truth3:
        """Of one term, waivers counted."""
        known = self.world.both(*(self.known(key) for key in term.facts))
        held = self._holds(term)
        met = z3.Not(held) if term.negated else held
        true, false = z3.And(known, met), z3.And(known, z3.Not(met))
        if term.id in self.waived:
            return Truth3(self.world.constant(True), self.world.constant(False))
        return Truth3(true, false)

    def _holds(self, term: Term) -> Any:
        if term.test in _DURATIONS:
            assert isinstance(term.bound, Literally)
            assert isinstance(term.bound.value, Duration)
            return self._dated(term.test, self.value(term.fact), term.bound.value)
        if self.world.catalogue[term.fact].type == "set":
            return self._set_holds(term, self.value(term.fact))
        if isinstance(term.bound, Among):
            found = self.world.either(*(self._equal(term, value) for value in term.bound.values))
            return found if term.test == "one_of" else z3.Not(found)
        if isinstance(term.bound, Between):
            low, high = self._end(term.bound.low, term.fact), self._end(term.bound.high, term.fact)
            value = self.world.rank(self.value(term.fact))
            return z3.And(value >= self.world.rank(low), value <= self.world.rank(high))
        bound = self._end(term.bound, term.fact)
        if term.test in _SIGNS:
            return _SIGNS[term.test](self.world.rank(self.value(term.fact)), self.world.rank(bound))
        equal = self.value(term.fact) == bound
        return equal if term.test == "is" else z3.Not(equal)

    def _equal(self, term: Term, value: str) -> Any:
        return self.value(term.fact) == self.world.names.index(value)

    def _end(self, bound: Bound, key: str) -> Any:
        if isinstance(bound, FactRef):
            return self.value(bound.key)
        assert isinstance(bound, Literally)
        assert not isinstance(bound.value, Duration)
        return self.world.number(bound.value, key)

    def _dated(self, test: str, day: Day, span: Duration) -> Any:
        today = self.world.today
        if self.world.on is not None:
            runs = days_that_meet(test, span, self.world.on).runs
            return self.world.either(*(z3.And(day.ordinal >= low, day.ordinal <= high) for low, high in runs))
        if test == "at_least_ago":
            return self._is_reached(day, span, today)
        if test == "within_last":
            return z3.And(
                self.world.rank(day) <= self.world.rank(today), z3.Not(self._is_reached(day, span, today))
            )
        return z3.And(self.world.rank(today) <= self.world.rank(day), self._reaches(today, span, day))

    def _is_reached(self, day: Day, span: Duration, today: Day) -> Any:
        """day + span ≤ today. Clamping only matters where today is the last day of its month."""
        if span.unit == "days":
            return self.world.ordinal(day) + span.count <= self.world.ordinal(today)
        month = day.month + _months(span)
        is_last = today.day == today.length
        return z3.Or(month < today.month, z3.And(month == today.month, z3.Or(day.day <= today.day, is_last)))

    def _reaches(self, today: Day, span: Duration, day: Day) -> Any:
        """today + span ≥ day. A clamped day is the last of its month, which no day of that month is after."""
        if span.unit == "days":
            return self.world.ordinal(today) + span.count >= self.world.ordinal(day)
        month = today.month + _months(span)
        return z3.Or(month > day.month, z3.And(month == day.month, today.day >= day.day))

    def _set_holds(self, term: Term, members: SetOf) -> Any:
        if term.test == "contains_none_of":
            assert isinstance(term.bound, Among)
            return z3.Not(self.world.either(*(members.members[name] for name in term.bound.values)))
        if term.test == "size_at_most":
            size = sum((z3.If(truth, 1, 0) for truth in members.members.values()), members.others)
            return size <= self._size(term.bound)
        if isinstance(term.bound, FactRef):
            return self._contains_fact(term, members, self.value(term.bound.key))
        assert isinstance(term.bound, Literally)
        return members.members[str(term.bound.value)]

    def _size(self, bound: Bound) -> Any:
        if isinstance(bound, FactRef):
            return self.value(bound.key)
        assert isinstance(bound, Literally)
        return bound.value

    def _contains_fact(self, term: Term, members: SetOf, element: Any) -> Any:
        named = (
            z3.And(element == self.world.names.index(name), has) for name, has in members.members.items()
        )
        # Of an element that nothing names, anything may be true; what that shows is checked by deciding.
        other = z3.And(element >= len(self.world.names), self.world.truth(f"{term.id} has another"))
        return self.world.either(*named, other)

    # groups

    def group(self, member: Term | Group) -> Truth3:
        """Of a term or group."""
        if isinstance(member, Term):
            return self.term(member)
        inner = [self.group(one) for one in member.members]
        return self.all(inner) if member.kind == "all" else self.any(inner)

    def all(self, inner: list[Truth3]) -> Truth3:
        """Kleene's and."""
        return Truth3(
            self.world.both(*(one.true for one in inner)), self.world.either(*(one.false for one in inner))
        )

    def any(self, inner: list[Truth3]) -> Truth3:
        """Kleene's or."""
        return Truth3(
            self.world.either(*(one.true for one in inner)), self.world.both(*(one.false for one in inner))
        )

    def outcome(self) -> Truth3:
        """Of the whole: the version's terms and any tier, where the version is in force."""
        parts = [self.group(self.version.requires)]
        if self.version.benefit.tiers:
            parts.append(self.any([self.group(tier.requires) for tier in self.version.benefit.tiers]))
        whole, in_force = self.all(parts), self.in_force()
        return Truth3(
            z3.And(in_force.true, whole.true), z3.Or(in_force.false, z3.And(in_force.true, whole.false))
        )

    def in_force(self) -> Truth3:
        """Whether the binding date lies within the version's span."""
        today = self.version.binds_to_today
        day = self.world.today if today else self.value(self.version.binds)
        known = self.world.constant(True) if today else self.known(self.version.binds)
        until = self.version.effective_until
        rank = self.world.rank
        begun = rank(day) >= rank(Day.of(self.version.effective_from))
        within = self.world.both(begun, rank(day) < rank(Day.of(until))) if until is not None else begun
        return Truth3(self.world.both(known, within), self.world.both(known, self.world.negation(within)))

    def tier(self, tier: Tier) -> Any:
        """Whether the tier's own terms are met."""
        return self.group(tier.requires).true

    # benefit

    def cents(self) -> Any:
        """What a yes is worth in minor units, 0 for an upgrade right; only meaningful where it is a yes."""
        benefit = self.version.benefit
        if benefit.percent is not None and benefit.of is not None:
            return self._part(benefit.percent, benefit.of, benefit.at_most)
        if benefit.tiers:
            worth: Any = z3.IntVal(0, self.world.context)
            for tier in benefit.tiers:
                worth = z3.If(self.tier(tier), minor(tier.amount), worth)
            return worth
        return z3.IntVal(minor(benefit.amount) if benefit.amount is not None else 0, self.world.context)

    def _part(self, percent: Decimal, of: str, at_most: Money | None) -> Any:
        # Half up: the floor of twice the part plus one half; nothing is given for less than nothing.
        over, under = percent.as_integer_ratio()
        whole = self.value(of)
        part = (2 * over * whole + 100 * under) / (200 * under)
        part = z3.If(whole > 0, part, 0)
        return part if at_most is None else z3.If(part > minor(at_most), minor(at_most), part)

    def amount_differs(self, other: Reading) -> Any:
        """Whether two readings of a yes differ in worth, what is applied to a price counted too."""
        benefit = self.version.benefit
        differs = self.cents() != other.cents()
        if benefit.of is not None:
            known, also = self.known(benefit.of), other.known(benefit.of)
            return z3.Or(known != also, z3.And(known, also, differs))
        if benefit.kind == "instant_credit" and DEVICE_PRICE in {**self.put, **other.put}:
            price, priced = self.value(DEVICE_PRICE), other.value(DEVICE_PRICE)
            known, also = self.known(DEVICE_PRICE), other.known(DEVICE_PRICE)
            applied = _applied(self.cents(), price) != _applied(other.cents(), priced)
            return z3.Or(differs, known != also, z3.And(known, also, applied))
        return differs


def _applied(worth: Any, price: Any) -> Any:
    price = z3.If(price > 0, price, 0) if not isinstance(price, int) else max(price, 0)
    return z3.If(worth < price, worth, price)


def _months(span: Duration) -> int:
    return span.count * (12 if span.unit == "years" else 1)


def minor(money: Money) -> int:
    """An amount in minor units."""
    return Scale("money", money.currency).number(money)
