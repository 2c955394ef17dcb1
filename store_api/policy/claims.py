"""Which claims this decision shows to be false: the list of what is not required.

A claim is listed exactly when, with its `without` put in, outcome and benefit are unchanged, and every term
that reads a fact named there is then met or waived, or lies in an `any` that is then met; the tiers together
count as one `any`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from store_api.policy.errors import PolicyErrors
from store_api.policy.evaluate import Evaluation, Facts, Outcome, evaluate, evaluate_again
from store_api.policy.facts import Catalogue
from store_api.policy.granted import Granted, grant
from store_api.policy.model import Group, Policy, PolicyVersion, Term
from store_api.policy.values import Value
from store_api.policy.vocabulary import Claim, Fact, FactRef


@dataclass(frozen=True)
class Case:
    """What is asked: a policy, facts, a day and waivers."""

    policy: Policy
    facts: Facts
    on: date
    waivers: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """Outcome and benefit, and how they came about; no evaluation where no version is in force."""

    outcome: Outcome
    granted: Granted | None
    evaluation: Evaluation | None


def pick_version(case: Case) -> PolicyVersion | Outcome:
    """The version that the binding date picks, or the outcome where there is none."""
    day = case.on if case.policy.versions[0].binds_to_today else case.facts.get(case.policy.binds)
    if not isinstance(day, date):
        return "undecided"
    return case.policy.in_force_on(day) or "not_eligible"


def answer(case: Case) -> Answer:
    """Outcome and benefit of a case. Raises PolicyErrors where two currencies meet."""
    version = pick_version(case)
    if not isinstance(version, PolicyVersion):
        return Answer(version, None, None)
    return _answer_of(evaluate(version, case.facts, case.on, case.waivers), case.facts)


def _answer_of(evaluation: Evaluation, facts: Facts) -> Answer:
    outcome = evaluation.outcome
    eligible = outcome == "eligible"
    granted = grant(evaluation.version, evaluation.best_tier, facts) if eligible else None
    return Answer(outcome, granted, evaluation)


def claims_not_required(catalogue: Catalogue, case: Case, given: Answer) -> tuple[str, ...]:
    """The ids of the claims that hold, in the catalogue's order.

    Of a voucher that is for certain stores nobody says that no certain store is required.
    """
    version = None if given.evaluation is None else given.evaluation.version
    return tuple(
        key
        for key, claim in catalogue.claims.items()
        if not is_of_scope(claim, version, catalogue.facts) and _is_not_required(claim, case, given)
    )


def is_of_scope(claim: Claim, version: PolicyVersion | None, facts: Mapping[str, Fact]) -> bool:
    """Whether a claim is about nothing but stores, and the version's vouchers are for certain stores."""
    if version is None or not (version.scope.stores or version.scope.regions):
        return False
    return is_about_stores(claim, facts)


def _is_not_required(claim: Claim, case: Case, given: Answer) -> bool:
    if given.evaluation is not None and not _touches(claim, given.evaluation.version):
        return True
    facts = put_in(claim, case.facts)
    try:
        other = _answer_again(claim, Case(case.policy, facts, case.on, case.waivers), given)
    except PolicyErrors:
        return False
    if (other.outcome, other.granted) != (given.outcome, given.granted):
        return False
    return other.evaluation is None or _terms_agree(claim, other.evaluation)


def _touches(claim: Claim, version: PolicyVersion) -> bool:
    """Whether outcome, benefit or any term could be another without what the claim says."""
    return not version.facts_that_count.isdisjoint(claim.without)


def _answer_again(claim: Claim, case: Case, given: Answer) -> Answer:
    """The answer to a case that differs from the given one in the claim's facts alone."""
    if given.evaluation is None or case.policy.binds in claim.without:
        return answer(case)
    evaluation = evaluate_again(given.evaluation, claim.without, case.facts, case.on, case.waivers)
    return _answer_of(evaluation, case.facts)


def is_about_stores(claim: Claim, facts: Mapping[str, Fact]) -> bool:
    """Whether it is nothing but the store that a claim is about."""
    return bool(claim.without) and all(facts[key].source == "store" for key in claim.without)


def put_in(claim: Claim, facts: Facts) -> dict[str, Value]:
    """The facts of somebody who does not do what the claim says."""
    changed = dict(facts)
    for key, value in claim.without.items():
        new = facts.get(value.key) if isinstance(value, FactRef) else value
        if new is None:
            changed.pop(key, None)
        else:
            changed[key] = new
    return changed


def _terms_agree(claim: Claim, evaluation: Evaluation) -> bool:
    version = evaluation.version
    if not _group_agrees(claim, evaluation, version.requires, excused=False):
        return False
    excused = evaluation.tiers_truth is True
    return all(_group_agrees(claim, evaluation, tier.requires, excused) for tier in version.benefit.tiers)


def _group_agrees(claim: Claim, evaluation: Evaluation, group: Group, excused: bool) -> bool:
    excused = excused or (group.kind == "any" and evaluation.truth_of(group) is True)
    return excused or all(
        _term_agrees(claim, evaluation, member)
        if isinstance(member, Term)
        else _group_agrees(claim, evaluation, member, excused)
        for member in group.members
    )


def _term_agrees(claim: Claim, evaluation: Evaluation, term: Term) -> bool:
    reads = any(key in claim.without for key in term.facts)
    return not reads or evaluation.states[term.id].truth is True
