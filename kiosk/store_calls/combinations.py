"""Several vouchers on one order: what is proposed, and reserving it as one."""

from __future__ import annotations

from kiosk.store_calls.sending import Sender, part
from store_api import contract as wire


class CombinationCalls(Sender):
    """Several vouchers on one order: what is proposed, and reserving it as one."""

    def combination(self, visit_id: str) -> wire.Combination:
        """The best combination of the person's vouchers for the visit's order."""
        return self.read(f"/v1/visits/{part(visit_id)}/combination", wire.Combination)

    def hold_combination(self, visit_id: str, key: str) -> wire.CombinationHoldAnswer:
        """Reserve that combination: all of it, or nothing."""
        path = f"/v1/visits/{part(visit_id)}/combination"
        return self.consume(path, None, key, visit_id, wire.CombinationHoldAnswer)
