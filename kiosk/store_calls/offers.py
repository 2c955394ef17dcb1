"""Offers: made at the desk, shown and declined in a visit."""

from __future__ import annotations

from kiosk.store_calls.sending import Sender, part
from store_api import contract as wire


class OfferCalls(Sender):
    """Offers: made at the desk, shown and declined in a visit."""

    def offers(self) -> wire.OfferList:
        """Every offer, the newest first."""
        return self.read("/v1/offers", wire.OfferList)

    def make_offer(self, offer: wire.OfferRequest, key: str) -> wire.Offer:
        """Make an offer."""
        return self.write("POST", "/v1/offers", offer, key, wire.Offer)

    def end_offer(self, offer_id: str, key: str) -> wire.Offer:
        """Show an offer no more."""
        return self.write("POST", f"/v1/offers/{part(offer_id)}/end", None, key, wire.Offer)

    def offer_card(self, visit_id: str) -> wire.OfferCard:
        """The card that stands in a visit."""
        return self.read(f"/v1/visits/{part(visit_id)}/offer", wire.OfferCard)

    def show_offer(self, visit_id: str, key: str) -> wire.OfferCard:
        """Show an offer, where one may be shown."""
        return self.write("POST", f"/v1/visits/{part(visit_id)}/offer", None, key, wire.OfferCard)

    def decline_offer(self, visit_id: str, for_good: bool, key: str) -> wire.OfferCard:
        """Say no to the card, or to every offer."""
        body = wire.OfferDeclined(for_good=for_good)
        return self.write("POST", f"/v1/visits/{part(visit_id)}/offer/decline", body, key, wire.OfferCard)
