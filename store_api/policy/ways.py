"""Ways to yes: for a "no", the smallest sets of changes that make it a yes, and the first day of that yes.

Computed from the rules: from the sets of terms that are enough, the values that each fact may take, and the
days on which terms are met. What nobody can change, by its catalogue entry, keeps its value. Must know
nothing of words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import combinations, product
from typing import Any, Literal, cast

from store_api.policy.changes import MOST_TOGETHER, Solver, can_change
from store_api.policy.dates import ALWAYS, NEVER, Days
from store_api.policy.decision import NONE_IN_FORCE, Decision
from store_api.policy.evaluate import Evaluation, Facts, evaluate
from store_api.policy.facts import Catalogue
from store_api.policy.implicants import implicants
from store_api.policy.model import PolicyVersion, Term
from store_api.policy.scales import ORDERED
from store_api.policy.values import Money, Value, value_to_json
from store_api.policy.vocabulary import Fact

MOST_WAYS = 8

# Days on which something begins to hold; more than these are never looked at for one set of terms.
_MOST_DAYS = 24

Do = Literal["pay", "choose", "wait", "staff"]


@dataclass(frozen=True)
class Change:
    """One thing to do. For `wait` the fact keeps its value and `to` is the day; else `to` is the new value.

    `term` is the first term of the way that the change meets. `term` and `fact` are None for a wait until the
    policy begins.
    """

    term: str | None
    fact: str | None
    do: Do
    to: Value
    cost: Money | None = None

    def to_json(self) -> dict[str, Any]:
        """The wire form."""
        return {"term": self.term, "fact": self.fact, "do": self.do, "to": value_to_json(self.to)}


@dataclass(frozen=True)
class Way:
    """Changes that together make a yes from `on` on; `cost` is the sum to be paid where it is known."""

    changes: tuple[Change, ...]
    on: date
    cost: Money | None = None

    def to_json(self) -> dict[str, Any]:
        """The wire form: {"changes", "cost", "on"}."""
        changes = [change.to_json() for change in self.changes]
        return {"changes": changes, "cost": value_to_json(self.cost), "on": self.on.isoformat()}


@dataclass(frozen=True)
class Ways:
    """At most eight ways, cheapest first; `more` where there are, or may be, others."""

    ways: tuple[Way, ...] = ()
    more: bool = False

    @property
    def today(self) -> Way | None:
        """The cheapest way that needs no waiting."""
        return next((way for way in self.ways if all(change.do != "wait" for change in way.changes)), None)


def ways_to_yes(decision: Decision, catalogue: Catalogue) -> Ways:
    """The ways of a "no"; none for a yes, for an undecided and for a "no" by the service's own codes."""
    if decision.outcome != "not_eligible" or set(decision.codes) - {NONE_IN_FORCE}:
        return Ways()
    if decision.document is not None:
        return _Finder(decision, decision.document, catalogue.facts).find()
    # No version has decided, so nothing is known but the day on which one will.
    day = decision.first_yes_on
    return Ways((Way((Change(None, None, "wait", day),), day),)) if day is not None else Ways()


@dataclass(frozen=True)
class _Finder:
    decision: Decision
    version: PolicyVersion
    catalogue: Mapping[str, Fact]
    seen: set[frozenset[tuple[str, Value]]] = field(default_factory=set)

    def find(self) -> Ways:
        enough = implicants(self.version, self._sure)
        ways: dict[Way, None] = {}
        for ids in enough.sets:
            terms = [term for term in self.version.terms if term.id in ids]
            for values in self._values(terms):
                way = self._smallest(values) if self._is_new(values) else None
                if way is not None:
                    ways[way] = None
        kept = sorted((way for way in ways if not self._is_beaten(way, ways)), key=self._rank)
        return Ways(tuple(kept[:MOST_WAYS]), enough.cut or len(kept) > MOST_WAYS)

    def _is_new(self, values: Mapping[str, Value]) -> bool:
        before = len(self.seen)
        self.seen.add(frozenset(values.items()))
        return len(self.seen) > before

    # what stands

    @cached_property
    def _now(self) -> Evaluation:
        return evaluate(self.version, self.decision.facts, self.decision.on, self.decision.waivers)

    @cached_property
    def _begin(self) -> int:
        return self.decision.on.toordinal()

    @cached_property
    def _last(self) -> date:
        until = self.version.effective_until if self.version.binds_to_today else None
        last = until - timedelta(days=1) if until is not None else date.max
        return min(last, self.decision.ends or date.max)

    def _sure(self, term: Term) -> bool | None:
        days = self._now.states[term.id].days()
        if term.id in self.decision.waivers:
            return True
        if self._changeable(term):
            return None
        return True if days == ALWAYS else False if days == NEVER else None

    def _changeable(self, term: Term) -> list[str]:
        # The date that picks the version stays as it is: another one would be another policy text.
        return [
            key
            for key in term.facts
            if key != self.version.binds and can_change(self.catalogue[key], self.decision.facts)
        ]

    # values

    def _values(self, terms: list[Term]) -> Iterator[dict[str, Value]]:
        """Sets of new values that meet the terms on a day, in the order of the days."""
        for day in self._days(terms):
            solver = Solver(self.catalogue, self.decision.facts, day, self.decision.waivers)
            parts = [list(self._of_part(solver, part)) for part in self._parts(terms)]
            for chosen in product(*parts):
                yield {key: value for values in chosen for key, value in values.items()}

    def _days(self, terms: list[Term]) -> list[date]:
        starts = {
            low
            for term in terms
            for low, _ in self._now.states[term.id].days().runs
            if self._begin < low <= self._last.toordinal()
        }
        if self._begin > self._last.toordinal():
            return []
        return [date.fromordinal(day) for day in [self._begin, *sorted(starts)][:_MOST_DAYS]]

    def _parts(self, terms: list[Term]) -> list[list[Term]]:
        """Terms that hang on one another through facts that can be changed, apart from the others."""
        parts: list[tuple[set[str], list[Term]]] = []
        for term in terms:
            keys, joined = set(self._changeable(term)), [term]
            for other in [part for part in parts if part[0] & keys]:
                parts.remove(other)
                keys, joined = keys | other[0], [*other[1], *joined]
            parts.append((keys, joined))
        return [part for _, part in parts]

    def _of_part(self, solver: Solver, terms: list[Term]) -> Iterator[dict[str, Value]]:
        """The smallest sets of facts to change, each with its new values."""
        keys = list(dict.fromkeys(key for term in terms for key in self._changeable(term)))
        found: list[frozenset[str]] = []
        for size in range(min(len(keys), MOST_TOGETHER) + 1):
            for some in combinations(keys, size):
                if any(other <= set(some) for other in found):
                    continue
                for values in solver.solve(terms, some):
                    found.append(frozenset(some))
                    yield values

    # ways

    def _smallest(self, values: dict[str, Value]) -> Way | None:
        """The smallest part of the changes that is a yes no later than all of them."""
        whole = self._first_day(values)
        if whole is None:
            return None
        for size in range(len(values) + 1):
            for keys in combinations(values, size):
                part = {key: values[key] for key in keys}
                day = self._first_day(part)
                if day is not None and day <= whole:
                    return self._way(part, date.fromordinal(day))
        return None

    def _first_day(self, values: Mapping[str, Value]) -> int | None:
        day = self._days_with(values).first_from(self._begin)
        return day if day is not None and day <= self._last.toordinal() else None

    def _with(self, values: Mapping[str, Value]) -> Facts:
        return {**self.decision.facts, **values}

    def _days_with(self, values: Mapping[str, Value]) -> Days:
        on = date.fromordinal(self._begin)
        return evaluate(self.version, self._with(values), on, self.decision.waivers).days()

    def _way(self, values: Mapping[str, Value], on: date) -> Way:
        changes = [self._change(key, value) for key, value in values.items()]
        if on > self.decision.on:
            changes.append(self._wait(values, on))
        order = {term.id: index for index, term in enumerate(self.version.terms)}
        changes.sort(key=lambda change: (order.get(change.term or "", -1), change.fact or ""))
        return Way(tuple(changes), on, _sum_of(changes))

    def _change(self, key: str, value: Value) -> Change:
        reading = [term for term in self.version.terms if key in term.facts]
        unmet = [term for term in reading if self._now.states[term.id].truth is not True]
        current, do = self.decision.facts.get(key), cast(Do, self.catalogue[key].change)
        cost = None
        if do == "pay" and isinstance(value, Money) and isinstance(current, Money):
            difference = value.minus(current)
            cost = Money(abs(difference.amount), difference.currency)
        return Change((unmet or reading)[0].id, key, do, value, cost)

    def _wait(self, values: Mapping[str, Value], on: date) -> Change:
        """Waiting, for the term that begins to hold on that day."""
        state = evaluate(self.version, self._with(values), on, self.decision.waivers)
        for term in self.version.terms:
            if any(
                low == on.toordinal() > self.decision.on.toordinal()
                for low, _ in state.states[term.id].days().runs
            ):
                return Change(term.id, term.fact, "wait", on)
        return Change(None, None, "wait", on)

    def _is_beaten(self, way: Way, ways: Mapping[Way, None]) -> bool:
        return any(
            self._beats(other, way) and not (self._beats(way, other) and self._rank(way) < self._rank(other))
            for other in ways
            if other != way
        )

    def _beats(self, one: Way, other: Way) -> bool:
        """Whether one asks for nothing that the other does not ask for at least as much, and no later."""
        theirs = {change.fact: change for change in other.changes if change.do != "wait"}
        return one.on <= other.on and all(
            change.fact in theirs and self._is_no_more(change, theirs[change.fact])
            for change in one.changes
            if change.do != "wait"
        )

    def _is_no_more(self, one: Change, other: Change) -> bool:
        if one.to == other.to:
            return True
        key = one.fact or ""
        current = self.decision.facts.get(key)
        if self.catalogue[key].type not in ORDERED or current is None:
            return False
        return bool(_distance(one.to, current) <= _distance(other.to, current))

    def _rank(self, way: Way) -> tuple[Any, ...]:
        """Without payment first, then by sum, then payments of unknown size; then sooner, then shorter."""
        pays = any(change.do == "pay" for change in way.changes)
        amount = way.cost.amount if way.cost is not None else Decimal(0)
        group = 0 if not pays else 1 if way.cost is not None else 2
        order = [list(self._now.states).index(change.term) if change.term else -1 for change in way.changes]
        return (group, amount, way.on, len(way.changes), order, [str(change.to) for change in way.changes])


def _distance(value: Value, current: Value) -> Any:
    if isinstance(value, Money) and isinstance(current, Money):
        return abs(value.amount - current.amount)
    if isinstance(value, date) and isinstance(current, date):
        return abs((value - current).days)
    assert isinstance(value, (int, Decimal))
    assert isinstance(current, (int, Decimal))
    return abs(value - current)


def _sum_of(changes: list[Change]) -> Money | None:
    """What is paid in all; None where nothing is, where a sum is not known or where two currencies meet."""
    paid = [change.cost for change in changes if change.do == "pay"]
    if not paid or any(cost is None for cost in paid):
        return None
    known = [cost for cost in paid if cost is not None]
    if len({cost.currency for cost in known}) > 1:
        return None
    total = known[0]
    for cost in known[1:]:
        total = total.plus(cost)
    return total
