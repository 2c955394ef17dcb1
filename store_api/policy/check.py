"""Checks of policy files beyond reading: the documents' own examples, and several versions together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from store_api.policy.decide import decide
from store_api.policy.decision import NONE_IN_FORCE, Decision
from store_api.policy.errors import ErrorList, PolicyErrors
from store_api.policy.facts import Catalogue
from store_api.policy.model import Example, Policy, PolicyVersion
from store_api.policy.values import value_to_json


def check_version(version: PolicyVersion, catalogue: Catalogue) -> None:
    """Run the examples of a version.

    Raises PolicyErrors: `example.fails` at each broken expectation, or `example.outside` once where the
    version is not in force on the example's day, so that none of its terms was put to it.
    """
    errors = ErrorList()
    for example in version.examples:
        _check_example(example, version, catalogue, errors)
    errors.raise_if_any()


def _check_example(example: Example, version: PolicyVersion, catalogue: Catalogue, errors: ErrorList) -> None:
    try:
        decision = decide(version, catalogue, example.facts, example.on, example.waive, example.ends)
    except PolicyErrors as failed:
        for error in failed.errors:
            errors.add(example.place, error.code, f"{example.name}: {error.message}")
        return
    found = observed(decision)
    broken = [key for key, expected in example.expect.items() if found[key] != expected]
    if broken and NONE_IN_FORCE in decision.codes:
        errors.add(example.place, "example.outside", f"{example.name}: {_outside(version, example)}")
        return
    for key in broken:
        message = f"{example.name}: {key} is {_told(found[key])}, expected {_told(example.expect[key])}"
        errors.add(example.place, "example.fails", message + _because(decision))


def _outside(version: PolicyVersion, example: Example) -> str:
    day = example.on if version.binds_to_today else example.facts.get(version.binds)
    until = f", until {version.effective_until}" if version.effective_until is not None else ""
    span = f"this version is in force from {version.effective_from}{until}"
    return f"{version.binds} is {_told(day)}, and {span}; give the example dates within that"


def observed(decision: Decision) -> Mapping[str, Any]:
    """What an example may expect of a decision."""
    granted = decision.benefit
    return {
        "outcome": decision.outcome,
        "amount": granted.amount if granted else None,
        "applied": granted.applied if granted else None,
        "kept": granted.kept if granted else None,
        "forfeited": granted.forfeited if granted else None,
        "tier": granted.tier if granted else None,
        "first_yes_on": decision.first_yes_on,
        "last_yes_on": decision.last_yes_on,
        "earliest_possible_on": decision.earliest_possible_on,
        "questions": frozenset(decision.questions),
        "unavailable": frozenset(decision.unavailable),
        "unmet": frozenset(result.term.id for result in decision.terms if result.status == "unmet"),
        "not_required": frozenset(decision.not_required),
        "codes": frozenset(decision.codes),
    }


def _told(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, frozenset):
        return f"[{', '.join(sorted(value))}]"
    plain = value_to_json(value)
    return f"{plain['amount']} {plain['currency']}" if isinstance(plain, dict) else str(plain)


def _because(decision: Decision) -> str:
    open_terms = [f"{r.term.id} {r.status}" for r in decision.terms if r.status not in ("met", "waived")]
    return f" ({', '.join(open_terms)})" if open_terms else ""


def check_together(versions: Iterable[PolicyVersion]) -> None:
    """Versions of one policy must not overlap. Raises PolicyErrors for every policy that breaks this."""
    by_policy: dict[str, list[PolicyVersion]] = {}
    for version in versions:
        by_policy.setdefault(version.policy, []).append(version)
    errors = [error for group in by_policy.values() for error in _faults(group)]
    if errors:
        raise PolicyErrors(errors)


def _faults(versions: list[PolicyVersion]) -> Iterator[Any]:
    try:
        Policy(tuple(versions))
    except PolicyErrors as failed:
        yield from failed.errors
