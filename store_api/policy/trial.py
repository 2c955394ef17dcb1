"""A policy's own examples as rows of a table: what each came to and what was expected otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from store_api.policy.check import check_version
from store_api.policy.decide import decide
from store_api.policy.errors import PolicyErrors
from store_api.policy.facts import Catalogue
from store_api.policy.model import Example, PolicyVersion


@dataclass(frozen=True)
class Row:
    """One example: outcome and amount as decided, and its faults, FILE:LINE:COL: code: message each."""

    policy: str
    name: str
    outcome: str
    amount: str
    faults: tuple[str, ...]


def tried(version: PolicyVersion, catalogue: Catalogue) -> Iterator[Row]:
    """Every example of a version, in the order written."""
    for example in version.examples:
        outcome, amount = _decided(version, example, catalogue)
        faults = tuple(_faults(version, example, catalogue))
        yield Row(f"{version.policy} {version.version}", example.name, outcome, amount, faults)


def _decided(version: PolicyVersion, example: Example, catalogue: Catalogue) -> tuple[str, str]:
    try:
        decision = decide(version, catalogue, example.facts, example.on, example.waive, example.ends)
    except PolicyErrors:
        return "error", ""
    amount = decision.benefit.amount if decision.benefit is not None else None
    return decision.outcome, str(amount) if amount is not None else ""


def _faults(version: PolicyVersion, example: Example, catalogue: Catalogue) -> Iterator[str]:
    try:
        check_version(replace(version, examples=(example,)), catalogue)
    except PolicyErrors as failed:
        yield from (str(error) for error in failed.errors)
