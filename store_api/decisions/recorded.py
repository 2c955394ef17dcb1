"""A recorded decision as the policy core's value again: decided on the facts that it read, and on no others.

What it is for: questions about an answer that was given, such as whether a claim is right.
What it must not know: visits, what is asked of the decision, Flask.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from store_api.decisions.models import DecisionRow
from store_api.policies.service import PolicyBook
from store_api.policy.decide import decide, with_codes
from store_api.policy.decision import NONE_IN_FORCE, Decision
from store_api.policy.facts import Catalogue
from store_api.policy.sheet import Occasion

ISSUED = "voucher.issued_on"


@dataclass(frozen=True)
class Recorded:
    """The decision, what its sheet knew beside it, and the entries under which it was decided."""

    decision: Decision
    occasion: Occasion
    catalogue: Catalogue


def read_again(book: PolicyBook, row: DecisionRow) -> Recorded:
    """The value of a recorded decision. Raises LookupError where its policy is gone from the book."""
    policy = book.policies[row.policy]
    catalogue, facts = book.for_facts(policy, row.facts, row.on)
    waived = frozenset(each["term"] for each in row.answer["terms"] if each["status"] == "waived")
    made = decide(policy, catalogue, facts, row.on, waived, zone=row.zone)
    codes = tuple(code for code in row.answer["codes"] if code != NONE_IN_FORCE)
    issued = row.facts.get(ISSUED)
    occasion = Occasion(
        terms_code=row.terms_code,
        voucher_issued_on=dt.date.fromisoformat(issued) if isinstance(issued, str) else None,
    )
    return Recorded(with_codes(made, codes, catalogue), occasion, catalogue)
