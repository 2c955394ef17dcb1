"""What the checks of a draft found, each at the line of the file that it is about.

What it is for: a page shows the text once, with everything that was found beneath its lines.
What it must not know: requests, sessions, the store's client.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kiosk.region.marked_text import Remark, Weight, remarks_of
from store_api.contract import ComparisonText, Draft, DraftCheck, ProofFinding

CheckLook = Literal["passed", "warning", "failed", "missing", "stale"]
LOOKS: dict[str, CheckLook] = {
    "passed": "passed", "warned": "warning", "failed": "failed", "missing": "missing", "old": "stale",
}  # fmt: skip
WEIGHTS: dict[str, Weight] = {"good": "note", "warning": "warning", "failed": "fault"}


@dataclass(frozen=True)
class CheckRow:
    """One of the five checks as the page lists it."""

    check: DraftCheck
    look: CheckLook


def checks(draft: Draft) -> tuple[CheckRow, ...]:
    """The checks in the order in which they are run."""
    return tuple(CheckRow(check, LOOKS[check.state]) for check in draft.checks)


def check_of(draft: Draft, kind: str) -> DraftCheck | None:
    """One check of a draft."""
    return next((check for check in draft.checks if check.kind == kind), None)


def comparison_of(draft: Draft) -> ComparisonText | None:
    """What changes against the version before, as far as it was found out."""
    check = check_of(draft, "comparison")
    return check.comparison if check is not None else None


def remarks(draft: Draft, language: str) -> tuple[Remark, ...]:
    """Everything that has a place in the text: faults, else what examples and proofs found."""
    if draft.faults:
        return remarks_of(draft.faults)
    return tuple(dict.fromkeys(_found(draft, language)))  # examples are told of by their check, too


def _found(draft: Draft, language: str) -> Iterator[Remark]:
    for check in draft.checks:
        yield from remarks_of(check.faults)
        for example in check.examples:
            yield from remarks_of(example.faults)
        for finding in check.findings:
            if finding.mark != "good" and finding.line is not None:
                yield _remark(finding, first_sign(draft.text, finding.line), language)


def first_sign(text: str, line: int) -> int:
    """The column at which a line begins to say something; a list's dash says nothing."""
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    return len(written) - len(written.lstrip(" -")) + 1


def _remark(finding: ProofFinding, column: int, language: str) -> Remark:
    customers = " ".join(customer[language] for customer in finding.customers)
    said = f"{finding.says[language]} {customers}".strip()
    return Remark(finding.line or 1, column, f"proof.{finding.law}", said, WEIGHTS[finding.mark])
