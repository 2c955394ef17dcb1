"""`decide`: one policy, one set of facts, one day, one explained answer.

Pure: no clock, no input or output, no randomness; the same arguments give the same value. Whether a waiver is
allowed, and everything about vouchers and stores, is for the service to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from store_api.policy.canonical import digest_of_plain
from store_api.policy.claims import Answer, Case, answer, claims_not_required, is_about_stores
from store_api.policy.decision import NONE_IN_FORCE, Decision, TermResult
from store_api.policy.errors import Place, fail, shown
from store_api.policy.evaluate import Evaluation, TermState, evaluate
from store_api.policy.facts import Catalogue, read_facts
from store_api.policy.granted import DEVICE_PRICE, Ceiling, kept_under
from store_api.policy.horizon import Horizon, horizon_of_no, horizon_of_yes, met_on
from store_api.policy.model import Group, Policy, PolicyVersion, Term
from store_api.policy.sentences import PLACEHOLDER
from store_api.policy.values import Value, value_to_json
from store_api.policy.vocabulary import FactRef
from store_api.policy.wire import decision_to_json

NOT_IN_THIS_STORE = "voucher.not_in_this_store"

__all__ = ["NONE_IN_FORCE", "Decision", "TermResult", "decide", "decision_to_json"]


def decide(
    version: PolicyVersion | Policy,
    catalogue: Catalogue,
    facts: Mapping[str, object],
    on: date,
    waivers: frozenset[str] = frozenset(),
    ends: date | None = None,
    zone: str | None = None,
) -> Decision:
    """Decide one case.

    `facts` are typed or plain values, null for missing; `on` is today in the zone of the visit's store or
    else of the account; `ends` is the last day of the voucher or campaign; `waivers` names terms. Raises
    PolicyErrors for undeclared or ill-typed facts, unknown waivers and two currencies.
    """
    policy = version if isinstance(version, Policy) else Policy((version,))
    case = Case(policy, read_facts(facts, catalogue), on, frozenset(waivers))
    _check_catalogue(policy, catalogue)
    given = answer(case)
    _check_waivers(case, given)
    if given.evaluation is None:
        return _without_version(case, given, catalogue, ends, zone)
    return _with_version(case, given, given.evaluation, catalogue, ends, zone)


def _with_version(
    case: Case,
    given: Answer,
    evaluation: Evaluation,
    catalogue: Catalogue,
    ends: date | None,
    zone: str | None,
) -> Decision:
    missing = tuple(dict.fromkeys(_missing_facts(evaluation, given, case.facts)))
    if given.outcome == "eligible":
        horizon = horizon_of_yes(evaluation, case.on, ends)
    else:
        horizon = horizon_of_no(evaluation, case.on, ends, catalogue.facts)
    decision = Decision(
        policy=case.policy,
        document=evaluation.version,
        outcome=given.outcome,
        on=case.on,
        zone=zone,
        codes=(),
        benefit=given.granted,
        terms=tuple(_result(evaluation, term, case.on) for term in evaluation.version.terms),
        not_required=claims_not_required(catalogue, case, given),
        questions=tuple(key for key in missing if catalogue.facts[key].may_be_asked),
        unavailable=tuple(key for key in missing if not catalogue.facts[key].may_be_asked),
        horizon=horizon,
        waivers=case.waivers,
        ends=ends,
        facts=_facts_read(evaluation.version, catalogue, case),
    )
    return _sealed(decision, (evaluation.version,), catalogue)


def _without_version(
    case: Case, given: Answer, catalogue: Catalogue, ends: date | None, zone: str | None
) -> Decision:
    binds, today = case.policy.binds, case.policy.versions[0].binds_to_today
    undecided = given.outcome == "undecided"
    asked = undecided and catalogue.facts[binds].may_be_asked
    later = case.policy.next_after(case.on) if today else None
    horizon = Horizon()
    if later is not None:
        evaluation = evaluate(later, case.facts, case.on, case.waivers)
        horizon = horizon_of_no(evaluation, case.on, ends, catalogue.facts)
    decision = Decision(
        policy=case.policy,
        document=None,
        outcome=given.outcome,
        on=case.on,
        zone=zone,
        codes=() if undecided else (NONE_IN_FORCE,),
        benefit=None,
        terms=(),
        not_required=(),
        questions=(binds,) if asked else (),
        unavailable=(binds,) if undecided and not asked else (),
        horizon=horizon,
        waivers=case.waivers,
        ends=ends,
        facts={key: case.facts[key] for key in (binds,) if key in case.facts},
    )
    return _sealed(decision, case.policy.versions, catalogue)


def _check_catalogue(policy: Policy, catalogue: Catalogue) -> None:
    for version in policy.versions:
        for key in named_facts(version):
            if key not in catalogue.facts:
                fail(version.place, "fact.undeclared", f"the catalogue has no fact {shown(key)}")


def _check_waivers(case: Case, given: Answer) -> None:
    versions = case.policy.versions if given.evaluation is None else (given.evaluation.version,)
    known = {term.id for version in versions for term in version.terms}
    for name in sorted(case.waivers - known):
        fail(Place("<waivers>"), "waive.unknown_term", f"{case.policy.id} has no term {shown(name)}")


def _result(evaluation: Evaluation, term: Term, on: date) -> TermResult:
    state: TermState = evaluation.states[term.id]
    tier = evaluation.version.tier_of.get(term.id)
    return TermResult(term, tier, state.status, state.value, state.bound, met_on(state, on))


def _missing_facts(evaluation: Evaluation, given: Answer, facts: Mapping[str, Value]) -> Iterator[str]:
    """Facts whose answer could change something, in the order of the terms; may repeat."""
    if given.outcome == "not_eligible":
        return
    best = evaluation.best_tier
    groups = [evaluation.version.requires]
    for tier in evaluation.version.benefit.tiers:
        if best is None or tier.amount.amount > best.amount.amount:
            groups.append(tier.requires)
    for group in groups:
        for term in _open_terms(evaluation, group):
            yield from (key for key in term.facts if key not in facts)
    of = evaluation.version.benefit.of
    if given.outcome == "eligible" and of is not None and of not in facts:
        yield of


def _open_terms(evaluation: Evaluation, group: Group) -> Iterator[Term]:
    """Unknown terms that are reached through unknown groups only."""
    if evaluation.truth_of(group) is not None:
        return
    for member in group.members:
        if isinstance(member, Group):
            yield from _open_terms(evaluation, member)
        elif evaluation.states[member.id].status == "unknown":
            yield member


def named_facts(version: PolicyVersion) -> Iterator[str]:
    """Every fact that a version reads, apart from those that claims bring in; may repeat."""
    if not version.binds_to_today:
        yield version.binds
    for term in version.terms:
        yield from term.facts
    if version.benefit.of is not None:
        yield version.benefit.of
    for says in version.agrees:
        for text in says.values():
            yield from PLACEHOLDER.findall(text)


def _facts_read(version: PolicyVersion, catalogue: Catalogue, case: Case) -> dict[str, Value]:
    named = set(named_facts(version))
    if version.benefit.kind == "instant_credit":
        named.add(DEVICE_PRICE)
    for claim in catalogue.claims.values():
        for key, value in claim.without.items():
            if key in named and isinstance(value, FactRef):
                named.add(value.key)
    return {key: case.facts[key] for key in sorted(named) if key in case.facts}


def _sealed(decision: Decision, versions: tuple[PolicyVersion, ...], catalogue: Catalogue) -> Decision:
    """The decision with its digest: what was decided on what, without sentences and identifiers."""
    used = sorted({key for version in versions for key in named_facts(version)} | set(decision.facts))
    content: dict[str, Any] = {
        "policy": [version.digest for version in versions],
        "facts_declared": {key: catalogue.facts[key].digest for key in used},
        "claims_declared": {key: claim.digest for key, claim in catalogue.claims.items()},
        "on": decision.on.isoformat(),
        "zone": decision.zone,
        "facts": {key: value_to_json(value) for key, value in decision.facts.items()},
        "waivers": sorted(decision.waivers),
        "outcome": decision.outcome,
        "codes": list(decision.codes),
        "benefit": decision.benefit.to_json() if decision.benefit is not None else None,
        "terms": [[result.term.id, result.status] for result in decision.terms],
    }
    return replace(decision, digest=digest_of_plain(content))


def _still_not_required(decision: Decision, codes: tuple[str, ...], catalogue: Catalogue) -> tuple[str, ...]:
    """The claims without those about stores, where the voucher is not for this one."""
    if NOT_IN_THIS_STORE not in codes:
        return decision.not_required
    return tuple(
        key for key in decision.not_required if not is_about_stores(catalogue.claims[key], catalogue.facts)
    )


def with_codes(decision: Decision, codes: tuple[str, ...], catalogue: Catalogue) -> Decision:
    """The same decision with the service's own reasons for "no": not eligible, no benefit, its own digest.

    No codes leave it as it is. The terms stay as they were found; no waiting and no answer helps, so the
    dates and the questions are empty.
    """
    if not codes:
        return decision
    refused = replace(
        decision,
        codes=(*decision.codes, *codes),
        not_required=_still_not_required(decision, codes, catalogue),
        outcome="not_eligible",
        benefit=None,
        questions=(),
        unavailable=(),
        horizon=Horizon(),
    )
    versions = decision.policy.versions if decision.document is None else (decision.document,)
    return _sealed(refused, versions, catalogue)


def with_ceiling(decision: Decision, ceiling: Ceiling, catalogue: Catalogue) -> Decision:
    """The same decision with its benefit kept under a ceiling, and its own digest where that is another.

    Two currencies raise Refused.
    """
    if decision.benefit is None or decision.document is None:
        return decision
    benefit = kept_under(decision.benefit, decision.document.benefit.remainder, ceiling)
    if benefit == decision.benefit:
        return decision
    return _sealed(replace(decision, benefit=benefit), (decision.document,), catalogue)
