"""Visits: identity, choices, leave for lines, answers."""

from __future__ import annotations

from kiosk.store_calls.sending import Sender, part
from store_api import contract as wire


class VisitCalls(Sender):
    """Visits: identity, choices, leave for lines, answers."""

    def open_visit(self, language: str, key: str) -> wire.Visit:
        """A new visit at the station of this token."""
        body = wire.VisitRequest.model_validate({"language": language})
        return self.write("POST", "/v1/visits", body, key, wire.Visit)

    def visit(self, visit_id: str) -> wire.Visit:
        """A visit as this caller may see it."""
        return self.read(f"/v1/visits/{part(visit_id)}", wire.Visit)

    def open_visits(self) -> wire.VisitList:
        """The open visits of the store."""
        return self.read("/v1/visits?state=open", wire.VisitList)

    def set_language(self, visit_id: str, language: str, key: str) -> wire.Visit:
        """Say in which language the customer reads."""
        body = wire.VisitLanguage.model_validate({"language": language})
        return self.write("PUT", f"/v1/visits/{part(visit_id)}/language", body, key, wire.Visit)

    def check_identity(self, visit_id: str, telephone: str, pin: str, key: str) -> wire.IdentityAnswer:
        """Check the person's own PIN."""
        body = wire.IdentityRequest(telephone=telephone, pin=pin)
        return self.write("POST", f"/v1/visits/{part(visit_id)}/identity", body, key, wire.IdentityAnswer)

    def photo_id_seen(self, visit_id: str, telephone: str, key: str) -> wire.IdentityAnswer:
        """A named rep says that the person on the photo ID stands there."""
        body = {"telephone": telephone}
        return self.write("POST", f"/v1/visits/{part(visit_id)}/photo-id", body, key, wire.IdentityAnswer)

    def read_voucher_code(self, visit_id: str, code: wire.VoucherCode, key: str) -> wire.VoucherAnswer:
        """Tell the visit which code was shown; the answer holds public terms only."""
        path = f"/v1/visits/{part(visit_id)}/voucher-code"
        return self.write("POST", path, code, key, wire.VoucherAnswer)

    def choices(self, visit_id: str) -> wire.Choices:
        """What the identified person can ask about."""
        return self.read(f"/v1/visits/{part(visit_id)}/choices", wire.Choices)

    def consents(self, visit_id: str) -> wire.LineConsents:
        """The lines to which the identified owner can give leave."""
        return self.read(f"/v1/visits/{part(visit_id)}/consents", wire.LineConsents)

    def set_consent(self, visit_id: str, line_id: str, allowed: bool, key: str) -> wire.LineConsent:
        """Give a line the identified owner's leave, or take it back."""
        body = wire.ConsentRequest(allowed=allowed)
        path = f"/v1/visits/{part(visit_id)}/consents/{part(line_id)}"
        return self.write("PUT", path, body, key, wire.LineConsent)

    def answer(self, visit_id: str, answers: wire.Answers, key: str) -> wire.Visit:
        """Put answers into the visit's order."""
        return self.write("PUT", f"/v1/visits/{part(visit_id)}/order", answers, key, wire.Visit)

    def close_visit(self, visit_id: str, outcome: str, key: str) -> wire.Visit:
        """End a visit."""
        body = wire.VisitClose.model_validate({"outcome": outcome})
        return self.write("POST", f"/v1/visits/{part(visit_id)}/close", body, key, wire.Visit)
