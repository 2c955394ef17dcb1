"""One term, one group, one version against facts on one day, in three-valued logic.

The only place where tests are carried out. Must know nothing of sentences, questions or other days' answers
beyond the sets of days on which a term is met.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from store_api.policy.dates import (
    ALWAYS,
    NEVER,
    Days,
    add,
    days_at_least_ago,
    days_within_last,
    days_within_next,
    intersection,
    union,
)
from store_api.policy.errors import PolicyError, PolicyErrors, Refused
from store_api.policy.model import Among, Bound, Group, Literally, PolicyVersion, Term, Tier
from store_api.policy.values import Duration, Money, Value
from store_api.policy.vocabulary import FactRef

Status = Literal["met", "unmet", "unknown", "waived"]
Outcome = Literal["eligible", "not_eligible", "undecided"]
Truth = bool | None  # None is unknown
Facts = Mapping[str, Value]
Resolved = Value | Duration | tuple[Value, ...]

_TRUTH: Mapping[str, Truth] = {"met": True, "waived": True, "unmet": False, "unknown": None}
OUTCOMES: Mapping[Truth, Outcome] = {True: "eligible", False: "not_eligible", None: "undecided"}


def kleene_and(truths: Iterable[Truth]) -> Truth:
    """False where one is false, else unknown where one is unknown, else true."""
    seen = set(truths)
    return False if False in seen else None if None in seen else True


def kleene_or(truths: Iterable[Truth]) -> Truth:
    """True where one is true, else unknown where one is unknown, else false."""
    seen = set(truths)
    return True if True in seen else None if None in seen else False


def resolve(bound: Bound, facts: Facts) -> Resolved | None:
    """The bound's value: a pair for `between`, a tuple for lists, None while a fact is unknown."""
    if isinstance(bound, Literally):
        return bound.value
    if isinstance(bound, FactRef):
        return facts.get(bound.key)
    if isinstance(bound, Among):
        return bound.values
    low, high = resolve(bound.low, facts), resolve(bound.high, facts)
    return None if low is None or high is None else (cast(Value, low), cast(Value, high))


def compare(left: Value, right: Resolved) -> int:
    """-1, 0 or 1. Two currencies raise Refused."""
    if isinstance(left, Money) and isinstance(right, Money):
        return left.compared_with(right)
    return (left > right) - (left < right)  # type: ignore[operator]


_ORDERED: Mapping[str, Callable[[int], bool]] = {
    "at_least": lambda sign: sign >= 0,
    "at_most": lambda sign: sign <= 0,
    "more_than": lambda sign: sign > 0,
    "less_than": lambda sign: sign < 0,
    "on_or_after": lambda sign: sign >= 0,
    "on_or_before": lambda sign: sign <= 0,
    "after": lambda sign: sign > 0,
    "before": lambda sign: sign < 0,
}


def _holds_always(test: str, value: Value, bound: Resolved) -> bool:
    """Tests that do not look at today."""
    if test in _ORDERED:
        return _ORDERED[test](compare(value, bound))
    if test in ("is", "is_not"):
        return (value == bound) is (test == "is")
    if test in ("one_of", "none_of"):
        return (value in cast(tuple[str, ...], bound)) is (test == "one_of")
    if test == "between":
        low, high = cast(tuple[Value, Value], bound)
        low_sign, high_sign = compare(value, low), compare(value, high)
        return low_sign >= 0 and high_sign <= 0
    members = cast(frozenset[str], value)
    if test == "contains":
        return bound in members
    if test == "contains_none_of":
        return members.isdisjoint(cast(tuple[str, ...], bound))
    return len(members) <= cast(int, bound)  # size_at_most


def _holds_on(test: str, value: date, span: Duration, on: date) -> bool:
    if test == "at_least_ago":
        reached = add(value, span)
        return reached is not None and reached <= on
    if test == "within_last":
        ended = add(value, span)
        return value <= on and (ended is None or on < ended)
    latest = add(on, span)
    return on <= value and (latest is None or value <= latest)  # within_next


_DAYS: Mapping[str, Callable[[date, Duration], Days]] = {
    "at_least_ago": days_at_least_ago,
    "within_last": days_within_last,
    "within_next": days_within_next,
}


@dataclass(frozen=True)
class TermState:
    """A term with what was found: its status, the fact's value and the bound's (None while unknown).

    `is_waivered` where a waiver names the term, needed or not: it would help on any other day too.
    """

    term: Term
    status: Status
    value: Value | None
    bound: Resolved | None
    is_waivered: bool = False

    @property
    def truth(self) -> Truth:
        """Waived counts as met."""
        return _TRUTH[self.status]

    def days(self) -> Days:
        """The days on which the term is met while the facts stay as they are; none while unknown."""
        if self.is_waivered:
            return ALWAYS
        if self.value is None or self.bound is None:
            return NEVER
        if self.term.test in _DAYS:
            days = _DAYS[self.term.test](cast(date, self.value), cast(Duration, self.bound))
            return days.others() if self.term.negated else days
        return ALWAYS if self.status == "met" else NEVER


def evaluate_term(term: Term, facts: Facts, on: date, waivers: frozenset[str]) -> TermState:
    """The state of one term. Raises PolicyErrors at the term's place where two currencies meet."""
    value, bound = facts.get(term.fact), resolve(term.bound, facts)
    status: Status = "unknown"
    if value is not None and bound is not None:
        try:
            held = (
                _holds_on(term.test, cast(date, value), cast(Duration, bound), on)
                if term.test in _DAYS
                else _holds_always(term.test, value, bound)
            )
        except Refused as refused:
            place, message = term.place, f"{term.id}: {refused.message}"
            raise PolicyErrors(
                [PolicyError(place.file, place.line, place.column, refused.code, message)]
            ) from None
        status = "met" if held is not term.negated else "unmet"
    is_waivered = term.id in waivers
    if is_waivered and status != "met":
        status = "waived"
    return TermState(term, status, value, bound, is_waivered)


@dataclass(frozen=True)
class Evaluation:
    """Every term of a version against the same facts on the same day."""

    version: PolicyVersion
    states: Mapping[str, TermState]

    def truth_of(self, member: Term | Group) -> Truth:
        """Of a term or, by Kleene's logic, of a group."""
        if isinstance(member, Term):
            return self.states[member.id].truth
        truths = [self.truth_of(inner) for inner in member.members]
        return kleene_and(truths) if member.kind == "all" else kleene_or(truths)

    @property
    def tiers_truth(self) -> Truth:
        """All tiers together count as one `any`; true where there are none."""
        tiers = self.version.benefit.tiers
        return kleene_or(self.truth_of(tier.requires) for tier in tiers) if tiers else True

    @property
    def outcome(self) -> Outcome:
        """The policy's terms and any tier."""
        return OUTCOMES[kleene_and([self.truth_of(self.version.requires), self.tiers_truth])]

    @property
    def best_tier(self) -> Tier | None:
        """The highest tier whose own terms are met."""
        tiers = reversed(self.version.benefit.tiers)
        return next((tier for tier in tiers if self.truth_of(tier.requires) is True), None)

    def days(self, days_of: Callable[[TermState], Days] = TermState.days) -> Days:
        """The days on which the whole is a yes, given the days of each term."""
        tiers = self.version.benefit.tiers
        own = self._group_days(self.version.requires, days_of)
        return own & union(self._group_days(tier.requires, days_of) for tier in tiers) if tiers else own

    def _group_days(self, member: Term | Group, days_of: Callable[[TermState], Days]) -> Days:
        if isinstance(member, Term):
            return days_of(self.states[member.id])
        inner = [self._group_days(one, days_of) for one in member.members]
        return intersection(inner) if member.kind == "all" else union(inner)


def evaluate_again(
    evaluation: Evaluation, changed: Container[str], facts: Facts, on: date, waivers: frozenset[str]
) -> Evaluation:
    """The evaluation with changed facts; terms that read none of them keep their states."""
    states = {
        key: evaluate_term(state.term, facts, on, waivers)
        if any(fact in changed for fact in state.term.facts)
        else state
        for key, state in evaluation.states.items()
    }
    return Evaluation(evaluation.version, states)


def evaluate(version: PolicyVersion, facts: Facts, on: date, waivers: frozenset[str]) -> Evaluation:
    """Every term, no short circuit. Raises PolicyErrors where two currencies meet."""
    states = {term.id: evaluate_term(term, facts, on, waivers) for term in version.terms}
    return Evaluation(version, states)


def looks_at_today(term: Term) -> bool:
    """Whether the day of the decision counts for a term's own test."""
    return term.test in _DAYS
