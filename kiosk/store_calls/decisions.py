"""Decisions, holds, and the confirmation that uses what is held."""

from __future__ import annotations

from kiosk.store_calls.sending import Sender, part
from store_api import contract as wire


class DecisionCalls(Sender):
    """Decisions, holds, and the confirmation that uses what is held."""

    def decide(self, request: wire.DecisionRequest, key: str) -> wire.Decision:
        """Ask for a decision; it becomes the visit's."""
        return self.write("POST", "/v1/decisions", request, key, wire.Decision)

    def decision(self, decision_id: str) -> wire.Decision:
        """A decision as it was made."""
        return self.read(f"/v1/decisions/{part(decision_id)}", wire.Decision)

    def hold(self, decision_id: str, key: str, subject: str = "") -> wire.HoldAnswer:
        """Reserve what a decision granted; it is decided again. `subject` names it in the ledger."""
        body = {"decision_id": decision_id}
        return self.consume("/v1/holds", body, key, subject, wire.HoldAnswer)

    def release(self, hold_id: str, key: str) -> wire.Hold:
        """Give a hold back."""
        return self.write("POST", f"/v1/holds/{part(hold_id)}/release", None, key, wire.Hold)

    def confirm_order(self, order_id: str, key: str, subject: str = "") -> wire.RedemptionAnswer:
        """A named rep confirms the order; what is held for it is used; it is decided again."""
        path = f"/v1/orders/{part(order_id)}/confirm"
        return self.consume(path, None, key, subject, wire.RedemptionAnswer)
