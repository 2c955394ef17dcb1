"""Visits on the wire: identity, choices, leave for lines, and what every face follows."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from store_api.contract.basis import Identifier, Language, Wire, Words
from store_api.contract.decisions import Decision
from store_api.contract.identity import IdentityMethod
from store_api.contract.orders import Order
from store_api.contract.policies import PolicyText
from store_api.contract.redemptions import Hold, Redemption
from store_api.contract.sheets import Sheet
from store_api.contract.vouchers import VoucherSummary


class VisitRequest(Wire):
    """Open a visit at the caller's station."""

    language: Language = "en"


class VisitLanguage(Wire):
    """The language in which the customer reads."""

    language: Language


class IdentityRequest(Wire):
    """The person's telephone number, as typed, and their own PIN."""

    telephone: Annotated[str, StringConstraints(max_length=40)]
    pin: Annotated[str, StringConstraints(min_length=1, max_length=12)]


class PhotoId(Wire):
    """The telephone number of the person whose photo ID the calling member of staff has seen."""

    telephone: Annotated[str, StringConstraints(max_length=40)]


class LineChoice(Wire):
    """A line that the person may act for. `label` is a first name or a use, `last_four` of its number."""

    line_id: Identifier
    label: str
    last_four: str


class Choices(Wire):
    """What the person can ask about: vouchers that their line may use, and upgrade policies.

    `can_allow_lines` is true for an owner of whose account some lines need leave.
    """

    line: LineChoice
    vouchers: tuple[VoucherSummary, ...]
    upgrades: tuple[PolicyText, ...]
    can_allow_lines: bool = False


class ConsentPolicy(Wire):
    """A policy to whose vouchers a leave is limited."""

    policy: str
    title: Words


class LineConsent(Wire):
    """A line that needs the owner's leave for the account's vouchers, and what it has leave for.

    `allowed` is true where any leave stands, `everything` where it covers whatever belongs to the account;
    else `policies` names those of whose vouchers it may use some or all.
    """

    line: LineChoice
    allowed: bool
    everything: bool
    policies: tuple[ConsentPolicy, ...]


class LineConsents(Wire):
    """The account's lines that need leave, by label."""

    consents: tuple[LineConsent, ...]


class ConsentRequest(Wire):
    """Allow a line whatever belongs to the account, or take back every leave that it has."""

    allowed: bool


class UsedVoucher(Wire):
    """A voucher that was used on an order besides the one that the visit shows, with its own sheet."""

    title: Words
    redemption: Redemption
    sheets: dict[str, Sheet]


class Visit(Wire):
    """One customer's time in the store as the caller may see it.

    `person`, `line`, `decision`, `order` are null until the identity check. `code` is short and spoken
    ("4-817"). `revision` rises with every change. `also_used` are the other vouchers that were used on the
    order of `redemption` and not undone. `is_calling`: somebody is being called for the customer.
    """

    visit_id: Identifier
    code: str
    store_id: Identifier
    station: str
    language: Language
    state: Literal["open", "closed"]
    opened_at: dt.datetime
    revision: int
    identity: IdentityMethod | None
    person: str | None
    line: LineChoice | None
    scanned_policy: PolicyText | None
    scanned_voucher_id: Identifier | None
    order: Order | None
    decision: Decision | None
    hold: Hold | None
    redemption: Redemption | None
    outcome: str | None
    also_used: tuple[UsedVoucher, ...] = ()
    is_calling: bool = False


class IdentityAnswer(Wire):
    """Whether the person is known now. Unknown numbers answer as wrong PINs do.

    `code` is null, identity.wrong,
    identity.unreachable (the directory cannot be asked, so no "wrong" is certain), or where it is closed:
    identity.locked (for this line), identity.locked_here (on this device), identity.locked_everywhere.
    Another method may still be open, and a rep can always check a photo ID.
    """

    checked: bool
    code: str | None
    locked_until: dt.datetime | None
    visit: Visit


class VoucherAnswer(Wire):
    """What a code is. Before the identity check: the public terms and nothing else.

    `code` is null, or why there is nothing to use: voucher.not_found, code.wrong_check,
    code.not_a_voucher, code.unreadable (then `sheets` says so in words).
    """

    code: str | None
    policy: PolicyText | None
    sheets: dict[str, Sheet] | None
    visit: Visit


class VisitList(Wire):
    """The open visits of the caller's store, newest first."""

    visits: tuple[Visit, ...]


class VisitClose(Wire):
    """How a visit ended. `refused` is a yes that the customer was not given;
    `left` is a customer who went away or an idle time-out."""

    outcome: Literal["used", "reserved", "saved_for_later", "not_eligible", "refused", "left"]


class VisitPhase(Wire):
    """What the customer waits for: a call to somebody, their turn, or nothing (it is being decided)."""

    phase: Literal["deciding", "waiting", "calling"]


class VisitRating(Wire):
    """How the customer found it: 3 good, 2 so-so, 1 not good."""

    rating: Annotated[int, Field(ge=1, le=3)]


class VisitEvent(Wire):
    """One change of a visit, as the event stream tells it; the id is the stream's Last-Event-ID."""

    event_id: int
    visit_id: Identifier
    what: str
    revision: int
