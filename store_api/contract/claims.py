"""Claims on the wire: what a customer heard, checked against the policy, and how often that was asked."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from store_api.contract.basis import Identifier, Wire, Words
from store_api.contract.decisions import TermStatusName
from store_api.contract.sheets import Sheet

ClaimResult = Literal["required", "not_required", "not_in_policy", "depends"]
"""`depends` where a fact or the customer is not known, or where the amount alone hangs on it."""


class ClaimRequest(Wire):
    """Check a statement for a visit: by its decision, else by `policy` or the voucher that was shown.

    `months` is the length that was heard, of the statement that takes one.
    """

    visit_id: Identifier
    claim: Identifier
    months: int | None = Field(default=None, ge=1, le=120)
    policy: Identifier | None = None


class ClaimTerm(Wire):
    """A term that a statement is about; its status is the decision's, null where there is none."""

    term: str
    tier: str | None
    says: Words
    status: TermStatusName | None


class ClaimAnswer(Wire):
    """What the policy says to a statement. `sheets` are its lines, the same on every face and on paper.

    `counted` where somebody was identified: then it counts once for the visit, however often it is asked.
    `terms_code` is that of the decision; without one `terms_url` leads to the policy's public page.
    """

    check_id: Identifier
    claim: str
    says: Words
    result: ClaimResult
    why: str
    policy: str
    version: int | None
    title: Words
    terms: tuple[ClaimTerm, ...]
    heard_months: int | None
    least_months: int | None
    terms_code: str | None
    terms_url: str
    checked_at: dt.datetime
    counted: bool
    sheets: dict[str, Sheet]


class ClaimChoice(Wire):
    """A statement of the closed list; `takes_months` where one may say which length was heard."""

    claim: str
    says: Words
    takes_months: bool


class ClaimList(Wire):
    """The closed list for a visit, and what was answered in it.

    `policy` is null where there is nothing yet to check a statement against. `personal` where the answers
    are for the visit's customer, and not about the policy's words alone.
    """

    policy: str | None
    title: Words | None
    personal: bool
    claims: tuple[ClaimChoice, ...]
    answers: tuple[ClaimAnswer, ...]


class ClaimCount(Wire):
    """In how many identified visits of a store a statement was checked, with the answer that was given."""

    claim: str
    says: Words
    store_id: Identifier
    store_name: str
    policy: str
    version: int | None
    term: str | None
    result: ClaimResult
    count: int


class ClaimCounts(Wire):
    """The counts of some days, the most frequent first. `visits` asked at least once; the last day counts."""

    since: dt.date
    until: dt.date
    visits: int
    counts: tuple[ClaimCount, ...]
