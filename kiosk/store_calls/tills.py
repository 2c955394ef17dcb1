"""What tills and faces share: an order's visit, and the code on a slip."""

from __future__ import annotations

from kiosk.store_calls.sending import Sender, part, read_answer
from store_api import contract as wire


class TillCalls(Sender):
    """What tills and faces share: an order's visit, and the code on a slip."""

    def visit_of_order(self, reference: str) -> wire.OrderVisit:
        """The visit of an order, by the order's identifier or a till's reference."""
        return self.read(f"/v1/orders/{part(reference)}/visit", wire.OrderVisit)

    def till_code(self, hold_id: str) -> wire.TillCode:
        """The code for the slip of a hold: always the same one, so it is asked for without a key."""
        body = wire.TillCodeRequest(hold_id=hold_id)
        return read_answer(self.send_once("POST", "/v1/till-codes", body, None), wire.TillCode)
