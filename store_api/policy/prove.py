"""Proofs about a policy version: what holds for every customer, and who shows where it does not.

Every customer that the solver finds is decided before they are told of: a finding never rests on the formulas
alone. What the solver cannot settle is not proved. Importing this module loads the solver.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import z3

from store_api.policy.claims import put_in
from store_api.policy.decide import Decision, decide
from store_api.policy.errors import PolicyErrors
from store_api.policy.facts import Catalogue
from store_api.policy.findings import Customer, Finding, Law, Verdict, Why
from store_api.policy.model import PolicyVersion, Term, Tier
from store_api.policy.question import GIVE_UP_AFTER, Answer, Asker
from store_api.policy.solver_scope import Scope, TwoCurrencies, scope_of
from store_api.policy.solver_terms import Reading, minor
from store_api.policy.solver_world import World
from store_api.policy.vocabulary import Claim

_SECOND = "'"


def prove(
    version: PolicyVersion, catalogue: Catalogue, give_up_after: int = GIVE_UP_AFTER
) -> tuple[Finding, ...]:
    """Every law of a version: somebody eligible, each term, each claim not required, each better tier.

    `give_up_after` counts the solver's steps for each question. Only the version itself is looked at:
    customers whose binding date lies outside its span are no part of it.
    """
    try:
        return tuple(_Prover(version, catalogue, give_up_after).findings())
    except TwoCurrencies:
        return tuple(
            Finding(law, subject, "not_proved", why="two_currencies") for law, subject in _laws(version)
        )


def _laws(version: PolicyVersion) -> Iterator[tuple[Law, str | None]]:
    yield "somebody", None
    yield from (("term", term.id) for term in version.terms)
    yield from (("claim", claim) for claim in version.not_required)
    yield from (("tier", tier.id) for tier in version.benefit.tiers[1:])


@dataclass(frozen=True)
class _Prover:
    version: PolicyVersion
    catalogue: Catalogue
    give_up_after: int

    def findings(self) -> Iterator[Finding]:
        yield self._somebody()
        for term in self.version.terms:
            yield self._necessary(term)
        for claim in self.version.not_required:
            yield self._claim(claim)
        for index, tier in enumerate(self.version.benefit.tiers[1:], start=1):
            yield self._tier(self.version.benefit.tiers[:index], tier)

    @cached_property
    def _scope(self) -> Scope:
        claims = [self.catalogue.claims[key] for key in self.version.not_required]
        return scope_of([self.version], claims, self.catalogue)

    @cached_property
    def _asker(self) -> Asker:
        return Asker(self.catalogue.facts, self._scope, self.version, self.give_up_after)

    def _reading(self, world: World, all_known: bool = True, **fields: Any) -> Reading:
        return Reading(world, self.version, all_known=all_known, **fields)

    def _decided(self, customer: Customer, *waived: str) -> Decision | None:
        try:
            return decide(self.version, self.catalogue, customer.facts, customer.on, frozenset(waived))
        except PolicyErrors:
            return None

    # somebody can be eligible

    def _somebody(self) -> Finding:
        answer = self._asker.ask(lambda world: self._reading(world).outcome().true)
        if not answer.found:
            return _without_example("somebody", None, answer, "fails")
        customer = answer.customer(self._scope)
        decision = self._decided(customer)
        confirmed = decision is not None and decision.outcome == "eligible"
        return _with_example("somebody", None, "shown", (customer,), confirmed)

    # each term can be the only reason

    def _necessary(self, term: Term) -> Finding:
        name = self.version.tier_of.get(term.id)
        tier = next((one for one in self.version.benefit.tiers if one.id == name), None)
        answer = self._asker.ask(lambda world: self._turned_by(world, term, tier))
        if not answer.found:
            return _without_example("term", term.id, answer, "redundant")
        customer = answer.customer(self._scope)
        without, with_it = self._decided(customer), self._decided(customer, term.id)
        return _with_example("term", term.id, "shown", (customer,), _turns(without, with_it, tier))

    def _turned_by(self, world: World, term: Term, tier: Tier | None) -> Any:
        """No as it is, yes if the term is waived; of a tier's term: the tier is granted only then."""
        as_it_is, waived = self._reading(world), self._reading(world, waived=frozenset({term.id}))
        turned = waived.outcome().true
        if tier is None:
            return z3.And(as_it_is.outcome().false, turned)
        better = [one for one in self.version.benefit.tiers if one.amount.amount > tier.amount.amount]
        best = world.both(waived.tier(tier), *(z3.Not(waived.tier(one)) for one in better))
        return z3.And(turned, best, z3.Not(as_it_is.tier(tier)))

    # what is not required

    def _claim(self, key: str) -> Finding:
        claim = self.catalogue.claims[key]

        def wishes(world: World) -> Any:
            # A customer of whom all is known, who has it and would lose it, shows it best.
            one = self._reading(world, all_known=False)
            spoken = [fact for fact in self._scope.facts if world.is_spoken_of(fact)]
            return world.both(one.outcome().true, *(one.known(fact) for fact in spoken))

        answer = self._asker.refute(lambda world: self._breaks(world, claim), wishes)
        if not answer.found:
            return _without_example("claim", key, answer, "proved")
        customer = answer.customer(self._scope, all_known=False)
        without = Customer(put_in(claim, customer.facts), customer.on)
        confirmed = _answers_differ(self._decided(customer), self._decided(without))
        return _with_example("claim", key, "fails", (customer, without), confirmed)

    def _breaks(self, world: World, claim: Claim) -> Any:
        one = self._reading(world, all_known=False)
        other = one.without(claim)
        mine, theirs = one.outcome(), other.outcome()
        worth = z3.And(mine.true, theirs.true, one.amount_differs(other))
        return z3.And(one.in_force().true, z3.Or(mine.true != theirs.true, mine.false != theirs.false, worth))

    # a better tier never costs the lesser one

    def _tier(self, lesser: tuple[Tier, ...], better: Tier) -> Finding:
        for tier in lesser:
            for finding in self._losses(tier, better):
                if finding.verdict != "proved":
                    return finding
        return Finding("tier", better.id, "proved")

    def _losses(self, lesser: Tier, better: Tier) -> Iterator[Finding]:
        yield self._held_back(lesser, better)
        for term in better.requires.terms():
            yield self._step(lesser, better, term)

    def _held_back(self, lesser: Tier, better: Tier) -> Finding:
        """Nothing about the better tier, known or not, takes the lesser one from somebody who meets it."""

        def build(world: World) -> Any:
            one = self._reading(world, all_known=False)
            has = z3.And(one.in_force().true, one.group(self.version.requires).true, one.tier(lesser))
            return z3.And(has, z3.Not(self._gets(one, lesser)))

        answer = self._asker.refute(build)
        if not answer.found:
            return _without_example("tier", better.id, answer, "proved")
        customer = answer.customer(self._scope, all_known=False)
        confirmed = not _has(self._decided(customer), lesser)
        return _with_example("tier", better.id, "fails", (customer,), confirmed)

    def _step(self, lesser: Tier, better: Tier, term: Term) -> Finding:
        """Meeting one more term of the better tier, and breaking none of it, never loses the lesser one."""
        marks = dict.fromkeys(term.facts, _SECOND)
        answer = self._asker.refute(lambda world: self._lost_by_step(world, lesser, better, term))
        if not answer.found:
            return _without_example("tier", better.id, answer, "proved")
        pair = (answer.customer(self._scope), answer.customer(self._scope, marks))
        had, has = self._decided(pair[0]), self._decided(pair[1])
        confirmed = _has(had, lesser) and has is not None and not _has(has, lesser)
        return _with_example("tier", better.id, "fails", pair, confirmed)

    def _lost_by_step(self, world: World, lesser: Tier, better: Tier, term: Term) -> Any:
        before = self._reading(world)
        after = self._reading(world, marks=dict.fromkeys(term.facts, _SECOND))
        others = [one for one in better.requires.terms() if one.id != term.id]
        kept = (z3.Implies(before.term(one).true, after.term(one).true) for one in others)
        step = z3.And(before.term(term).false, after.term(term).true, *kept)
        stays = z3.And(after.in_force().true, after.group(self.version.requires).true)
        had = z3.And(before.outcome().true, before.tier(lesser))
        return z3.And(step, had, stays, z3.Not(self._gets(after, lesser)))

    def _gets(self, reading: Reading, tier: Tier) -> Any:
        return z3.And(reading.outcome().true, reading.cents() >= minor(tier.amount))


def _turns(without: Decision | None, with_it: Decision | None, tier: Tier | None) -> bool:
    """Whether waiving the term turns a no to a yes, or grants the term's tier."""
    if without is None or with_it is None or with_it.benefit is None:
        return False
    if tier is None:
        return without.outcome == "not_eligible"
    return with_it.benefit.tier == tier.id and (without.benefit is None or without.benefit.tier != tier.id)


def _answers_differ(one: Decision | None, other: Decision | None) -> bool:
    if one is None or other is None:
        return False
    return (one.outcome, one.benefit) != (other.outcome, other.benefit)


def _has(decision: Decision | None, tier: Tier) -> bool:
    granted = decision.benefit if decision is not None else None
    return granted is not None and granted.amount is not None and granted.amount.amount >= tier.amount.amount


def _without_example(law: Law, subject: str | None, answer: Answer, if_nobody: Verdict) -> Finding:
    return (
        Finding(law, subject, if_nobody)
        if answer.nobody
        else Finding(law, subject, "not_proved", why="gave_up")
    )


def _with_example(
    law: Law, subject: str | None, verdict: Verdict, customers: tuple[Customer, ...], confirmed: bool
) -> Finding:
    why: Why = "not_confirmed"
    return (
        Finding(law, subject, verdict, customers)
        if confirmed
        else Finding(law, subject, "not_proved", why=why)
    )
