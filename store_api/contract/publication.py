"""Publication on the wire: drafts, their checks, approval, previews. Versions are in versions.py.

`text_digest` is the SHA-256 of a draft's exact text: checks, confirmations and approvals are bound to it.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from store_api.contract.basis import FactValue, Identifier, Wire, Words
from store_api.contract.decisions import Outcome
from store_api.contract.sheets import Sheet
from store_api.contract.versions import Pin, VersionEntry

DraftState = Literal[
    "draft", "checked", "withdrawn", "approved", "in_force", "superseded", "ended", "stopped"
]
"""`checked` when all five checks hold for the text as it is; from `approved` on it is the version's state."""

CheckKind = Literal["form", "examples", "proofs", "comparison", "impact"]

CheckState = Literal["missing", "old", "failed", "warned", "passed"]
"""`old` when text, catalogue or the version before have changed since; `warned` holds nothing up."""

Mark = Literal["good", "warning", "failed"]

PolicyDocument = Annotated[str, StringConstraints(min_length=1, max_length=900_000)]
"""A policy document's text in YAML."""

DigestText = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class PolicyFault(Wire):
    """What is wrong with a document and where; lines and columns count from 1."""

    line: int
    column: int
    code: str
    message: str


# asking


class DraftRequest(Wire):
    """A new draft: the whole text of a policy document."""

    text: PolicyDocument


class DraftEdit(Wire):
    """A changed text; `revision` is the one that was read, so that nobody's change is overwritten."""

    text: PolicyDocument
    revision: int = Field(ge=1, le=1_000_000)


class DraftStep(Wire):
    """Run the checks, or withdraw, the draft as it was read."""

    revision: int = Field(ge=1, le=1_000_000)


class SentenceConfirmation(Wire):
    """The approver has read a sentence beside its reading; `shown` is the digest of both."""

    text_digest: DigestText
    shown: DigestText


class ApprovalRequest(Wire):
    """Approve exactly what was shown, with one's own PIN again."""

    text_digest: DigestText
    comparison_digest: DigestText
    pin: Pin


class SuccessorRequest(Wire):
    """Make the draft of the next version: it begins on `starts_on` and ends before `ends_on`, if given.

    With an end and the same terms it is how a policy is withdrawn by a date.
    """

    starts_on: dt.date
    ends_on: dt.date | None = None


class ImpactRequest(Wire):
    """Decide the recorded decisions of the last days again under the draft."""

    text_digest: DigestText
    days: int = Field(default=90, ge=1, le=730)


# drafts and their checks


class DraftSentence(Wire):
    """One sentence in one language beside a reading made from its test; null where nothing is tested.

    `sentence` names it, such as term.new-phone.en; `confirmed` is the caller's own confirmation.
    """

    sentence: Identifier
    kind: Literal["title", "term", "stops", "tier", "agrees"]
    subject: str
    language: str
    says: str
    reading: str | None
    shown: DigestText
    line: int
    column: int
    confirmed: bool
    confirmed_by: tuple[str, ...]


class ExampleResult(Wire):
    """One of the document's own examples, as it was decided."""

    name: str
    outcome: Outcome | None
    amount: str | None
    faults: tuple[PolicyFault, ...]


class FoundCustomer(Wire):
    """A customer whom the solver found: the facts, and the day. What is missing is not known."""

    on: dt.date
    facts: dict[str, FactValue]


class ProofFinding(Wire):
    """What became of one law, and the customers who show it. `line` is where its subject stands.

    `customers` tells each of `facts` in words, with the answer.
    """

    law: Literal["somebody", "term", "claim", "tier"]
    subject: str | None
    verdict: Literal["shown", "proved", "redundant", "fails", "not_proved"]
    mark: Mark
    says: Words
    customers: tuple[Words, ...]
    facts: tuple[FoundCustomer, ...]
    line: int | None


class TermChangeText(Wire):
    """One term's change in words."""

    term: str
    change: Literal["added", "removed", "loosened", "tightened", "changed", "reworded", "moved", "same_test"]
    says: Words


class AffectedText(Wire):
    """Who loses or gains: somebody, with a customer who shows it; nobody, proved; or not proved."""

    verdict: Literal["shown", "nobody", "not_proved"]
    says: Words
    customer: Words | None


class SpanFinding(Wire):
    """What the versions' dates come to: a day taken over, days without a version, or a conflict."""

    kind: Literal["takes_over", "gap", "conflict"]
    says: Words
    starts_on: dt.date | None
    ends_on: dt.date | None


class ComparisonText(Wire):
    """A version beside the one before it, in words; `old_version` is null for a policy's first version."""

    policy: str
    old_version: int | None
    new_version: int
    terms: tuple[TermChangeText, ...]
    fields: tuple[Words, ...]
    loses: AffectedText | None
    gains: AffectedText | None
    spans: tuple[SpanFinding, ...]
    digest: DigestText


ImpactChange = Literal["loses", "gains", "less", "more", "opens", "other"]
"""yes to no; to yes; a smaller or larger amount; yes to a question; another change that gives nothing."""


class ImpactFlip(Wire):
    """One recorded decision that would come out otherwise; `terms` are those that turn it."""

    terms_code: str
    store_id: Identifier
    on: dt.date
    change: ImpactChange
    before: Outcome
    after: Outcome
    terms: tuple[str, ...]


class ImpactCounts(Wire):
    """How many decisions, and what becomes of them."""

    decisions: int
    same: int
    loses: int
    gains: int
    less: int
    more: int
    opens: int
    other: int


class ImpactOfStore(Wire):
    """The counts of one store."""

    store_id: Identifier
    name: str
    counts: ImpactCounts


class ImpactOfTerm(Wire):
    """How many decisions a term turns, by the kind of change."""

    term: str
    loses: int
    gains: int
    less: int
    more: int
    opens: int
    other: int


class Impact(Wire):
    """The recorded decisions of some days, decided again under a draft.

    `aside` were a "no" for a reason outside the terms and stay one. `unrecorded` are facts that the draft
    reads and that some records do not hold; they count as not known.
    """

    days: int
    since: dt.date
    counts: ImpactCounts
    aside: int
    stores: tuple[ImpactOfStore, ...]
    terms: tuple[ImpactOfTerm, ...]
    flips: tuple[ImpactFlip, ...]
    unrecorded: tuple[str, ...]


class ImpactRun(Wire):
    """A preview that was asked for; its stream does the work and keeps the result with the draft."""

    run_id: Identifier
    draft_id: Identifier
    days: int


class ImpactProgress(Wire):
    """One line of a preview's stream; the last has `impact`, or a `code` why there is none."""

    done: int
    total: int
    counts: ImpactCounts
    flips: tuple[ImpactFlip, ...] = ()
    impact: Impact | None = None
    code: str | None = None


class DraftCheck(Wire):
    """One of the five checks, with the result of its own kind."""

    kind: CheckKind
    state: CheckState
    made_at: dt.datetime | None = None
    faults: tuple[PolicyFault, ...] = ()
    examples: tuple[ExampleResult, ...] = ()
    findings: tuple[ProofFinding, ...] = ()
    comparison: ComparisonText | None = None
    impact: Impact | None = None


class ApprovalReason(Wire):
    """Why the caller cannot approve, in words; `subject` names a check, a sentence or a version."""

    code: str
    subject: str | None
    says: Words


class DraftSummary(Wire):
    """A draft in a list; name, number, title and dates are null while the text cannot be read."""

    draft_id: Identifier
    policy: str | None
    version: int | None
    title: Words | None
    state: DraftState
    revision: int
    text_digest: DigestText
    author: str
    editors: tuple[str, ...]
    created_at: dt.datetime
    updated_at: dt.datetime
    effective_from: dt.date | None
    effective_until: dt.date | None
    faults: tuple[PolicyFault, ...]


class DraftList(Wire):
    """Drafts, the newest change first."""

    drafts: tuple[DraftSummary, ...]


class Draft(DraftSummary):
    """A draft with its text, checks and sentences, and what keeps the caller from approving it."""

    text: str
    version_before: int | None
    checks: tuple[DraftCheck, ...]
    sentences: tuple[DraftSentence, ...]
    hindrances: tuple[ApprovalReason, ...]


class ApprovalAnswer(Wire):
    """`code` is null where it was approved, else why not, with every reason in words."""

    code: str | None
    reasons: tuple[ApprovalReason, ...] = ()
    locked_until: dt.datetime | None = None
    version: VersionEntry | None = None


class PreviewCase(Wire):
    """A customer as the draft would answer them; `source` says where the facts come from.

    `names_a_day` says that waiting alone brings a yes on a day.
    """

    kind: Literal["yes", "not_yet", "question", "waived"]
    source: Literal["example", "solver"]
    name: str
    on: dt.date
    facts: dict[str, FactValue]
    waived: tuple[str, ...]
    names_a_day: bool
    sheets: dict[str, Sheet]


class SheetPreview(Wire):
    """One case of each kind that could be found; `missing` are the kinds without one."""

    cases: tuple[PreviewCase, ...]
    missing: tuple[str, ...]
