"""An exception: asked by one, approved by another, for exactly what was shown, once, told to everybody."""

from __future__ import annotations

from typing import Any

from tests.store_api.overrides.asking import (
    TERM,
    Asked,
    ask,
    confirm,
    exceptions,
    number_of,
    pin_of,
    send_request,
    session_of,
    too_early,
)
from tests.store_api.story import Story, body_of, lines_of, verdict_of


def approved(story: Story) -> Asked:
    """Alex has approved Jordan's request at a session of his own."""
    asked = ask(story)
    answer = asked.answer(session_of(story, "Alex"), pin_of("Alex"))
    assert answer["code"] is None, answer
    return asked


def test_what_could_be_waived_comes_from_the_policy(story: Story) -> None:
    visitor = too_early(story)
    found = exceptions(visitor, story.rep)
    assert [(each["term"], each["status"], each["roles"]) for each in found["choices"]] == [
        (TERM, "unmet", ["store_manager"])
    ]
    assert (found["permission"], found["preview"], found["newest"]) == ("needs_approval", None, None)


def test_a_preview_shows_the_yes_and_its_cost_and_keeps_nothing(story: Story) -> None:
    visitor = too_early(story)
    before = visitor.look()
    preview = exceptions(visitor, story.rep, TERM)["preview"]
    assert (preview["outcome"], preview["code"], preview["roles"]) == ("eligible", None, ["store_manager"])
    assert preview["amount"] == preview["cost"] == {"amount": "49.99", "currency": "USD"}
    assert verdict_of({"sheets": preview["sheets"]}) == "Yes. $49.99 off this phone."
    assert visitor.look() == before


def test_an_approved_exception_is_a_new_decision_for_everybody(story: Story) -> None:
    asked = ask(story)
    before = asked.look()
    answer = asked.answer(session_of(story, "Alex"), pin_of("Alex"))
    after = asked.look()
    assert (answer["code"], answer["override"]["state"]) == (None, "approved")
    assert (before["outcome"], after["outcome"]) == ("not_eligible", "eligible")
    assert after["terms_code"] != before["terms_code"]
    assert answer["override"]["waived_terms_code"] == after["terms_code"]
    status = {term["term"]: term["status"] for term in after["terms"]}
    assert status == {"new-phone": "met", "renew-agreement": "met", TERM: "waived"}


def test_the_sheet_says_by_which_role_and_why_and_never_by_whom(story: Story) -> None:
    decision = approved(story).look()
    assert "Waived by the store manager: the phone failed." in lines_of(decision, "detail")
    spanish = "Dispensado por la gerencia de la tienda: el teléfono falló."
    assert spanish in lines_of(decision, "detail", "es")
    whole = str(decision["sheets"])
    assert "Alex" not in whole
    assert "speaker" not in whole


def test_an_exception_is_used_once(story: Story) -> None:
    asked = approved(story)
    asked.visitor.reserve(asked.look())
    used = confirm(story, asked.visitor)
    assert used["redemption"] is not None
    assert used["redemption"]["terms_code"] == asked.look()["terms_code"]
    assert asked.read(story.rep)["state"] == "used"


def test_what_was_given_back_needs_an_exception_of_its_own(story: Story) -> None:
    asked = approved(story)
    asked.visitor.reserve(asked.look())
    redemption = confirm(story, asked.visitor)["redemption"]
    manager = session_of(story, "Alex")
    undo = f"/v1/redemptions/{redemption['redemption_id']}/void"
    body_of(manager.post(undo, {"reason": "order_returned"}))
    again = body_of(
        asked.visitor.client.post(
            "/v1/decisions", {"visit_id": asked.visit_id, "voucher_id": redemption["voucher_id"]}
        )
    )
    assert again["outcome"] == "not_eligible"


def test_an_exception_that_is_not_used_ends_by_itself(story: Story) -> None:
    asked = approved(story)
    story.clock.advance(minutes=59)
    assert asked.read(story.rep)["state"] == "approved"
    story.clock.advance(minutes=1)
    assert asked.visitor.ask()["outcome"] == "not_eligible"


def test_a_reservation_does_not_outlive_its_exception(story: Story) -> None:
    asked = approved(story)
    story.clock.advance(minutes=50)
    hold = asked.visitor.reserve(asked.visitor.ask())["hold"]
    assert hold is not None
    story.clock.advance(minutes=11)
    refused = confirm(story, asked.visitor)
    assert (refused["redemption"], refused["decision"]["outcome"]) == (None, "not_eligible")


def test_an_exception_for_one_phone_is_none_for_a_dearer_one(story: Story) -> None:
    asked = approved(story)
    asked.visitor.say(sku="lumen-8-128")
    assert asked.visitor.ask()["outcome"] == "not_eligible"
    asked.visitor.say()
    assert asked.visitor.ask()["outcome"] == "eligible"


def test_an_exception_is_for_one_line_and_one_visit(story: Story) -> None:
    approved(story)
    assert too_early(story, "Leo").look()["decision"]["outcome"] == "not_eligible"
    again = story.walk_in("Sam")
    again.say()
    assert again.ask()["outcome"] == "not_eligible"


def test_asking_twice_is_asking_once_and_asking_otherwise_takes_the_first_back(story: Story) -> None:
    asked = ask(story)
    assert body_of(send_request(asked.visitor, story.rep)) == asked.request
    other = body_of(send_request(asked.visitor, story.rep, reason="hardship"))
    assert other["override_id"] != asked.request["override_id"]
    assert asked.read(story.rep)["state"] == "withdrawn"


def test_a_request_waits_fifteen_minutes(story: Story) -> None:
    asked = ask(story)
    story.clock.advance(minutes=15)
    assert asked.read(story.rep)["state"] == "expired"
    assert asked.answer(session_of(story, "Alex"), pin_of("Alex"))["code"] == "override.over"
    assert asked.look()["outcome"] == "not_eligible"


def test_a_declined_request_leaves_the_no(story: Story) -> None:
    asked = ask(story)
    answer = asked.answer(session_of(story, "Alex"), pin_of("Alex"), approved=False)
    assert (answer["code"], answer["override"]["state"]) == (None, "declined")
    assert asked.look()["outcome"] == "not_eligible"
    assert asked.answer(session_of(story, "Alex"), pin_of("Alex"))["code"] == "override.over"


def test_who_asked_can_take_it_back(story: Story) -> None:
    asked = ask(story)
    path = f"/v1/visits/{asked.visit_id}/overrides/{asked.request['override_id']}/withdraw"
    assert body_of(story.rep.post(path))["state"] == "withdrawn"
    assert asked.answer(session_of(story, "Alex"), pin_of("Alex"))["code"] == "override.over"


def test_what_cannot_be_waived_cannot_be_asked(story: Story) -> None:
    visitor = too_early(story)
    bad: list[dict[str, Any]] = [
        {"terms": ["new-phone"]},
        {"terms": ["no-such-term"]},
        {"terms": []},
        {"reason": "other", "note": None},
        {"reason": "because"},
    ]
    for changes in bad:
        refused = send_request(visitor, story.rep, **changes)
        assert (changes, refused.status_code) == (changes, 422)


def test_an_exception_that_would_not_help_is_not_asked(story: Story) -> None:
    visitor = too_early(story)
    visitor.say(months=12)
    visitor.ask()
    preview = exceptions(visitor, story.rep, TERM)["preview"]
    assert (preview["outcome"], preview["code"]) == ("not_eligible", "override.not_enough")
    refused = send_request(visitor, story.rep)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "override.not_enough")


def test_a_manager_answers_at_the_reps_session_with_their_own_pin(story: Story) -> None:
    asked = ask(story)
    answer = asked.answer(story.rep, pin_of("Alex"), staff_number=number_of("Alex"))
    override = answer["override"]
    assert (answer["code"], override["answered_by"], override["through"]) == (
        None,
        "Alex",
        "shared_device",
    )
    given = body_of(session_of(story, "Alex").get("/v1/overrides"))["given"]
    assert [each["override_id"] for each in given] == [asked.request["override_id"]]


def test_this_was_not_me_ends_the_exception_and_closes_the_pin(story: Story) -> None:
    alex = session_of(story, "Alex")
    asked = ask(story)
    asked.answer(story.rep, pin_of("Alex"), staff_number=number_of("Alex"))
    asked.visitor.reserve(asked.look())
    disowned = body_of(alex.post(f"/v1/overrides/{asked.request['override_id']}/disown"))
    assert (disowned["state"], disowned["disowned_at"] is not None) == ("stopped", True)
    assert asked.look()["outcome"] == "not_eligible"
    assert confirm(story, asked.visitor)["redemption"] is None
    signing_in = {"staff_number": number_of("Alex"), "pin": pin_of("Alex")}
    refused = story.device("tablet-1").post("/v1/staff/sessions", signing_in)
    assert body_of(refused)["code"] == "identity.locked"


def test_what_was_used_before_it_was_disowned_stays_used(story: Story) -> None:
    alex = session_of(story, "Alex")
    asked = ask(story)
    asked.answer(story.rep, pin_of("Alex"), staff_number=number_of("Alex"))
    asked.visitor.reserve(asked.look())
    confirm(story, asked.visitor)
    disowned = body_of(alex.post(f"/v1/overrides/{asked.request['override_id']}/disown"))
    assert (disowned["state"], disowned["disowned_at"] is not None) == ("used", True)


def test_nobody_disowns_for_another(story: Story) -> None:
    asked = approved(story)
    refused = story.rep.post(f"/v1/overrides/{asked.request['override_id']}/disown")
    assert refused.status_code == 404
