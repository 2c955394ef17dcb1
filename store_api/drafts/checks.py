"""The checks of a draft: form, examples, proofs, comparison. The fifth, the impact, is in impact.py.

What it is for: each check's state and its result as a value of the wire. Proofs and comparison ask the solver
and take up to seconds; nothing here opens a transaction.
What it must not know: the database, Flask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from store_api.contract import DraftCheck, ExampleResult, FoundCustomer, PolicyFault, ProofFinding
from store_api.drafts.standing import Standing, fault
from store_api.policies import service as policies
from store_api.policy.check import check_version
from store_api.policy.decide import decide
from store_api.policy.errors import PolicyErrors
from store_api.policy.findings import Customer, Finding
from store_api.policy.model import Example, PolicyVersion
from store_api.policy.nodes import ListNode, MapNode, Node, ScalarNode, read_tree
from store_api.policy.proof_words import ProofWords
from store_api.policy.values import Value, value_to_json

LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class Checked:
    """A check that was run, and what it holds for."""

    check: DraftCheck
    basis: str


def run_checks(standing: Standing) -> tuple[Checked, ...]:
    """Form, examples, proofs and comparison; form alone where the text has faults."""
    form = DraftCheck(kind="form", state="failed" if standing.faults else "passed", faults=standing.faults)
    made = [form]
    if standing.version is not None:
        made += [
            _examples(standing, standing.version),
            _proofs(standing, standing.version),
            _comparison(standing, standing.version),
        ]
    return tuple(Checked(check, standing.basis(check.kind)) for check in made)


def _examples(standing: Standing, version: PolicyVersion) -> DraftCheck:
    results = tuple(_example(standing, version, example) for example in version.examples)
    faults = tuple(each for result in results for each in result.faults)
    state = "failed" if faults else "passed" if results else "warned"
    return DraftCheck.model_validate(
        {"kind": "examples", "state": state, "faults": faults, "examples": results}
    )


def _example(standing: Standing, version: PolicyVersion, example: Example) -> ExampleResult:
    faults: tuple[PolicyFault, ...] = ()
    try:
        check_version(_with_one(version, example), standing.catalogue)
    except PolicyErrors as failed:
        faults = tuple(fault(error) for error in failed.errors)
    try:
        decision = decide(version, standing.catalogue, example.facts, example.on, example.waive, example.ends)
    except PolicyErrors:
        return ExampleResult(name=example.name, outcome=None, amount=None, faults=faults)
    amount = decision.benefit.amount if decision.benefit is not None else None
    told = str(amount) if amount is not None else None
    return ExampleResult(name=example.name, outcome=decision.outcome, amount=told, faults=faults)


def _with_one(version: PolicyVersion, example: Example) -> PolicyVersion:
    return replace(version, examples=(example,))


def _proofs(standing: Standing, version: PolicyVersion) -> DraftCheck:
    from store_api.policy.prove import prove  # loads the solver

    lines = subject_lines(standing.text)
    findings = prove(version, standing.catalogue)
    told = {language: ProofWords(standing.catalogue, language) for language in LANGUAGES}
    shown = tuple(_finding(version, finding, told, lines) for finding in findings)
    marks = {finding.mark for finding in shown}
    state = "failed" if "failed" in marks else "warned" if "warning" in marks else "passed"
    return DraftCheck.model_validate({"kind": "proofs", "state": state, "findings": shown})


def _finding(
    version: PolicyVersion, finding: Finding, told: dict[str, ProofWords], lines: dict[tuple[str, str], int]
) -> ProofFinding:
    customers = {language: list(words.customers(version, finding)) for language, words in told.items()}
    return ProofFinding(
        law=finding.law,
        subject=finding.subject,
        verdict=finding.verdict,
        mark=finding.mark,
        says={language: words.law(finding) for language, words in told.items()},
        customers=tuple(
            {language: customers[language][number] for language in told}
            for number in range(len(finding.customers))
        ),
        facts=tuple(_customer(customer) for customer in finding.customers),
        line=lines.get((finding.law, finding.subject)) if finding.subject is not None else None,
    )


def _comparison(standing: Standing, version: PolicyVersion) -> DraftCheck:
    told = policies.compare_in_words(standing.book, version, standing.catalogue)
    sides = [side.verdict for side in (told.loses, told.gains) if side is not None]
    kinds = {span.kind for span in told.spans}
    doubtful = "not_proved" in sides or "gap" in kinds
    state = "failed" if "conflict" in kinds else "warned" if doubtful else "passed"
    return DraftCheck.model_validate({"kind": "comparison", "state": state, "comparison": told})


def subject_lines(text: str) -> dict[tuple[str, str], int]:
    """The line of each term, tier and claim of a document, by (law, name)."""
    return {(law, name): line for law, name, line in _subjects(read_tree(text, "draft.yaml"))}


def _subjects(node: Node) -> Iterator[tuple[str, str, int]]:
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _subjects(item)
    if not isinstance(node, MapNode):
        return
    for law in ("term", "tier", "claim"):
        named = node.entries.get(law)
        if isinstance(named, ScalarNode) and isinstance(named.value, str) and "by" not in node.entries:
            yield law, named.value, named.place.line
    for key, value in node.entries.items():
        if key not in ("waivable", "examples"):
            yield from _subjects(value)


def _customer(customer: Customer) -> FoundCustomer:
    return FoundCustomer(
        on=customer.on, facts={key: plain_value(value) for key, value in sorted(customer.facts.items())}
    )


def plain_value(value: Value) -> Any:
    """A fact's value as the wire has it: money as "50.00 USD"."""
    plain = value_to_json(value)
    return f"{plain['amount']} {plain['currency']}" if isinstance(plain, dict) else plain
