"""Staff sessions: who gets one, and when it ends."""

from __future__ import annotations

from tests.store_api.clients import Client
from tests.store_api.factories import REP_NUMBER, REP_PIN, World


def test_a_rep_signs_in_with_number_and_pin(as_tablet: Client, world: World) -> None:
    answer = as_tablet.post("/v1/staff/sessions", {"staff_number": REP_NUMBER, "pin": REP_PIN}, key=None)
    session = answer.get_json()
    assert answer.status_code == 201
    assert (session["staff_id"], session["role"], session["name"]) == (world.rep_id, "rep", "Jordan")
    assert session["store"]["store_id"] == "store-1"


def test_a_session_ends_when_it_is_closed(as_rep: Client) -> None:
    assert as_rep.get("/v1/store").status_code == 200
    assert as_rep.delete("/v1/staff/sessions/current").status_code == 204
    assert as_rep.get("/v1/store").get_json()["code"] == "auth.token_unknown"
