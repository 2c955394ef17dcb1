"""A shared visit: who is in it, joining, what an owner is asked and told, calls to care."""

from __future__ import annotations

from kiosk.store_calls.sending import Sender, part, read_answer
from store_api import contract as wire


class SharingCalls(Sender):
    """A shared visit: who is in it, joining, what an owner is asked and told, calls to care."""

    def circle(self, visit_id: str) -> wire.Circle:
        """Who is in a visit and sees its sheet."""
        return self.read(f"/v1/visits/{part(visit_id)}/participants", wire.Circle)

    def report(self, visit_id: str, terms_code: str | None) -> wire.Circle:
        """Say what this face has drawn. Saying it again changes nothing, so that it takes no key."""
        path = f"/v1/visits/{part(visit_id)}/participants/current"
        response = self.send_once("PUT", path, wire.Showing(terms_code=terms_code), None)
        return read_answer(response, wire.Circle)

    def make_join_code(self, visit_id: str, face: str) -> wire.JoinCode:
        """A code for another face to join by."""
        path = f"/v1/visits/{part(visit_id)}/join-codes"
        body = wire.JoinCodeRequest.model_validate({"face": face})
        return read_answer(self.send_once("POST", path, body, None), wire.JoinCode)

    def join(self, code: str) -> wire.JoinAnswer:
        """Join a visit by a code. It works once, so that it is sent once."""
        response = self.send_once("POST", "/v1/joins", wire.JoinRequest(code=code), None)
        return read_answer(response, wire.JoinAnswer)

    def tap(self, visit_id: str, terms_code: str, key: str) -> wire.Circle:
        """The customer agrees to a sheet."""
        body = wire.Showing(terms_code=terms_code)
        return self.write("POST", f"/v1/visits/{part(visit_id)}/taps", body, key, wire.Circle)

    def ask_owner(self, visit_id: str, key: str) -> wire.Ask:
        """Ask the account's owner about the visit's sheet."""
        return self.write("POST", f"/v1/visits/{part(visit_id)}/asks", None, key, wire.Ask)

    def answer_ask(self, visit_id: str, ask_id: str, approved: bool, digest: str, key: str) -> wire.Ask:
        """The owner's answer to exactly what was shown."""
        body = wire.AskAnswerRequest(approved=approved, digest=digest)
        path = f"/v1/visits/{part(visit_id)}/asks/{part(ask_id)}/answer"
        return self.write("POST", path, body, key, wire.Ask)

    def withdraw_ask(self, visit_id: str, ask_id: str, key: str) -> wire.Ask:
        """The owner takes a yes back."""
        path = f"/v1/visits/{part(visit_id)}/asks/{part(ask_id)}/withdraw"
        return self.write("POST", path, None, key, wire.Ask)

    # --- A phone ---------------------------------------------------------------------------------------

    def phone_visit(self) -> wire.Visit:
        """The visit that this phone joined."""
        return self.read("/v1/phones/current", wire.Visit)

    def identify_phone(self, telephone: str, pin: str, key: str) -> wire.PhoneAnswer:
        """Check the number and own PIN of whoever holds the phone."""
        body = wire.IdentityRequest(telephone=telephone, pin=pin)
        return self.write("POST", "/v1/phones/current/identity", body, key, wire.PhoneAnswer)

    def send_phone_code(self, telephone: str, key: str) -> wire.OneTimeCodeSent:
        """Have a code sent to the line of a number."""
        body = wire.OneTimeCodeRequest(telephone=telephone)
        return self.write("POST", "/v1/phones/current/one-time-code", body, key, wire.OneTimeCodeSent)

    def check_phone_code(self, telephone: str, code: str, key: str) -> wire.PhoneAnswer:
        """Check the code that was sent."""
        body = wire.OneTimeCodeCheck(telephone=telephone, code=code)
        return self.write("POST", "/v1/phones/current/one-time-code/check", body, key, wire.PhoneAnswer)

    def leave_phone(self) -> None:
        """Close the visit on this phone."""
        self.send_once("DELETE", "/v1/phones/current", None, None)

    def notices(self) -> wire.NoticeList:
        """What the owner who holds this phone was told."""
        return self.read("/v1/notices", wire.NoticeList)

    def see_notices(self, key: str) -> wire.NoticeList:
        """The owner has read them."""
        return self.write("POST", "/v1/notices/seen", None, key, wire.NoticeList)

    # --- Customer care ---------------------------------------------------------------------------------

    def begin_call(self, telephone: str, pin: str, key: str) -> wire.CareCallAnswer:
        """Check the number and own PIN of whoever calls."""
        body = wire.IdentityRequest(telephone=telephone, pin=pin)
        return self.write("POST", "/v1/calls", body, key, wire.CareCallAnswer)

    def send_call_code(self, telephone: str, key: str) -> wire.OneTimeCodeSent:
        """Have a code sent to the line of whoever calls."""
        body = wire.OneTimeCodeRequest(telephone=telephone)
        return self.write("POST", "/v1/calls/one-time-code", body, key, wire.OneTimeCodeSent)

    def begin_call_by_code(self, telephone: str, code: str, key: str) -> wire.CareCallAnswer:
        """Check the code that the caller reads aloud."""
        body = wire.OneTimeCodeCheck(telephone=telephone, code=code)
        return self.write("POST", "/v1/calls/one-time-code/check", body, key, wire.CareCallAnswer)

    def call(self) -> wire.CareCall | None:
        """Whom the agent has on the telephone."""
        return self.read("/v1/calls/current", wire.CareCallAnswer).call

    def end_call(self, key: str) -> None:
        """The call is over."""
        self.write("DELETE", "/v1/calls/current", None, key, wire.CareCallAnswer)

    def stores(self) -> wire.StoreList:
        """Every store."""
        return self.read("/v1/stores", wire.StoreList)

    def open_for_caller(self, store_id: str, language: str, key: str) -> wire.Visit:
        """Open a visit for the caller."""
        body = wire.CareVisitRequest.model_validate({"store_id": store_id, "language": language})
        return self.write("POST", "/v1/calls/current/visits", body, key, wire.Visit)

    def quote(self, visit_id: str, term: str, key: str) -> wire.Circle:
        """Quote a term to everybody in the visit."""
        body = wire.QuoteRequest(term=term)
        return self.write("POST", f"/v1/visits/{part(visit_id)}/quotes", body, key, wire.Circle)
