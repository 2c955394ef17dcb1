"""Two versions side by side: what changed in the text, and who gains and who loses by it.

Who gains and loses is asked of the solver as if both versions were in force for everybody; whoever is found
is decided under both before they are told of. All facts are known: a question left open is no loss yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import z3

from store_api.policy.decide import Decision, decide
from store_api.policy.errors import PolicyErrors
from store_api.policy.facts import Catalogue
from store_api.policy.findings import Customer, Why
from store_api.policy.model import TODAY, Group, PolicyVersion, Term
from store_api.policy.question import GIVE_UP_AFTER, Asker
from store_api.policy.solver_scope import TwoCurrencies, scope_of
from store_api.policy.solver_terms import Reading
from store_api.policy.solver_world import World
from store_api.policy.values import Money

Kind = Literal["added", "removed", "loosened", "tightened", "changed", "reworded", "moved", "same_test"]
Side = Literal["loses", "gains"]


@dataclass(frozen=True)
class TermChange:
    """One term's change; `same_test` is another way to write what tests the same."""

    kind: Kind
    term: str
    old: Term | None
    new: Term | None


@dataclass(frozen=True)
class Affected:
    """Who loses or gains: a customer with what they had and have, or nobody (proved), or not proved."""

    side: Side
    verdict: Literal["shown", "nobody", "not_proved"]
    customer: Customer | None = None
    before: Decision | None = None
    after: Decision | None = None
    why: Why | None = None


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two versions; `fields` are the names of other parts that changed."""

    old: PolicyVersion
    new: PolicyVersion
    terms: tuple[TermChange, ...]
    fields: tuple[str, ...]
    loses: Affected
    gains: Affected


def compare(
    old: PolicyVersion, new: PolicyVersion, catalogue: Catalogue, give_up_after: int = GIVE_UP_AFTER
) -> Comparison:
    """Compare two versions; `give_up_after` counts the solver's steps for each question."""
    sides = _Sides(_for_everybody(old), _for_everybody(new), catalogue, give_up_after, new.effective_from)
    terms = tuple(_term_changes(old, new, catalogue, give_up_after))
    fields = tuple(_fields(old, new))
    return Comparison(old, new, terms, fields, sides.affected("loses"), sides.affected("gains"))


def _for_everybody(version: PolicyVersion) -> PolicyVersion:
    """The version as if it were in force on any day, so that two can be compared on the same customer."""
    return replace(
        version, effective_from=date.min, effective_until=None, binds=TODAY, digest=f"{version.digest} always"
    )


# the text


def _fields(old: PolicyVersion, new: PolicyVersion) -> Iterator[str]:
    pairs = {
        "title": (old.title, new.title),
        "source": (old.source, new.source),
        "effective": ((old.effective_from, old.effective_until), (new.effective_from, new.effective_until)),
        "binds": (old.binds, new.binds),
        "benefit": (_benefit(old), _benefit(new)),
        "agrees": (old.agrees, new.agrees),
        "not_required": (set(old.not_required), set(new.not_required)),
        "waivable": (set(old.waivable), set(new.waivable)),
        "combines": (old.combines, new.combines),
        "scope": (old.scope, new.scope),
    }
    yield from (name for name, (before, after) in pairs.items() if before != after)


def _benefit(version: PolicyVersion) -> Any:
    tiers = [(tier.id, tier.amount, tier.says) for tier in version.benefit.tiers]
    return (replace(version.benefit, tiers=()), tiers)


def _term_changes(
    old: PolicyVersion, new: PolicyVersion, catalogue: Catalogue, give_up_after: int
) -> Iterator[TermChange]:
    before, after = {term.id: term for term in old.terms}, {term.id: term for term in new.terms}
    were, are = _standing(old), _standing(new)
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            yield TermChange("removed" if other is None else "added", key, one, other)
            continue
        if _test_of(one) != _test_of(other):
            yield TermChange(_Weighing(old, new, catalogue, give_up_after).kind(one, other), key, one, other)
        elif one.says != other.says:
            yield TermChange("reworded", key, one, other)
        if were[key] != are[key]:
            yield TermChange("moved", key, one, other)


def _test_of(term: Term) -> tuple[Any, ...]:
    return (term.fact, term.test, term.bound, term.negated)


def _standing(version: PolicyVersion) -> dict[str, tuple[str, ...]]:
    """Where each term stands: its tier, and the groups with more than one member above it."""
    found: dict[str, tuple[str, ...]] = {}

    def walk(group: Group, above: tuple[str, ...]) -> None:
        here = above
        if len(group.members) > 1 and above[-1:] != (group.kind,):
            here = (*above, group.kind)
        for member in group.members:
            if isinstance(member, Group):
                walk(member, here)
            else:
                found[member.id] = here

    walk(version.requires, ("all",))
    for tier in version.benefit.tiers:
        walk(tier.requires, (f"tier {tier.id}", "all"))
    return found


@dataclass(frozen=True)
class _Weighing:
    """Whether one test asks for more than another, by proof."""

    old: PolicyVersion
    new: PolicyVersion
    catalogue: Catalogue
    give_up_after: int

    def kind(self, one: Term, other: Term) -> Kind:
        """loosened, tightened, changed or, where both are met by the same customers, same_test."""
        try:
            lost, won = self._some(one, other), self._some(other, one)
        except TwoCurrencies:
            return "changed"
        if lost is None or won is None or (lost and won):
            return "changed"
        return "tightened" if lost else "loosened" if won else "same_test"

    def _some(self, one: Term, other: Term) -> bool | None:
        """Whether somebody meets the one and not the other; None where the solver gives up."""
        scope = scope_of([self.old, self.new], (), self.catalogue)
        asker = Asker(
            self.catalogue.facts, scope, _for_everybody(self.new), self.give_up_after, self.new.effective_from
        )

        def build(world: World) -> Any:
            reading = Reading(world, self.new)
            return z3.And(reading.term(one).true, z3.Not(reading.term(other).true))

        answer = asker.refute(build)
        return False if answer.nobody else True if answer.found else None


# who it touches


@dataclass(frozen=True)
class _Sides:
    old: PolicyVersion
    new: PolicyVersion
    catalogue: Catalogue
    give_up_after: int
    around: date

    def affected(self, side: Side) -> Affected:
        """One customer who loses or gains, or that there is none."""
        one, other = (self.old, self.new) if side == "loses" else (self.new, self.old)
        try:
            scope = scope_of([one, other], (), self.catalogue)
        except TwoCurrencies:
            return Affected(side, "not_proved", why="two_currencies")
        asker = Asker(self.catalogue.facts, scope, self.new, self.give_up_after, self.around)
        answer = asker.refute(lambda world: self._more(world, one, other))
        if not answer.found:
            nobody = Affected(side, "nobody")
            return nobody if answer.nobody else Affected(side, "not_proved", why="gave_up")
        return self._confirmed(side, answer.customer(scope))

    def _more(self, world: World, one: PolicyVersion, other: PolicyVersion) -> Any:
        """Somebody gets something under the one, and nothing or less under the other."""
        has, gets = Reading(world, one), Reading(world, other)
        less = has.cents() > gets.cents() if _comparable(one, other) else world.constant(False)
        return z3.And(has.outcome().true, z3.Or(z3.Not(gets.outcome().true), less))

    def _confirmed(self, side: Side, customer: Customer) -> Affected:
        try:
            before, after = (
                decide(version, self.catalogue, customer.facts, customer.on)
                for version in (self.old, self.new)
            )
        except PolicyErrors:
            return Affected(side, "not_proved", why="not_confirmed")
        richer, poorer = (before, after) if side == "loses" else (after, before)
        if not _is_worse(poorer, richer):
            return Affected(side, "not_proved", why="not_confirmed")
        return Affected(side, "shown", customer, before, after)


def _comparable(one: PolicyVersion, other: PolicyVersion) -> bool:
    """Whether both give money of one currency."""
    found = [_currency(version) for version in (one, other)]
    return found[0] == found[1] and found[0] != ""


def _currency(version: PolicyVersion) -> str | None:
    benefit = version.benefit
    if benefit.kind == "upgrade_right":
        return ""
    amounts = [benefit.amount, benefit.at_most, *(tier.amount for tier in benefit.tiers)]
    return next((amount.currency for amount in amounts if amount is not None), None)


def _is_worse(poorer: Decision, richer: Decision) -> bool:
    if richer.outcome != "eligible":
        return False
    if poorer.outcome != "eligible":
        return True
    less, more = (one.benefit.amount if one.benefit else None for one in (poorer, richer))
    return isinstance(less, Money) and isinstance(more, Money) and less.compared_with(more) < 0
