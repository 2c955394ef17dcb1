"""The sheets that customers would read under a draft: a yes, a not yet, a question, a waived term.

What it is for: cases from the document's own examples first, else from customers whom the proofs found.
What it must not know: the database, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from store_api.contract import DraftCheck, PreviewCase, SheetPreview
from store_api.decisions.service import sheets_of_decision
from store_api.drafts.checks import plain_value
from store_api.drafts.standing import Standing
from store_api.policy.decide import decide
from store_api.policy.decision import Decision
from store_api.policy.errors import PolicyErrors
from store_api.policy.model import PolicyVersion

Kind = Literal["yes", "not_yet", "question", "waived"]
KINDS: tuple[Kind, ...] = ("yes", "not_yet", "question", "waived")


@dataclass(frozen=True)
class _Try:
    """Facts to decide on, and where they come from."""

    source: Literal["example", "solver"]
    name: str
    on: dt.date
    facts: Mapping[str, Any]
    waived: frozenset[str] = frozenset()
    ends: dt.date | None = field(default=None)


def preview(standing: Standing, checks: tuple[DraftCheck, ...]) -> SheetPreview:
    """One case of each kind that can be found; none while the text has faults."""
    found: dict[Kind, PreviewCase] = {}
    if standing.version is not None:
        for tried in _tries(standing.version, standing, checks):
            decision = _decided(standing.version, standing, tried)
            kind = _kind(decision, tried) if decision is not None else None
            if decision is not None and kind is not None and _is_better(decision, found.get(kind)):
                found[kind] = _case(kind, tried, decision, standing)
    cases = tuple(found[kind] for kind in KINDS if kind in found)
    return SheetPreview(cases=cases, missing=tuple(kind for kind in KINDS if kind not in found))


def _tries(version: PolicyVersion, standing: Standing, checks: tuple[DraftCheck, ...]) -> Iterator[_Try]:
    for example in version.examples:
        yield _Try("example", example.name, example.on, example.facts, example.waive, example.ends)
    waivable = {each.term for each in version.waivable}
    proofs = next((check for check in checks if check.kind == "proofs"), None)
    for finding in proofs.findings if proofs is not None else ():
        for customer in finding.facts[:1]:
            one = _Try("solver", finding.subject or "", customer.on, customer.facts)
            yield one
            if finding.law == "somebody":
                yield from _with_questions(one, standing)
            if finding.law == "term" and finding.subject in waivable:
                yield _Try("solver", one.name, one.on, one.facts, frozenset({str(finding.subject)}))


def _with_questions(one: _Try, standing: Standing) -> Iterator[_Try]:
    """The same customer before they were asked anything."""
    facts = {key: value for key, value in one.facts.items() if not standing.catalogue.facts[key].may_be_asked}
    yield _Try("solver", one.name, one.on, facts)


def _decided(version: PolicyVersion, standing: Standing, tried: _Try) -> Decision | None:
    try:
        return decide(version, standing.catalogue, tried.facts, tried.on, tried.waived, tried.ends)
    except PolicyErrors:
        return None


def _kind(decision: Decision, tried: _Try) -> Kind | None:
    if decision.document is None:
        return None
    if decision.outcome == "eligible":
        waived = any(result.status == "waived" for result in decision.terms)
        return "waived" if waived else "yes"
    if decision.outcome == "undecided":
        return "question" if decision.questions else None
    return "not_yet" if not tried.waived else None


def _is_better(decision: Decision, known: PreviewCase | None) -> bool:
    """The first of its kind, or the first "no" that names a day where the one before had none."""
    if known is None:
        return True
    return known.kind == "not_yet" and not known.names_a_day and decision.first_yes_on is not None


def _case(kind: Kind, tried: _Try, decision: Decision, standing: Standing) -> PreviewCase:
    return PreviewCase(
        kind=kind,
        source=tried.source,
        name=tried.name,
        on=tried.on,
        facts={key: plain_value(value) for key, value in decision.facts.items()},
        waived=tuple(sorted(tried.waived)),
        names_a_day=decision.first_yes_on is not None,
        sheets=sheets_of_decision(decision, standing.catalogue),
    )
