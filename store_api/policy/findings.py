"""What was found out about a policy version by proof: a finding for each law, with customers who show it.

Must know nothing of the solver; a finding is a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from store_api.policy.values import Value, value_to_json

Law = Literal["somebody", "term", "claim", "tier"]
Verdict = Literal["shown", "proved", "redundant", "fails", "not_proved"]
Why = Literal["gave_up", "not_confirmed", "two_currencies", "other_facts"]


@dataclass(frozen=True)
class Customer:
    """Somebody who shows something: their facts, and the day. What is missing is unknown."""

    facts: Mapping[str, Value]
    on: date

    def to_json(self) -> dict[str, Any]:
        """{"on", "facts"}, the facts in the form that `decide` reads."""
        facts = {key: value_to_json(value) for key, value in sorted(self.facts.items())}
        return {"on": self.on.isoformat(), "facts": facts}


@dataclass(frozen=True)
class Finding:
    """One law and what became of it.

    `shown`: a customer shows that it holds (somebody can be eligible; a term can be the only reason for a
    no). `proved`: it holds for every customer. `redundant`: proved that a term is never the only reason; a
    warning. `fails`: the customers show that it does not hold, or nobody at all can be eligible.
    `not_proved`: see `why`. `subject` is the id of the term, claim or tier.
    """

    law: Law
    subject: str | None
    verdict: Verdict
    customers: tuple[Customer, ...] = ()
    why: Why | None = None

    @property
    def is_warning(self) -> bool:
        """Whether somebody should look at it although nothing is held up."""
        return self.law == "term" and self.verdict in ("redundant", "not_proved")

    @property
    def holds_up(self) -> bool:
        """Whether the version cannot be published with it."""
        return self.verdict in ("fails", "not_proved") and not self.is_warning

    @property
    def mark(self) -> Literal["good", "warning", "failed"]:
        """How a list marks it."""
        return "failed" if self.holds_up else "warning" if self.is_warning else "good"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        customers = [customer.to_json() for customer in self.customers]
        return {
            "law": self.law,
            "subject": self.subject,
            "verdict": self.verdict,
            "why": self.why,
            "customers": customers,
        }
