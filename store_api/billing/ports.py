"""The port to a billing system, and what goes through it.

What it is for: whatever a carrier bills with is a class with these two methods. Both may be called any number
of times for one posting: its identifier makes them the same posting.
What it must not know: any billing system, the database, Flask.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol


class BillingFailed(Exception):
    """Billing could not be reached or did not take it; the message says why, without personal data."""


@dataclass(frozen=True)
class Posting:
    """A credit for an account (or the reversal of one), in an exact amount ("50.00") of a currency.

    `happened_at` is ISO 8601 in UTC. `form` is the kind of benefit: off the price, or on bills.
    """

    posting_id: str
    kind: Literal["credit", "reversal"]
    account_id: str
    redemption_id: str
    voucher_id: str
    order_id: str
    store_id: str
    terms_code: str
    form: str
    amount: str
    currency: str
    happened_at: str

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Confirmation:
    """What billing says of a posting: accepted under a reference for an amount, rejected, or pending."""

    state: Literal["accepted", "rejected", "pending"]
    reference: str = ""
    amount: str | None = None
    reason: str = ""


class BillingPort(Protocol):
    """A billing system."""

    def post(self, posting: Posting) -> None:
        """Hand a posting over; doing so again changes nothing. Raises BillingFailed."""
        ...

    def look_up(self, posting: Posting) -> Confirmation | None:
        """What billing has made of it; None where it knows nothing of it. Raises BillingFailed."""
        ...
