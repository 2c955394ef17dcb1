"""The typed wire between store_api and everybody who calls it.

What it is for: one frozen model for every request and answer of the HTTP API, used by the service to
read and write JSON and by the client to give back values instead of dictionaries.
What it must not know: Flask, the database, the policy core, any face.

Conventions: money is an amount as a decimal string with its ISO 4217 currency; times are ISO 8601 with
an offset; dates are days in the zone named beside them; identifiers are opaque; texts for people come
as a mapping from language ("en", "es") to text, so that a change of language asks for nothing new.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

Language = Literal["en", "es"]
Words = dict[str, str]
"""A text for people in every supported language: {"en": …, "es": …}."""

FactValue = str | int | bool | list[str] | None
"""A fact's value on the wire: money as "50.00 USD", dates as ISO 8601, percentages as decimal strings."""

Outcome = Literal["eligible", "not_eligible", "undecided"]
TermStatusName = Literal["met", "unmet", "unknown", "waived"]
Tone = Literal["yes", "not_yet", "question", "no"]
LineKind = Literal[
    "verdict", "note", "heading", "term", "detail", "way", "group", "free", "agrees",
    "item", "credit", "total", "after", "question", "code", "reason",
]  # fmt: skip
Role = Literal["public", "kiosk", "tablet", "rep", "manager", "till"]
AmountText = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$")]
ShortText = Annotated[str, StringConstraints(max_length=200)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.:-]+$")]


class Wire(BaseModel):
    """A value on the wire: immutable, and refusing fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
"""An amount on the wire: plain digits, and not more of them than a database counts in minor units."""


def _read_amount(value: object) -> object:
    """Text in plain digits, or a Decimal; no number that went through a float. Raises ValueError."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        return Decimal(value)
    raise ValueError("expected an amount such as 50.00, as text")


class Money(Wire):
    """An exact amount with as many decimals as its currency has."""

    amount: Annotated[
        Decimal,
        BeforeValidator(_read_amount, json_schema_input_type=AmountText),
        PlainSerializer(str, return_type=str),
    ]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class FieldError(Wire):
    """One fault in a request: `pointer` is a JSON pointer (RFC 6901) into its body."""

    pointer: str
    detail: str


class Problem(Wire):
    """An RFC 9457 problem: `code` is stable, `detail` is for people in the caller's language."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()


# --- The sheet -----------------------------------------------------------------------------------


class SheetLine(Wire):
    """One line of a terms sheet. Faces style it by kind and status and never reword it.

    `text` is the sentence; `mark` the words at its right-hand end (a status word or an amount); `depth`
    counts the groups that a term stands in below the first, for faces that indent.
    """

    kind: LineKind
    text: str
    mark: str | None = None
    status: Literal["met", "unmet", "unknown", "waived", "not_needed", "not_required"] | None = None
    depth: int = 0


class Sheet(Wire):
    """A decision in words, in one language, in the order in which every face shows it."""

    language: str
    tone: Tone
    terms_code: str | None
    lines: tuple[SheetLine, ...]


# --- Decisions -----------------------------------------------------------------------------------


class Benefit(Wire):
    """What a yes grants. `applied` and `kept` or `forfeited` are known once the order has a price."""

    kind: Literal["instant_credit", "bill_credit", "percent_off", "fee_waiver", "upgrade_right"]
    tier: str | None = None
    amount: Money | None = None
    applied: Money | None = None
    kept: Money | None = None
    forfeited: Money | None = None


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
    """A fact that is missing and that nobody at the counter may be asked for."""

    fact: str
    source: str
    label: Words


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
    """Ask for a decision: on a voucher of the visit, or on the upgrade of its line by a policy."""

    visit_id: Identifier
    voucher_id: Identifier | None = None
    policy: Identifier | None = None


class PublicTerms(Wire):
    """What anybody may read by a terms code: the policy's words and version, nothing of a person.

    `sheets` is there only for a caller who may see the whole sheet.
    """

    terms_code: str
    policy: PolicyText | None
    on: dt.date
    sheets: dict[str, Sheet] | None = None


# --- Policies, price list, store -----------------------------------------------------------------


class PolicyText(Wire):
    """One version of a policy in words; `until` is the first day on which it is no longer in force."""

    policy: str
    version: int
    title: Words
    summary: Words
    effective_from: dt.date
    effective_until: dt.date | None
    binds_to_issue: bool
    terms: tuple[Words, ...]
    not_required: tuple[Words, ...]
    digest: str


class PolicyList(Wire):
    """The policies in force, by title."""

    policies: tuple[PolicyText, ...]


class Device(Wire):
    """One entry of the store's price list. The price is before tax and fees."""

    sku: Identifier
    name: str
    category: str
    price: Money


class PriceList(Wire):
    """What the store sells today and the agreement lengths, in months, that it offers (0: none)."""

    devices: tuple[Device, ...]
    agreement_months: tuple[int, ...]


class Store(Wire):
    """The store that the caller's device or session belongs to."""

    store_id: Identifier
    name: str
    zone: str
    region: str
    languages: tuple[str, ...]
    default_language: str


# --- Vouchers ------------------------------------------------------------------------------------


class VoucherSummary(Wire):
    """A voucher as a person who passed the identity check may see it. `state` is derived.

    `ends_on` is its last day. `balance` is what is left of a money voucher.
    """

    voucher_id: Identifier
    policy: str
    title: Words
    belongs_to: Literal["account", "line", "bearer"]
    state: Literal["usable", "held", "used", "expired", "void", "not_yet_valid"]
    code_last_four: str
    issued_on: dt.date
    ends_on: dt.date | None
    amount: Money | None
    balance: Money | None
    used_at: dt.datetime | None = None
    used_at_store: str | None = None


class VoucherCode(Wire):
    """A code as scanned or typed. `paper` is true where it was read from something that was shown."""

    code: Annotated[str, StringConstraints(max_length=512)]
    paper: bool = True
    symbology: ShortText | None = None


class VoucherAnswer(Wire):
    """What a code is. Before the identity check: the public terms and nothing else.

    `code` is null, or why there is nothing to use: voucher.not_found, code.wrong_check,
    code.not_a_voucher, code.unreadable (then `sheets` says so in words).
    """

    code: str | None
    policy: PolicyText | None
    sheets: dict[str, Sheet] | None
    visit: Visit


# --- Orders --------------------------------------------------------------------------------------


class OrderItem(Wire):
    """One thing being bought; the price is before tax and fees."""

    sku: Identifier
    name: str
    category: str
    price: Money


class Order(Wire):
    """What is being bought: `said` by the customer until a till captures it or a rep confirms it."""

    order_id: Identifier
    state: Literal["said", "confirmed", "captured"]
    items: tuple[OrderItem, ...]
    agreement_months: int | None
    total: Money | None
    facts: dict[str, FactValue]


class Answers(Wire):
    """The customer's answers: the chosen device by its price-list number, and other order facts.

    A fact set to null is taken back. `sku` "none" says that no device is bought.
    """

    sku: Identifier | None = None
    facts: dict[str, FactValue] = Field(default_factory=dict, max_length=40)


class CapturedItem(Wire):
    """One item as a till sold it."""

    sku: Identifier
    price: Money


class Capture(Wire):
    """An order as a till captured it. What differs from what was said is decided again."""

    items: Annotated[tuple[CapturedItem, ...], Field(max_length=50)]
    agreement_months: int | None = Field(default=None, ge=0, le=120)
    till_reference: Identifier


# --- Holds and redemptions -----------------------------------------------------------------------


class Hold(Wire):
    """A voucher reserved for minutes on one order."""

    hold_id: Identifier
    voucher_id: Identifier
    order_id: Identifier
    amount: Money | None
    held_by: str
    expires_at: dt.datetime
    state: Literal["held", "released", "redeemed", "expired"]


class HoldRequest(Wire):
    """Reserve what a decision granted; the decision is made again in the same transaction."""

    decision_id: Identifier


class HoldAnswer(Wire):
    """A hold, or the new decision that says why there is none.

    `code` is null for a hold, terms.changed where the answer is no longer the one that was shown, or a
    code for "no". Nothing is consumed unless `hold` is there.
    """

    hold: Hold | None
    code: str | None
    decision: Decision


class Redemption(Wire):
    """One use of a voucher."""

    redemption_id: Identifier
    voucher_id: Identifier
    decision_id: Identifier
    terms_code: str
    order_id: Identifier
    use_number: int
    amount: Money | None
    balance: Money | None
    redeemed_at: dt.datetime
    store_name: str
    confirmed_by: str


class RedemptionRequest(Wire):
    """Use what a decision granted on its order; `hold_id` where it was reserved."""

    decision_id: Identifier
    hold_id: Identifier | None = None


class RedemptionAnswer(Wire):
    """A redemption, or the new decision that says why there is none; `code` as in HoldAnswer."""

    redemption: Redemption | None
    code: str | None
    decision: Decision


# --- Visits --------------------------------------------------------------------------------------


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


class IdentityAnswer(Wire):
    """Whether the person is known now. Unknown numbers answer as wrong PINs do.

    `code` is null, identity.wrong or identity.locked (this method is closed until `locked_until`; a rep
    can still check a photo ID).
    """

    checked: bool
    code: str | None
    locked_until: dt.datetime | None
    visit: Visit


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


class Visit(Wire):
    """One customer's time in the store as the caller may see it.

    `person`, `line`, `decision`, `order` are null until the identity check. `code` is short and spoken
    ("4-817"). `revision` rises with every change.
    """

    visit_id: Identifier
    code: str
    store_id: Identifier
    station: str
    language: Language
    state: Literal["open", "closed"]
    opened_at: dt.datetime
    revision: int
    identity: Literal["person_pin", "photo_id_seen"] | None
    person: str | None
    line: LineChoice | None
    scanned_policy: PolicyText | None
    scanned_voucher_id: Identifier | None
    order: Order | None
    decision: Decision | None
    hold: Hold | None
    redemption: Redemption | None
    outcome: str | None


class VisitList(Wire):
    """The open visits of the caller's store, newest first."""

    visits: tuple[Visit, ...]


class VisitClose(Wire):
    """How a visit ended. `left` is a customer who went away or an idle time-out."""

    outcome: Literal["used", "reserved", "saved_for_later", "not_eligible", "left"]


class VisitEvent(Wire):
    """One change of a visit, as the event stream tells it; the id is the stream's Last-Event-ID."""

    event_id: int
    visit_id: Identifier
    what: str
    revision: int


# --- Staff, keys, log ----------------------------------------------------------------------------


class StaffSignIn(Wire):
    """A member of staff at a tablet: their staff number and their own PIN."""

    staff_number: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    pin: Annotated[str, StringConstraints(min_length=1, max_length=12)]


class StaffSession(Wire):
    """A session; the token is shown this once. `code` is identity.wrong or identity.locked for a no."""

    code: str | None
    token: str | None
    staff_id: Identifier | None
    name: str | None
    role: Literal["rep", "manager"] | None
    store: Store | None
    expires_at: dt.datetime | None
    locked_until: dt.datetime | None = None


class KeyState(Wire):
    """What became of an idempotency key: `settled` with the stored answer, or `unknown` (nothing done)."""

    key: str
    state: Literal["settled", "unknown"]
    status: int | None
    answer: Any


class LogEntry(Wire):
    """One entry of the append-only log. `subject` is an opaque identifier, never a person's data."""

    entry_id: Identifier
    node_id: str
    at: dt.datetime
    action: str
    actor: str
    subject: str
    details: dict[str, Any]


class LogPage(Wire):
    """A page of the log, oldest first; `next` is the cursor of the following page."""

    entries: tuple[LogEntry, ...]
    next: str | None


class Health(Wire):
    """Whether the service answers, and what it stands on."""

    status: Literal["ok", "failing"]
    node_id: str
    database: str


for _model in (PublicTerms, VoucherAnswer, IdentityAnswer):
    _model.model_rebuild()
