"""Claims: the closed list of a visit, one answer, the region's counts."""

from __future__ import annotations

import datetime as dt

from kiosk.store_calls.sending import Sender, part
from store_api import contract as wire


class ClaimCalls(Sender):
    """Claims: the closed list of a visit, one answer, the region's counts."""

    def claims(self, visit_id: str) -> wire.ClaimList:
        """What customers hear, and what was answered in a visit."""
        return self.read(f"/v1/claims?visit_id={part(visit_id)}", wire.ClaimList)

    def check_claim(self, request: wire.ClaimRequest, key: str) -> wire.ClaimAnswer:
        """Check one statement for a visit."""
        return self.write("POST", "/v1/claims", request, key, wire.ClaimAnswer)

    def claim_counts(
        self, since: dt.date | None = None, until: dt.date | None = None, policy: str | None = None
    ) -> wire.ClaimCounts:
        """In how many identified visits each claim was checked."""
        given = {"since": since, "until": until, "policy": policy}
        query = "&".join(f"{name}={part(str(value))}" for name, value in given.items() if value is not None)
        return self.read(f"/v1/claims/counts?{query}", wire.ClaimCounts)
