"""Customer care: nothing before the caller's check, that account alone, and no words of the agent's own."""

from __future__ import annotations

from typing import Any

from tests.store_api.sharing.faces import agent, call_of, kiosk_of
from tests.store_api.story import Story, Visitor, body_of


def visits_of(story: Story) -> list[Any]:
    found: list[Any] = body_of(agent(story).get("/v1/visits"))["visits"]
    return found


def in_store(story: Story, name: str = "Maya") -> tuple[Visitor, Any]:
    visitor = story.walk_in(name)
    return visitor, visitor.get_yes()


def test_before_the_callers_check_an_agent_sees_nobody(story: Story) -> None:
    visitor, decision = in_store(story)
    assert visits_of(story) == []
    for path in ("", "/participants", "/choices"):
        assert agent(story).get(f"/v1/visits/{visitor.visit_id}{path}").status_code == 404
    assert agent(story).get(f"/v1/decisions/{decision['decision_id']}").status_code == 404
    assert call_of(story, "Rosa", "0000") == {"code": "identity.wrong", "locked_until": None, "call": None}
    assert visits_of(story) == []


def test_after_it_the_account_s_open_visits_and_no_other(story: Story) -> None:
    visitor, decision = in_store(story)
    other = story.walk_in("Nora", "harbor-kiosk-1")
    call = call_of(story, "Rosa")["call"]
    assert (call["person"], call["role"], call["identity"]) == ("Rosa", "owner", "person_pin")
    found = visits_of(story)
    assert [each["visit_id"] for each in found] == [visitor.visit_id]
    assert found[0]["decision"] == decision
    assert agent(story).get(f"/v1/visits/{other.visit_id}").status_code == 404


def test_when_the_call_is_over_or_another_begins_the_account_is_closed_again(story: Story) -> None:
    visitor, _ = in_store(story)
    call_of(story, "Rosa")
    call_of(story, "Nora")
    assert agent(story).get(f"/v1/visits/{visitor.visit_id}").status_code == 404
    call_of(story, "Rosa")
    body_of(agent(story).delete("/v1/calls/current"))
    assert body_of(agent(story).get("/v1/calls/current"))["call"] is None
    assert visits_of(story) == []
    call_of(story, "Rosa")
    story.clock.advance(hours=1)
    assert body_of(agent(story).get("/v1/calls/current"))["call"] is None


def test_a_wrong_caller_ends_the_call_before(story: Story) -> None:
    in_store(story)
    call_of(story, "Rosa")
    call_of(story, "Grace", "0000")
    assert visits_of(story) == []


def test_care_decides_for_a_caller_who_is_nowhere_near_a_store(story: Story) -> None:
    call_of(story, "Ben")
    stores = body_of(agent(story).get("/v1/stores"))["stores"]
    assert [store["store_id"] for store in stores] == ["harbor", "maple-st"]
    visit = body_of(agent(story).post("/v1/calls/current/visits", {"store_id": "maple-st"}))
    assert (visit["person"], visit["store_id"]) == ("Ben", "maple-st")
    visitor = Visitor(story, agent(story), visit["visit_id"])
    visitor.say()
    assert visitor.ask()["codes"] == ["voucher.already_redeemed"]
    assert agent(story).post("/v1/calls/current/visits", {"store_id": "nowhere"}).status_code == 404


def test_without_a_caller_there_is_no_visit_to_open(story: Story) -> None:
    refused = agent(story).post("/v1/calls/current/visits", {"store_id": "maple-st"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "identity.not_checked")


def test_care_never_reserves_confirms_or_redeems(story: Story) -> None:
    visitor, decision = in_store(story)
    call_of(story, "Rosa")
    for path, body in (
        ("/v1/holds", {"decision_id": decision["decision_id"]}),
        ("/v1/redemptions", {"decision_id": decision["decision_id"]}),
        (f"/v1/orders/{decision['order_id']}/confirm", None),
    ):
        assert agent(story).post(path, body).get_json()["code"] == "auth.role_not_allowed"
    assert visitor.look()["hold"] is None


def test_what_care_says_is_a_term_in_the_policys_words_on_every_face(story: Story) -> None:
    visitor, decision = in_store(story)
    call_of(story, "Rosa")
    term = decision["terms"][0]
    path = f"/v1/visits/{visitor.visit_id}/quotes"
    body_of(agent(story).post(path, {"term": term["term"]}))
    quoted = kiosk_of(visitor).circle()["quotes"]
    assert [(each["says"], each["name"], each["terms_code"]) for each in quoted] == [
        (term["says"], "Kim", decision["terms_code"])
    ]
    assert agent(story).post(path, {"term": "whatever"}).status_code == 404
    assert agent(story).post(path, {"term": term["term"], "text": "It is all right."}).status_code == 422


def test_what_care_checks_is_answered_on_every_face(story: Story) -> None:
    visitor, _ = in_store(story)
    call_of(story, "Rosa")
    care = agent(story)
    claims = body_of(care.get(f"/v1/claims?visit_id={visitor.visit_id}"))["claims"]
    checked = body_of(care.post("/v1/claims", {"visit_id": visitor.visit_id, "claim": claims[0]["claim"]}))
    at_kiosk = body_of(visitor.client.get(f"/v1/claims?visit_id={visitor.visit_id}"))["answers"]
    assert at_kiosk == [checked]


def test_a_rep_is_no_agent(story: Story) -> None:
    for route in ("/v1/calls/current", "/v1/stores"):
        assert story.rep.get(route).get_json()["code"] == "auth.role_not_allowed"


def test_a_code_that_the_caller_reads_aloud_is_theirs_to_read(story: Story) -> None:
    telephone = story.person("Rosa")["telephone"]
    sent = body_of(agent(story).post("/v1/calls/one-time-code", {"telephone": telephone}))
    assert (sent["sent"], sent["code"]) == (False, "one_time_code.not_offered")
    body = {"telephone": telephone, "code": "123456"}
    refused = body_of(agent(story).post("/v1/calls/one-time-code/check", body))
    assert (refused["code"], refused["call"]) == ("identity.wrong", None)
