"""Overrides on the wire: what could be waived, what it would change, a request, its answer."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from store_api.contract.basis import Identifier, Money, Wire, Words
from store_api.contract.decisions import Outcome
from store_api.contract.sheets import Sheet
from store_api.contract.visits import LineChoice

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Pin = Annotated[str, StringConstraints(min_length=1, max_length=12)]

OverrideReason = Literal[
    "device_failed", "our_mistake", "was_promised", "records_wrong", "hardship", "other"
]  # fmt: skip

WaiverRole = Literal["rep", "store_manager", "region_manager", "care"]

Permission = Literal["allowed", "needs_approval", "never"]
"""What a role may do: at once, with somebody else's approval, or not at all."""

OverrideState = Literal["asked", "expired", "approved", "used", "lapsed", "declined", "withdrawn", "stopped"]
"""`expired` was not answered in time, `lapsed` was approved and not used in time."""

OverrideRefusal = Literal[
    "identity.wrong", "identity.locked", "override.own_request", "override.not_entitled",
    "override.took_part", "override.circle", "override.over", "override.changed", "override.limit_of_case",
    "override.limit_of_approver", "override.not_your_device",
]  # fmt: skip


class Permissions(Wire):
    """What the caller's role may do, by action."""

    actions: dict[str, Permission]


class OverrideReasonWords(Wire):
    """A reason as staff choose it and customers read it."""

    reason: OverrideReason
    says: Words


class WaivableTerm(Wire):
    """A term of the visit's answer that is not met and that the policy lets somebody waive."""

    term: Identifier
    says: Words
    status: Literal["unmet", "unknown"]
    roles: tuple[WaiverRole, ...]


class WaiverPreview(Wire):
    """What waiving these terms would change, and what it would cost; nothing of it is kept.

    `amount` is what the benefit would take off the order, `cost` what that is more than without. `roles` are
    those that may approve all of it; `code` says why nobody can be asked: override.not_enough (it would be no
    yes even so), override.changes_nothing, override.nobody_may.
    """

    terms: tuple[Identifier, ...]
    outcome: Outcome
    amount: Money | None
    cost: Money | None
    sheets: dict[str, Sheet]
    roles: tuple[WaiverRole, ...]
    code: Literal["override.not_enough", "override.changes_nothing", "override.nobody_may"] | None


class OverrideItem(Wire):
    """A thing in the order that an approver is shown."""

    name: str
    price: Money


class OverrideTerm(Wire):
    """A term that would be waived, in words."""

    term: Identifier
    says: Words


class Override(Wire):
    """A request to waive named terms, and what became of it.

    `digest` is that of everything that is shown here and that an answer agrees to. `hindrance` says why the
    caller cannot answer it, null where they can. `line` is for the store that serves it alone. `until` is
    when an approval that is not used ends.
    """

    override_id: Identifier
    visit_id: Identifier
    visit_code: str
    store_id: Identifier
    store_name: str
    terms_code: str
    policy: str
    version: int
    title: Words
    line: LineChoice | None
    terms: tuple[OverrideTerm, ...]
    roles: tuple[WaiverRole, ...]
    reason: OverrideReason
    reason_words: Words
    note: str | None
    amount: Money | None
    cost: Money | None
    items: tuple[OverrideItem, ...]
    agreement_months: int | None
    sheets: dict[str, Sheet]
    asked_by: str
    asked_at: dt.datetime
    expires_at: dt.datetime
    state: OverrideState
    answered_by: str | None
    answered_role: WaiverRole | None
    answered_at: dt.datetime | None
    through: Literal["own_device", "shared_device"] | None
    station: str | None
    until: dt.datetime | None
    waived_terms_code: str | None
    disowned_at: dt.datetime | None
    seen_at: dt.datetime | None
    hindrance: OverrideRefusal | None
    digest: Digest


class Exceptions(Wire):
    """What the visit's answer leaves to be waived, the reasons, a preview, and the newest request."""

    permission: Permission
    choices: tuple[WaivableTerm, ...]
    reasons: tuple[OverrideReasonWords, ...]
    preview: WaiverPreview | None
    newest: Override | None


class OverrideRequest(Wire):
    """Ask for named terms to be waived; `reason` "other" needs a note."""

    terms: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=8)]
    reason: OverrideReason
    note: Note | None = None


class OverrideAnswerRequest(Wire):
    """Approve or decline exactly what was shown, with the approver's own PIN.

    `staff_number` where the approver stands at somebody else's session on a tablet of the store.
    """

    approved: bool
    digest: Digest
    pin: Pin
    staff_number: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None


class OverrideAnswer(Wire):
    """What became of an answer: `code` says why it does not count, in words in `says`; null where it does."""

    code: OverrideRefusal | None
    says: Words | None
    locked_until: dt.datetime | None = None
    override: Override


class OverrideDesk(Wire):
    """Requests that wait and that the caller's role may answer, and what was approved in their name."""

    waiting: tuple[Override, ...]
    given: tuple[Override, ...]


class OverrideNews(Wire):
    """What everybody in a visit is told of its newest request: where it stands, and who decides."""

    override_id: Identifier
    state: OverrideState
    roles: tuple[WaiverRole, ...]
    terms: tuple[OverrideTerm, ...]
    expires_at: dt.datetime
    until: dt.datetime | None
