"""What a customer heard, as kiosk and tablet ask about it: one list, and what its forms may say.

What it must not know: requests, sessions, templates.
"""

from __future__ import annotations

from kiosk.store_client import StoreClient
from store_api.contract import ClaimList, ClaimRequest, Visit

LENGTHS = (12, 18, 24, 30, 36, 48)
"""Lengths of agreement that people hear, in months; "not sure" is always among the choices."""


def find_claims(client: StoreClient, visit: Visit) -> ClaimList | None:
    """The list of an open visit in which there is something to check against."""
    if visit.state != "open" or not (visit.decision or visit.scanned_policy):
        return None
    found = client.claims(visit.visit_id)
    return found if found.policy is not None else None


def read_heard(visit: Visit, found: ClaimList, claim: str, months: str) -> ClaimRequest | None:
    """The statement that a form names; None for one that is not on the list."""
    choice = next((each for each in found.claims if each.claim == claim), None)
    if choice is None or (months and months not in {str(length) for length in LENGTHS}):
        return None
    heard = int(months) if months and choice.takes_months else None
    return ClaimRequest(visit_id=visit.visit_id, claim=claim, months=heard)
