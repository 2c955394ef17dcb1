"""Values of the service's contract as the kiosk's tests need them: a daughter, her line, one credit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from store_api import contract as wire

TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 15, 52, tzinfo=dt.UTC)
CODE = "7F3K9-2QDXA"

STORE = wire.Store(
    store_id="maple-st",
    name="Maple St store",
    zone="America/New_York",
    region="north",
    languages=("en", "es"),
    default_language="en",
)


def money(amount: str) -> wire.Money:
    """An amount in dollars."""
    return wire.Money(amount=Decimal(amount), currency="USD")


def words(en: str, es: str | None = None) -> dict[str, str]:
    """A text in both languages."""
    return {"en": en, "es": es or f"{en} (es)"}


POLICY = wire.PolicyText(
    policy="upgrade-credit-50",
    version=3,
    title=words("$50 upgrade credit", "Crédito de $50 para cambiar de teléfono"),
    summary=words("$50 off a new phone", "$50 menos en un teléfono nuevo"),
    effective_from=dt.date(2026, 3, 1),
    effective_until=dt.date(2027, 1, 1),
    binds_to_issue=True,
    terms=(
        words("Buy a new phone on this line.", "Compre un teléfono nuevo en esta línea."),
        words(
            "Renew the service agreement for at least 24 months.",
            "Renueve el contrato de servicio por al menos 24 meses.",
        ),
        words(
            "At least 24 months since this line's last upgrade.",
            "Al menos 24 meses desde el último cambio de teléfono de esta línea.",
        ),
    ),
    not_required=(
        words("A change of plan.", "Un cambio de plan."),
        words("The paper voucher.", "El vale en papel."),
    ),
    digest="sha256:" + "0" * 64,
)
UPGRADE = POLICY.model_copy(
    update={"policy": "device-upgrade", "title": words("Device upgrade", "Cambio de equipo"), "version": 1}
)
MARKS = tuple(
    wire.VersionMark(version=number, effective_from=begins, effective_until=ends, state=state)  # type: ignore[arg-type]
    for number, begins, ends, state in (
        (3, POLICY.effective_from, POLICY.effective_until, "in_force"),
        (2, dt.date(2025, 1, 1), POLICY.effective_from, "ended"),
    )
)
PRICES = wire.PriceList(
    devices=(
        wire.Device(sku="orbit-5", name="Orbit 5, 128 GB", category="phone", price=money("49.99")),
        wire.Device(sku="orbit-5-pro", name="Orbit 5 Pro, 256 GB", category="phone", price=money("799.00")),
        wire.Device(sku="halo-2", name="Halo 2, 64 GB", category="phone", price=money("129.00")),
    ),
    agreement_months=(0, 12, 24, 36),
)
LINE = wire.LineChoice(line_id="lin_1", label="Maya", last_four="0142")


def line(kind: str, text: str, mark: str | None = None, status: Any = None) -> wire.SheetLine:
    """One line of a sheet."""
    return wire.SheetLine(kind=kind, text=text, mark=mark, status=status)  # type: ignore[arg-type]


HEAD = {
    "yes": (line("verdict", "Yes. $49.99 off this phone."),
            line("note", "Everything this credit asks for is met. It holds until 31 December 2026.")),
    "not_yet": (line("verdict", "Not yet. From 14 March 2027."), line("note", "If nothing else changes.")),
    "question": (line("verdict", "One question first."), line("note", "Then you have your answer.")),
    "no": (line("verdict", "No. This voucher was used."), line("note", "It can be used once."),
           line("note", "Nothing was used now.")),
}  # fmt: skip


TERMS = (
    line("heading", "What this credit asks for"),
    line("term", "Buy a new phone on this line.", "Met", "met"),
    line("detail", "Orbit 5, 128 GB"),
    line("term", "Renew the service agreement for at least 24 months.", "Met", "met"),
    line("detail", "24 months chosen. Your agreement would run to 21 November 2028."),
)
LAST_UPGRADE = "At least 24 months since this line's last upgrade."
IS_MET = (line("term", LAST_UPGRADE, "Met", "met"), line("detail", "3 September 2024, 26 months ago"))
IS_UNMET = (
    line("term", LAST_UPGRADE, "Not met", "unmet"),
    line("detail", "14 March 2025, 20 months ago."),
    line("way", "Met on 14 March 2027. Nothing you pay or add changes this."),
)
IS_ASKED = (
    line("heading", "What we still need to know"),
    line("question", "For how many months?"),
    *TERMS[:3],
    line("term", "Renew the service agreement for at least 24 months.", "Not known yet", "unknown"),
)
NOT_REQUIRED = (
    line("heading", "What it does not ask for"),
    *(
        line("free", claim, "Not required", "not_required")
        for claim in ("A change of plan.", "The paper voucher.", "Insurance.", "The store's credit card.")
    ),
)
ORDERED = (
    line("heading", "What you agree to by using it"),
    line("agrees", "Your agreement runs for 24 months from today."),
    line("heading", "Your order, before tax and fees"),
    line("item", "Orbit 5, 128 GB", "$49.99"),
    line("credit", "$50 upgrade credit", "−$49.99"),
    line("total", "Left to pay", "$0.00"),
    line("after", "Stays on your account", "$0.01"),
)
FOOT = (
    line("code", "Terms code", CODE),
    line("reason", "$50 upgrade credit, version 3: in force when your voucher was issued on 4 March 2026."),
    line("reason", "The same on every screen and on your receipt."),
)
BODY = {
    "yes": (*TERMS, *IS_MET, *NOT_REQUIRED, *ORDERED),
    "not_yet": (*TERMS, *IS_UNMET, *NOT_REQUIRED),
    "question": (*IS_ASKED, *NOT_REQUIRED),
    "no": (*TERMS, *IS_UNMET, *NOT_REQUIRED),
}


def sheet(tone: str = "yes", language: str = "en") -> wire.Sheet:
    """A sheet with a line of every kind that its tone has."""
    lines = (*HEAD[tone], *BODY[tone], *FOOT)
    return wire.Sheet(language=language, tone=tone, terms_code=CODE, lines=lines)  # type: ignore[arg-type]


PAGE = wire.PolicyPage(
    text=POLICY,
    mark=MARKS[0],
    before=MARKS[1],
    after=None,
    versions=MARKS,
    lines={
        language: (
            line("heading", "What this credit asks for"),
            line("group", "One of these is enough."),
            line("term", POLICY.terms[0][language]),
            line("free", POLICY.not_required[0][language], "Not required", "not_required"),
        )
        for language in ("en", "es")
    },
    changes={
        language: (
            line("heading", "What it asks for"),
            line("term", POLICY.terms[1][language], "Asks for more"),
            line("detail", "Before: Renew for at least 12 months."),
        )
        for language in ("en", "es")
    },
)


def claim_answer(claim: str = "plan-change", **changes: Any) -> wire.ClaimAnswer:
    """The answer that a change of plan is not required."""
    head = (line("verdict", "Not required for you."), line("note", "You asked about this: A change of plan."))
    shown = {
        language: wire.Sheet(language=language, tone="yes", terms_code=CODE, lines=(*head, *FOOT))
        for language in ("en", "es")
    }
    values: dict[str, Any] = {
        "check_id": "clm_1",
        "claim": claim,
        "says": words("A change of plan.", "Un cambio de plan."),
        "result": "not_required",
        "why": "no_term",
        "policy": "upgrade-credit-50",
        "version": 3,
        "title": POLICY.title,
        "terms": (),
        "heard_months": None,
        "least_months": None,
        "terms_code": CODE,
        "terms_url": f"http://127.0.0.1/t/{CODE}",
        "checked_at": NOW,
        "counted": True,
        "sheets": shown,
    }
    return wire.ClaimAnswer(**{**values, **changes})


def claim_list(*answers: wire.ClaimAnswer, **changes: Any) -> wire.ClaimList:
    """Three statements of the closed list, and what was answered."""
    says = {
        "plan-change": words("A change of plan.", "Un cambio de plan."),
        "paper": words("The paper voucher.", "El vale en papel."),
        "longer-agreement": words("A longer agreement.", "Un contrato más largo."),
    }
    values: dict[str, Any] = {
        "policy": "upgrade-credit-50",
        "title": POLICY.title,
        "personal": True,
        "claims": tuple(
            wire.ClaimChoice(claim=claim, says=text, takes_months=claim == "longer-agreement")
            for claim, text in says.items()
        ),
        "answers": answers,
    }
    return wire.ClaimList(**{**values, **changes})


QUESTIONS = {
    "order.device_category": wire.Question(
        fact="order.device_category", ask=words("What would you like to buy?"), type="choice",
        options=(wire.Option(value="phone", label=words("A phone")),)),
    "order.device_price": wire.Question(
        fact="order.device_price", ask=words("What does the new device cost?"), type="money"),
    "order.agreement_months": wire.Question(
        fact="order.agreement_months", ask=words("For how many months?", "¿Por cuántos meses?"),
        type="integer", unit="months"),
}  # fmt: skip


def decision(tone: str = "yes", facts: tuple[str, ...] = (), **changes: Any) -> wire.Decision:
    """A decision whose sheet has that tone; `facts` are still to be asked for."""
    outcome = "undecided" if facts else {"yes": "eligible", "question": "undecided"}.get(tone, "not_eligible")
    values: dict[str, Any] = {
        "decision_id": "dec_1",
        "terms_code": CODE,
        "terms_url": f"http://127.0.0.1/t/{CODE}",
        "outcome": outcome,
        "codes": (),
        "policy": "upgrade-credit-50",
        "version": 3,
        "title": POLICY.title,
        "on": TODAY,
        "zone": STORE.zone,
        "decided_at": NOW,
        "lapses_at": NOW + dt.timedelta(minutes=30),
        "visit_id": "vis_1",
        "voucher_id": "vou_1",
        "line_id": "lin_1",
        "order_id": "ord_1",
        "benefit": None,
        "terms": (),
        "questions": tuple(QUESTIONS[fact] for fact in facts),
        "unavailable": (),
        "first_yes_on": None,
        "earliest_possible_on": None,
        "last_yes_on": None,
        "cannot_be_known": False,
        "sheets": {"en": sheet(tone), "es": sheet(tone, "es")},
        "say": words(
            "Your credit needs a new phone and 24 months. You have both. It does not need another plan."
        ),
    }
    return wire.Decision(**{**values, **changes})


def order(**changes: Any) -> wire.Order:
    """An order of one phone for 24 months, as the customer said it."""
    device = PRICES.devices[0]
    values: dict[str, Any] = {
        "order_id": "ord_1",
        "state": "said",
        "items": (wire.OrderItem(**device.model_dump()),),
        "agreement_months": 24,
        "total": device.price,
        "facts": {"order.device_category": "phone", "order.agreement_months": 24, "order.insurance": False},
    }
    return wire.Order(**{**values, **changes})


HOLD = wire.Hold(
    hold_id="hol_1",
    voucher_id="vou_1",
    order_id="ord_1",
    amount=money("49.99"),
    held_by="kiosk-1, Maple St store",
    expires_at=NOW + dt.timedelta(minutes=15),
    longest_until=NOW + dt.timedelta(minutes=60),
    state="held",
)
REDEMPTION = wire.Redemption(
    redemption_id="red_1",
    voucher_id="vou_1",
    decision_id="dec_1",
    terms_code=CODE,
    order_id="ord_1",
    use_number=1,
    amount=money("49.99"),
    balance=money("0.01"),
    redeemed_at=NOW,
    store_name="Maple St store",
    confirmed_by="Jordan, Maple St store",
)
VOUCHER = wire.VoucherSummary(
    voucher_id="vou_1",
    policy="upgrade-credit-50",
    title=POLICY.title,
    belongs_to="account",
    state="usable",
    code_last_four="8QXT",
    issued_on=dt.date(2026, 3, 4),
    ends_on=dt.date(2026, 12, 31),
    amount=money("50.00"),
    balance=money("50.00"),
)


def visit(**changes: Any) -> wire.Visit:
    """An open visit in which nothing has happened."""
    values: dict[str, Any] = {
        "visit_id": "vis_1",
        "code": "4-817",
        "store_id": "maple-st",
        "station": "kiosk-1",
        "language": "en",
        "state": "open",
        "opened_at": NOW,
        "revision": 1,
        "identity": None,
        "person": None,
        "line": None,
        "scanned_policy": None,
        "scanned_voucher_id": None,
        "order": None,
        "decision": None,
        "hold": None,
        "redemption": None,
        "outcome": None,
    }
    return wire.Visit(**{**values, **changes})


def identified(**changes: Any) -> wire.Visit:
    """A visit of a person who passed the identity check."""
    return visit(**{"identity": "person_pin", "person": "Maya R.", "line": LINE, **changes})


def problem(status: int, code: str) -> wire.Problem:
    """An RFC 9457 problem."""
    return wire.Problem(title=code, status=status, code=code, detail=code)


def circle(of: wire.Visit, *others: wire.Participant, **fields: Any) -> wire.Circle:
    """Who is in a visit: this face, which has drawn the sheet, and whoever else is given."""
    code = of.decision.terms_code if of.decision else None
    you = participant("customer", is_you=True, sees=code is not None)
    given = {"visit_id": of.visit_id, "revision": of.revision, "terms_code": code, **fields}
    return wire.Circle(participants=(you, *others), **given)


def participant(role: str, name: str | None = None, **fields: Any) -> wire.Participant:
    """Somebody who is there and sees nothing yet, unless told otherwise."""
    given = {"is_you": False, "is_here": True, "sees": False, **fields}
    return wire.Participant.model_validate(
        {"participant_id": f"par_{role}_{name}", "role": role, "name": name, **given}
    )
