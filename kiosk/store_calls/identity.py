"""One-time codes, and opening again what wrong tries closed."""

from __future__ import annotations

from kiosk.store_calls.sending import Sender, part
from store_api import contract as wire


class IdentityCalls(Sender):
    """One-time codes, and opening again what wrong tries closed."""

    def send_one_time_code(self, visit_id: str, telephone: str, key: str) -> wire.OneTimeCodeSent:
        """Have a code sent to the line of a number."""
        body = wire.OneTimeCodeRequest(telephone=telephone)
        path = f"/v1/visits/{part(visit_id)}/one-time-code"
        return self.write("POST", path, body, key, wire.OneTimeCodeSent)

    def check_one_time_code(self, visit_id: str, telephone: str, code: str, key: str) -> wire.IdentityAnswer:
        """Check the code that was sent."""
        body = wire.OneTimeCodeCheck(telephone=telephone, code=code)
        path = f"/v1/visits/{part(visit_id)}/one-time-code/check"
        return self.write("POST", path, body, key, wire.IdentityAnswer)

    def unlock_person(self, visit_id: str, key: str) -> wire.Visit:
        """Open PIN and codes again for the person whose photo ID was seen."""
        return self.write("POST", f"/v1/visits/{part(visit_id)}/unlock", None, key, wire.Visit)
