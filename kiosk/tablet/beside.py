"""What stands beside a visit on the tablet: the optional card, and three lines from before.

What it must not know: requests, sessions; a visit's page does not fall for want of any of it.
"""

from __future__ import annotations

from kiosk.errors import StoreError
from kiosk.store_client import StoreClient
from store_api.contract import Offer, Visit, VisitContext


def find_offer(client: StoreClient, visit: Visit) -> Offer | None:
    """The optional card on the customer's screen; the tablet never puts one there."""
    if visit.state != "open" or visit.identity is None or visit.decision is None:
        return None
    try:
        return client.offer_card(visit.visit_id).offer
    except StoreError:
        return None


def find_context(client: StoreClient, visit: Visit) -> VisitContext | None:
    """What is known from before this visit, where its person is."""
    if visit.state != "open" or visit.identity is None:
        return None
    try:
        return client.visit_context(visit.visit_id)
    except StoreError:
        return None
