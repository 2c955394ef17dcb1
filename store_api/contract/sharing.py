"""A shared visit on the wire: who is in it and sees its sheet, codes to join by, phones, calls to care."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import StringConstraints

from store_api.contract.basis import Identifier, Language, Money, Wire, Words
from store_api.contract.decisions import TermStatusName
from store_api.contract.visits import LineChoice, Visit

TermsCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{5}-[0-9A-Z]{5}$")]

ParticipantRole = Literal[
    "customer", "rep", "manager", "owner", "account_manager", "care", "guest"
]  # fmt: skip
"""`customer` is the kiosk, or the person's own phone; `guest` a phone whose holder may not see the sheet."""


class Showing(Wire):
    """What a face has drawn on its screen: the terms code of its sheet, null where it shows none."""

    terms_code: TermsCode | None = None


class Participant(Wire):
    """Somebody in a visit with a face of their own.

    `name` is that of a member of staff. `is_here` while the face reports; `sees` where it has reported, as
    drawn, the terms code that the visit has now.
    """

    participant_id: Identifier
    role: ParticipantRole
    name: str | None
    is_you: bool
    is_here: bool
    sees: bool


class Quote(Wire):
    """A term of the sheet that customer care has quoted to everybody, in the policy's words."""

    quote_id: Identifier
    terms_code: str
    term: str
    says: Words
    status: TermStatusName
    name: str
    at: dt.datetime


class QuoteRequest(Wire):
    """Quote a term of the visit's sheet to everybody."""

    term: Identifier


class AskItem(Wire):
    """A thing in the order that an owner is asked about."""

    name: str
    price: Money


class Ask(Wire):
    """What a line's use asks the account's owner: exactly this benefit, line, store and order.

    `digest` is that of what is shown; an answer names it. `state` is asked (until `expires_at`), approved,
    declined, withdrawn, expired, or used. `by` is who answered: by the owner's phone, or heard by an agent.
    """

    ask_id: Identifier
    visit_id: Identifier
    terms_code: str
    title: Words
    amount: Money
    line: LineChoice
    store_name: str
    items: tuple[AskItem, ...]
    agreement_months: int | None
    asked_at: dt.datetime
    expires_at: dt.datetime
    state: Literal["asked", "approved", "declined", "withdrawn", "expired", "used"]
    through: Literal["phone", "care"] | None
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AskAnswerRequest(Wire):
    """An owner's answer to exactly what was shown: `digest` is that of the ask."""

    approved: bool
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Circle(Wire):
    """Who is in a visit and what beside the sheet belongs to it.

    `terms_code` is the sheet's as the visit has it now, null where there is none or the caller may not see
    it. `can_ask` where the owner's leave is all that is missing; `asks_first` are the facts to be answered
    before the owner can be asked. `tapped` where the customer themself agreed to this sheet on a face that
    shows it.
    """

    visit_id: Identifier
    revision: int
    terms_code: str | None
    participants: tuple[Participant, ...]
    quotes: tuple[Quote, ...] = ()
    ask: Ask | None = None
    can_ask: bool = False
    asks_first: tuple[str, ...] = ()
    tapped: bool = False


class JoinCodeRequest(Wire):
    """Who is to join: a phone (with the link or the code), or a kiosk of this store (a tablet's visit)."""

    face: Literal["phone", "kiosk"] = "phone"


class JoinCode(Wire):
    """A code to join by, once, until `expires_at`: "7K3M-9QXT"."""

    code: str
    face: Literal["phone", "kiosk"]
    expires_at: dt.datetime


class JoinRequest(Wire):
    """A code to join by, as typed."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class JoinAnswer(Wire):
    """The visit that was joined. `code` is join.unknown for any code that leads nowhere: wrong, used, old.

    `token` is there for a phone, this once.
    """

    code: str | None
    visit: Visit | None
    token: str | None


class PhoneAnswer(Wire):
    """Whether a phone's holder is known now, and what they are in its visit.

    `code` is null, identity.wrong, or one of those of a closed method (until `locked_until`).
    """

    code: str | None
    locked_until: dt.datetime | None
    role: ParticipantRole


class CareCall(Wire):
    """Whom an agent of customer care has on the telephone."""

    call_id: Identifier
    person: str
    role: Literal["owner", "manager", "member"]
    line: LineChoice
    identity: Literal["person_pin", "one_time_code"]
    began_at: dt.datetime


class CareCallAnswer(Wire):
    """The call, where its caller is known. `code` is null, identity.wrong, or that of a closed method."""

    code: str | None
    locked_until: dt.datetime | None
    call: CareCall | None


class CareVisitRequest(Wire):
    """Open a visit for the caller, for a store that they mean to go to."""

    store_id: Identifier
    language: Language = "en"


class Notice(Wire):
    """One thing that an account's owner is told.

    `kind`: a voucher of the account was used; it was used without the customer's own tap on a face that
    showed the sheet; or somebody else than the person checked who they are.
    """

    notice_id: Identifier
    kind: Literal["used", "used_without_customer_face", "identity_checked"]
    at: dt.datetime
    store_name: str
    line: LineChoice | None
    title: Words | None
    amount: Money | None
    terms_code: str | None
    by_whom: str
    is_new: bool


class NoticeList(Wire):
    """What an owner was told, newest first."""

    notices: tuple[Notice, ...]
