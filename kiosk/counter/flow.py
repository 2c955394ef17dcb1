"""The order of the kiosk's pages: from where a visit stands to the page that comes next.

What it is for: no page decides by itself where to go, so that going back, sending twice or typing an address
never leads to a step out of turn. What it must not know: templates, how a request is answered.
"""

from __future__ import annotations

from flask import url_for

from kiosk.steps import DEVICE_KIND, Step, step_of, wants_a_price
from store_api.contract import Decision, Question, Visit

DEVICE = DEVICE_KIND
# The price list answers both at once: the phone that is chosen has a kind and a price.
DEVICE_FACTS = frozenset({DEVICE, "order.device_price"})
MONTHS = "order.agreement_months"
# Facts that the service knows of every order without asking (nothing is added unless it is said).
KNOWN_UNASKED = frozenset(
    {
        "order.insurance",
        "order.accessories",
        "order.app_signup",
        "order.credit_application",
        "order.trade_in_condition",
    }
)


def next_page(visit: Visit | None) -> str:
    """The address of the page at which a visit stands."""
    if visit is None:
        return url_for("counter.start")
    step = step_of(visit)
    if step is Step.ASKED:
        return url_for("counter.question", fact=open_facts(visit)[0])
    return url_for(PAGES[step])


PAGES = {
    Step.BEGAN: "counter.who",
    Step.SHOWED: "counter.voucher",
    Step.IDENTIFIED: "counter.choices",
    Step.ANSWERED: "counter.sheet",
    Step.RESERVED: "counter.reserved",
    Step.USED: "counter.done",
}


def open_facts(visit: Visit) -> list[str]:
    """The facts still to be asked for, one a page; kind and price of the phone are one page."""
    facts: list[str] = [DEVICE] if wants_a_price(visit) else []
    for question in visit.decision.questions if visit.decision is not None else ():
        fact = DEVICE if question.fact in DEVICE_FACTS else question.fact
        if fact not in facts:
            facts.append(fact)
    return facts


def answered_facts(visit: Visit) -> list[str]:
    """The facts that the customer has answered, in the order of the questions."""
    if visit.order is None:
        return []
    device = [DEVICE] if said_device(visit) is not None else []
    return device + [fact for fact, value in visit.order.facts.items() if _is_answer(fact, value)]


def said_device(visit: Visit) -> str | None:
    """The price-list number that the customer chose; "none" for no device; None before an answer."""
    if visit.order is None:
        return None
    if visit.order.items:
        return visit.order.items[0].sku
    return "none" if visit.order.facts.get(DEVICE) == "none" else None


def find_question(decision: Decision, fact: str) -> Question | None:
    """The open question about a fact."""
    return next((question for question in decision.questions if question.fact == fact), None)


def outcome_of(visit: Visit) -> str:
    """How a visit ended that ends now, for the record."""
    step = step_of(visit)
    if step is Step.USED:
        return "used"
    if step is Step.RESERVED:
        return "reserved"
    if step is Step.ANSWERED and visit.decision is not None:
        return "saved_for_later" if visit.decision.outcome == "eligible" else "not_eligible"
    return "left"


def _is_answer(fact: str, value: object) -> bool:
    return value is not None and fact not in DEVICE_FACTS | KNOWN_UNASKED
