"""Where a visit stands, read from the visit itself: the one place that derives it.

What it is for: the kiosk asks which page comes next, the tablet which words describe it.
What it must not know: addresses, templates, sessions.
"""

from __future__ import annotations

from enum import Enum

from store_api.contract import Visit

DEVICE_KIND = "order.device_category"


class Step(Enum):
    """The stages of a visit, in their order; the value is the name in the catalogue of words."""

    BEGAN = "began"
    SHOWED = "showed"
    IDENTIFIED = "identified"
    ASKED = "asked"
    ANSWERED = "answered"
    RESERVED = "reserved"
    USED = "used"


def step_of(visit: Visit) -> Step:
    """The stage at which a visit stands."""
    if visit.redemption is not None:
        return Step.USED
    if visit.hold is not None and visit.hold.state == "held":
        return Step.RESERVED
    if visit.decision is not None:
        return Step.ASKED if has_open_question(visit) else Step.ANSWERED
    if visit.identity is not None:
        return Step.IDENTIFIED
    return Step.SHOWED if visit.scanned_policy is not None else Step.BEGAN


def has_open_question(visit: Visit) -> bool:
    """Whether the customer still has something to answer before there is an answer."""
    decision = visit.decision
    if decision is None:
        return False
    return (decision.outcome == "undecided" and bool(decision.questions)) or wants_a_price(visit)


def wants_a_price(visit: Visit) -> bool:
    """Whether a yes is about money off an order of which nobody has said yet what is bought.

    Such a yes says "up to"; with a price it says how much, and the order can be confirmed.
    """
    benefit = visit.decision.benefit if visit.decision is not None else None
    if benefit is None or benefit.kind != "instant_credit" or benefit.applied is not None:
        return False
    order = visit.order
    return order is None or (not order.items and order.facts.get(DEVICE_KIND) is None)


def can_be_reserved(visit: Visit) -> bool:
    """Whether the visit's decision is a yes on a voucher that may be reserved on its order."""
    decision = visit.decision
    return (
        decision is not None
        and decision.outcome == "eligible"
        and decision.voucher_id is not None
        and visit.redemption is None
    )
