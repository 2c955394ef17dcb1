"""Signing staff in and out."""

from __future__ import annotations

from kiosk.store_calls.sending import Sender, read_answer
from store_api import contract as wire


class StaffCalls(Sender):
    """Signing staff in and out."""

    def sign_in(self, staff_number: str, pin: str) -> wire.StaffSession:
        """Open a staff session from this tablet. Wrong PINs are counted, so it is sent once only."""
        body = wire.StaffSignIn(staff_number=staff_number, pin=pin)
        response = self.send_once("POST", "/v1/staff/sessions", body, None)
        return read_answer(response, wire.StaffSession)

    def check_staff_pin(self, staff_number: str, pin: str) -> wire.StaffPinCheck:
        """Whether a member of staff of this kiosk's store stands before it; sent once only, as above."""
        body = wire.StaffSignIn(staff_number=staff_number, pin=pin)
        return read_answer(self.send_once("POST", "/v1/staff/pin-checks", body, None), wire.StaffPinCheck)

    def sign_out(self) -> None:
        """End the session of this token."""
        self.send_once("DELETE", "/v1/staff/sessions/current", None, None)
