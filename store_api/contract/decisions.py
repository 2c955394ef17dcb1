"""Decisions on the wire: the recorded answer, its questions, and what a terms code tells."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from store_api.contract.basis import Identifier, Money, Wire, Words
from store_api.contract.policies import PolicyText
from store_api.contract.sheets import Sheet

Outcome = Literal["eligible", "not_eligible", "undecided"]

TermStatusName = Literal["met", "unmet", "unknown", "waived"]


class Benefit(Wire):
    """What a yes grants. `applied` and `kept` or `forfeited` are known once the order has a price.

    `most` is there where the customer may use less than could be applied, and is what could be.
    """

    kind: Literal["instant_credit", "bill_credit", "percent_off", "fee_waiver", "upgrade_right"]
    tier: str | None = None
    amount: Money | None = None
    applied: Money | None = None
    kept: Money | None = None
    forfeited: Money | None = None
    most: Money | None = None


class TermStatus(Wire):
    """One term of the policy as this decision found it."""

    term: str
    tier: str | None
    status: TermStatusName
    says: Words
    met_on: dt.date | None = None


class Option(Wire):
    """One answer that a question offers."""

    value: str
    label: Words


class Question(Wire):
    """A fact that is missing and that the customer may be asked for."""

    fact: str
    ask: Words
    type: Literal["boolean", "choice", "text", "integer", "percent", "money", "date", "set"]
    unit: str | None = None
    options: tuple[Option, ...] = ()


class Unavailable(Wire):
    """A fact that is missing and that nobody at the counter may be asked for.

    `reason` says why, where it comes from another directory: unreachable (ask again), too_old, not_recorded.
    """

    fact: str
    source: str
    label: Words
    reason: Literal["unreachable", "too_old", "not_recorded"] | None = None


class Decision(Wire):
    """The recorded answer of one policy version to one set of facts at one moment.

    `on` is a day in `zone`. It lapses at `lapses_at`: 30 minutes after `decided_at`, or at the store's
    midnight if that is sooner; a later use decides again.
    """

    decision_id: Identifier
    terms_code: str
    terms_url: str
    outcome: Outcome
    codes: tuple[str, ...]
    policy: str
    version: int | None
    title: Words
    on: dt.date
    zone: str
    decided_at: dt.datetime
    lapses_at: dt.datetime
    visit_id: Identifier | None
    voucher_id: Identifier | None
    line_id: Identifier | None
    order_id: Identifier | None
    benefit: Benefit | None
    terms: tuple[TermStatus, ...]
    questions: tuple[Question, ...]
    unavailable: tuple[Unavailable, ...]
    first_yes_on: dt.date | None
    earliest_possible_on: dt.date | None
    last_yes_on: dt.date | None
    cannot_be_known: bool
    sheets: dict[str, Sheet]
    say: Words


class DecisionRequest(Wire):
    """Ask for a decision: on a voucher of the visit, or on the upgrade of its line by a policy.

    `amount` is what the customer wants to use of a credit whose rest is kept; null is all that can be used.
    """

    visit_id: Identifier
    voucher_id: Identifier | None = None
    policy: Identifier | None = None
    amount: Money | None = None


class DecisionCheck(Wire):
    """Whether what a decision granted could be used at this moment; `code` says why not.

    `decision` is the one that was asked about. Where the terms changed, ask for a new one.
    """

    stands: bool
    code: str | None
    decision: Decision


class PublicTerms(Wire):
    """What anybody may read by a terms code: the policy's words and version, nothing of a person.

    `sheets` is there only for a caller who may see the whole sheet.
    """

    terms_code: str
    policy: PolicyText | None
    on: dt.date
    sheets: dict[str, Sheet] | None = None
