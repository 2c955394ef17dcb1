"""Where a visit stands, read from the visit itself: the one place that derives it.

What it is for: the kiosk asks which page comes next, the tablet which words describe it.
What it must not know: addresses, templates, sessions.
"""

from __future__ import annotations

from enum import Enum

from store_api.contract import Decision, Visit


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
        return Step.ASKED if open_questions(visit.decision) else Step.ANSWERED
    if visit.identity is not None:
        return Step.IDENTIFIED
    return Step.SHOWED if visit.scanned_policy is not None else Step.BEGAN


def open_questions(decision: Decision) -> bool:
    """Whether the customer still has something to answer before there is an answer."""
    return decision.outcome == "undecided" and bool(decision.questions)


def can_be_reserved(visit: Visit) -> bool:
    """Whether the visit's decision is a yes on a voucher that may be reserved on its order."""
    decision = visit.decision
    return (
        decision is not None
        and decision.outcome == "eligible"
        and decision.voucher_id is not None
        and visit.redemption is None
    )
