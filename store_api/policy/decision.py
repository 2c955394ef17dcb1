"""A decision as a value: what was asked, what was answered, and why.

Immutable and complete: the sheet, the wire form and the record are all made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from store_api.policy.evaluate import Outcome, Resolved, Status
from store_api.policy.granted import Granted
from store_api.policy.horizon import Horizon
from store_api.policy.model import Policy, PolicyVersion, Term
from store_api.policy.values import Value

NONE_IN_FORCE = "policy.none_in_force"


@dataclass(frozen=True)
class TermResult:
    """One term of a decision: status, the fact's value and the bound's, None while unknown."""

    term: Term
    tier: str | None
    status: Status
    value: Value | None
    bound: Resolved | None
    met_on: date | None


@dataclass(frozen=True)
class Decision:
    """The immutable answer of one policy version to one set of facts on one day.

    `document` is None where no version is in force or the date that picks it is unknown; then `terms` and
    `not_required` are empty. `facts` are those that the decision read. `questions` and `unavailable` are keys
    of missing facts: the first may be asked of the customer, the others not.
    """

    policy: Policy
    document: PolicyVersion | None
    outcome: Outcome
    on: date
    zone: str | None
    codes: tuple[str, ...]
    benefit: Granted | None
    terms: tuple[TermResult, ...]
    not_required: tuple[str, ...]
    questions: tuple[str, ...]
    unavailable: tuple[str, ...]
    horizon: Horizon
    waivers: frozenset[str]
    ends: date | None
    facts: Mapping[str, Value] = field(hash=False)
    digest: str = ""

    @property
    def version(self) -> int | None:
        """The number of the version that decided."""
        return self.document.version if self.document is not None else None

    @property
    def first_yes_on(self) -> date | None:
        """The first later day of a yes by waiting alone."""
        return self.horizon.first_yes_on

    @property
    def earliest_possible_on(self) -> date | None:
        """The same, from today on, with unknown terms taken as met."""
        return self.horizon.earliest_possible_on

    @property
    def cannot_be_known(self) -> bool:
        """Whether only facts that roll on in unknown ways stand between today and a date."""
        return self.horizon.cannot_be_known

    @property
    def last_yes_on(self) -> date | None:
        """The last day of the unbroken run of yeses."""
        return self.horizon.last_yes_on

    def result_of(self, term_id: str) -> TermResult:
        """The result of one term."""
        return next(result for result in self.terms if result.term.id == term_id)
