"""The policy's answer to a statement that somebody heard: required, not required, not in it, or it depends.

The statements are a closed list: the catalogue's claims, a longer agreement, and that the policy has changed.
A claim is `not_required` for a customer exactly when their sheet lists it; `required` names a term that is
unmet without it. Whatever is neither is `depends`, and says on what.
Pure: no clock, no I/O. Must know nothing of who said what, of visits, or of words beyond the catalogue's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from store_api.policy.claims import Answer, Case, answer, is_about_stores, is_of_scope, put_in
from store_api.policy.decide import NOT_IN_THIS_STORE
from store_api.policy.decision import Decision
from store_api.policy.errors import PolicyErrors
from store_api.policy.evaluate import Evaluation, Facts, evaluate
from store_api.policy.facts import Catalogue
from store_api.policy.granted import Granted
from store_api.policy.model import Group, Literally, Policy, PolicyVersion, Term
from store_api.policy.vocabulary import Claim, Says

Result = Literal["required", "not_required", "not_in_policy", "depends"]
Why = Literal[
    "term",  # a term asks for it
    "larger_amount",  # a term of the tier that is granted asks for it; a lesser one does not
    "this_store",  # the voucher is not for this store
    "certain_stores",  # the voucher is for certain stores
    "met_without",  # a term is about it and is met without it
    "no_term",  # no term is about it
    "for_nobody",  # declared and proved not required of anybody
    "shorter_is_enough",  # a shorter agreement than that is enough
    "unknown",  # a fact is missing
    "amount",  # no term asks for it, and the amount hangs on it
    "person",  # a term is about it; what it asks hangs on the customer
    "kept",  # the policy changed, and the version before the change counts
    "changed",  # the policy changed, and the version after the change counts
    "may_be_kept",  # the policy changed, and which version counts hangs on the customer
    "never_changed",  # there is no version before and none after
    "none_in_force",  # no version decides
]  # fmt: skip

LONGER_AGREEMENT = "longer-agreement"
POLICY_CHANGED = "policy-changed"
AGREEMENT = "order.agreement_months"
LONGEST_AGREEMENT = 120
"""Months; as far as the wire lets an agreement run."""

_LONGER_SAYS: Says = {"en": "A longer agreement.", "es": "Un contrato más largo."}
_CHANGED_SAYS: Says = {"en": "That the policy has changed.", "es": "Que las condiciones cambiaron."}
_STORE_SAYS: Says = {"en": "That it works only in another store.", "es": "Que solo vale en otra tienda."}


@dataclass(frozen=True)
class Statement:
    """One thing that a customer may have heard; `takes_months` where they may have heard how many."""

    id: str
    says: Says
    takes_months: bool = False


@dataclass(frozen=True)
class Checked:
    """What the policy says to one statement.

    `terms` are those that it is about, the deciding ones first. `least_months` is the shortest agreement that
    is enough, of a statement about its length. `old` and `new` are the two versions of a change. `instead` is
    what would be granted without it, where the amount hangs on it.
    """

    statement: Statement
    result: Result
    why: Why
    terms: tuple[Term, ...] = ()
    heard_months: int | None = None
    least_months: int | None = None
    old: PolicyVersion | None = None
    new: PolicyVersion | None = None
    granted: Granted | None = None
    instead: Granted | None = None


def statements(catalogue: Catalogue) -> tuple[Statement, ...]:
    """The closed list, in the order in which it is shown: the catalogue's claims, then the others."""
    claims = (Statement(claim.id, _says(claim, catalogue)) for claim in catalogue.claims.values())
    length = (Statement(LONGER_AGREEMENT, _LONGER_SAYS, takes_months=True),)
    changed = Statement(POLICY_CHANGED, _CHANGED_SAYS)
    return (*claims, *(length if AGREEMENT in catalogue.facts else ()), changed)


def find_statement(catalogue: Catalogue, name: str) -> Statement | None:
    """A statement of the list by its name."""
    return next((each for each in statements(catalogue) if each.id == name), None)


def _says(claim: Claim, catalogue: Catalogue) -> Says:
    return _STORE_SAYS if is_about_stores(claim, catalogue.facts) else claim.says


# for one customer


def check_for(
    statement: Statement, decision: Decision, catalogue: Catalogue, heard_months: int | None = None
) -> Checked:
    """What the policy says to a statement for the customer of a decision."""
    if decision.document is None:
        return Checked(statement, "not_in_policy", "none_in_force", heard_months=heard_months)
    if statement.id == POLICY_CHANGED:
        return _check_change(statement, decision.policy, decision.document, decision.on)
    case = Case(decision.policy, decision.facts, decision.on, decision.waivers)
    if statement.id == LONGER_AGREEMENT:
        return _check_length(statement, case, decision.document, heard_months)
    claim = catalogue.claims[statement.id]
    if NOT_IN_THIS_STORE in decision.codes and is_about_stores(claim, catalogue.facts):
        return Checked(statement, "required", "this_store")
    if is_of_scope(claim, decision.document, catalogue.facts):
        return Checked(statement, "required", "certain_stores")
    return _check_claim(statement, claim, case, decision, decision.document)


def _check_claim(
    statement: Statement, claim: Claim, case: Case, decision: Decision, document: PolicyVersion
) -> Checked:
    about = _about(document, claim)
    if claim.id in decision.not_required:
        return Checked(statement, "not_required", "met_without" if about else "no_term", about)
    try:
        given = answer(case)
        other = answer(Case(case.policy, put_in(claim, case.facts), case.on, case.waivers))
    except PolicyErrors:
        return Checked(statement, "depends", "unknown", about)
    return _weigh(statement, claim, given, other, about)


def _weigh(
    statement: Statement, claim: Claim, given: Answer, other: Answer, about: tuple[Term, ...]
) -> Checked:
    """The answer to a claim that the sheet does not list, from the same case with and without it."""
    if other.evaluation is None:
        return Checked(statement, "depends", "unknown", about)
    unmet = _in_front(_unmet(claim, other.evaluation), about)
    if unmet:
        return Checked(statement, "required", "term", unmet)
    lost = _in_front(_unmet_of_tier(claim, given, other.evaluation), about)
    if lost:
        return Checked(
            statement, "required", "larger_amount", lost, granted=given.granted, instead=other.granted
        )
    both = given.granted is not None and other.granted is not None
    if both and given.granted != other.granted:
        return Checked(statement, "depends", "amount", about, granted=given.granted, instead=other.granted)
    return Checked(statement, "depends", "unknown", about)


def _about(version: PolicyVersion, claim: Claim) -> tuple[Term, ...]:
    return tuple(term for term in version.terms if any(key in claim.without for key in term.facts))


def _in_front(first: tuple[Term, ...], others: tuple[Term, ...]) -> tuple[Term, ...]:
    """The first, then those of the others that are not among them; empty where there is no first."""
    return (*first, *(term for term in others if term not in first)) if first else ()


def _unmet(claim: Claim, evaluation: Evaluation) -> tuple[Term, ...]:
    """Terms that read what the claim says, are unmet without it, and that no other way makes up for."""
    keys = frozenset(claim.without)
    found = [*_open_terms(evaluation, evaluation.version.requires, False)]
    excused = evaluation.tiers_truth is True
    for tier in evaluation.version.benefit.tiers:
        found += _open_terms(evaluation, tier.requires, excused)
    return tuple(
        term
        for term in found
        if evaluation.states[term.id].truth is False and not keys.isdisjoint(term.facts)
    )


def _unmet_of_tier(claim: Claim, given: Answer, evaluation: Evaluation) -> tuple[Term, ...]:
    """Terms of the tier that is granted with it which are unmet without it."""
    tier = given.granted.tier if given.granted is not None else None
    return tuple(
        term
        for term in _about(evaluation.version, claim)
        if tier is not None
        and evaluation.version.tier_of.get(term.id) == tier
        and evaluation.states[term.id].truth is False
    )


def _open_terms(evaluation: Evaluation, group: Group, excused: bool) -> Iterator[Term]:
    """Every term that does not lie in an `any` that is met, at any depth."""
    if excused or (group.kind == "any" and evaluation.truth_of(group) is True):
        return
    for member in group.members:
        if isinstance(member, Term):
            yield member
        else:
            yield from _open_terms(evaluation, member, False)


# the length of the agreement


def _check_length(statement: Statement, case: Case, version: PolicyVersion, heard: int | None) -> Checked:
    """A length is required exactly when no shorter one is enough."""
    about = tuple(term for term in version.terms if AGREEMENT in term.facts)
    if not about:
        return Checked(statement, "not_in_policy", "no_term", heard_months=heard)
    least = _least_months(version, case)
    compared_with = heard if heard is not None else _chosen(case.facts)
    if least is None:
        return Checked(statement, "depends", "unknown", about, heard)
    needs_less = least == 0 or (compared_with is not None and least < compared_with)
    if heard is None and compared_with is not None:
        needs_less = least <= compared_with  # longer than the one that was chosen
    result: Result = "not_required" if needs_less else "required"
    why: Why = "shorter_is_enough" if needs_less else "term"
    return Checked(statement, result, why, about, heard, least)


def _chosen(facts: Facts) -> int | None:
    value = facts.get(AGREEMENT)
    return value if isinstance(value, int) else None


def _least_months(version: PolicyVersion, case: Case) -> int | None:
    """The shortest agreement with which every term about its length is met or made up for; None for none."""
    for months in range(LONGEST_AGREEMENT + 1):
        facts = {**case.facts, AGREEMENT: months}
        try:
            evaluation = evaluate(version, facts, case.on, case.waivers)
        except PolicyErrors:
            return None
        if _length_is_enough(evaluation):
            return months
    return None


def _length_is_enough(evaluation: Evaluation) -> bool:
    groups = [(evaluation.version.requires, False)]
    groups += [(tier.requires, evaluation.tiers_truth is True) for tier in evaluation.version.benefit.tiers]
    return all(
        evaluation.states[term.id].truth is True or AGREEMENT not in term.facts
        for group, excused in groups
        for term in _open_terms(evaluation, group, excused)
    )


# the versions


def _check_change(statement: Statement, policy: Policy, counts: PolicyVersion, on: date) -> Checked:
    """Whether the policy changed, and whether the version that counts is the one after the change."""
    begun = [version for version in policy.versions if version.effective_from <= on]
    place = policy.versions.index(counts)
    later = [version for version in begun if version.effective_from > counts.effective_from]
    if later:
        return Checked(statement, "not_required", "kept", old=counts, new=later[-1])
    if place > 0:
        return Checked(statement, "required", "changed", old=policy.versions[place - 1], new=counts)
    return Checked(statement, "not_in_policy", "never_changed", new=counts)


# for nobody in particular


def check_text(
    statement: Statement, policy: Policy, version: PolicyVersion, catalogue: Catalogue,
    heard_months: int | None = None,
) -> Checked:  # fmt: skip
    """What a version's words say to a statement, before anything is known of a customer."""
    if statement.id == POLICY_CHANGED:
        return _check_change_of_text(statement, policy, version)
    if statement.id == LONGER_AGREEMENT:
        return _check_length_of_text(statement, version, heard_months)
    claim = catalogue.claims[statement.id]
    about = _about(version, claim)
    if is_of_scope(claim, version, catalogue.facts):
        return Checked(statement, "required", "certain_stores")
    if claim.id in version.not_required:
        return Checked(statement, "not_required", "for_nobody", about)
    if version.facts_that_count.isdisjoint(claim.without):
        return Checked(statement, "not_in_policy", "no_term")
    return Checked(statement, "depends", "person", about)


def _check_change_of_text(statement: Statement, policy: Policy, version: PolicyVersion) -> Checked:
    place = policy.versions.index(version)
    if place == 0:
        return Checked(statement, "not_in_policy", "never_changed", new=version)
    before = policy.versions[place - 1]
    if version.binds_to_today:
        return Checked(statement, "required", "changed", old=before, new=version)
    return Checked(statement, "depends", "may_be_kept", old=before, new=version)


def _check_length_of_text(statement: Statement, version: PolicyVersion, heard: int | None) -> Checked:
    """Of lengths that the text itself names: longer than the longest of them is required of nobody."""
    about = tuple(term for term in version.terms if AGREEMENT in term.facts)
    if not about:
        return Checked(statement, "not_in_policy", "no_term", heard_months=heard)
    bounds = [term.bound.value for term in about if _is_at_least(term) and isinstance(term.bound, Literally)]
    named = [bound for bound in bounds if isinstance(bound, int)]
    if len(named) < len(about):
        return Checked(statement, "depends", "person", about, heard)
    least = max(named)
    if heard is not None and least < heard:
        return Checked(statement, "not_required", "shorter_is_enough", about, heard, least)
    if any(term in version.requires.members for term in about) and version.requires.kind == "all":
        return Checked(statement, "required", "term", about, heard, least)
    return Checked(statement, "depends", "person", about, heard, least)


def _is_at_least(term: Term) -> bool:
    return (term.fact, term.test, term.negated) == (AGREEMENT, "at_least", False)
