"""Asking the owner at a use: exactly what was shown, once, for minutes, by the owner alone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store_api.vouchers.models import VoucherUse
from tests.store_api.sharing.faces import Face, agent, call_of, joined_phone
from tests.store_api.story import Story, Visitor, body_of


def asked(story: Story, name: str = "Tom") -> tuple[Visitor, Any]:
    """A member without leave stands at the kiosk, and the owner is asked."""
    visitor = story.walk_in(name)
    visitor.say()
    assert visitor.ask()["codes"] == ["consent.missing"]
    return visitor, visitor.post("asks")


def answer(face: Face, ask: Any, approved: bool = True, **changes: Any) -> Any:
    path = f"/v1/visits/{face.visit_id}/asks/{ask['ask_id']}/answer"
    return face.client.post(path, {"approved": approved, "digest": ask["digest"], **changes})


def withdraw(face: Face, ask: Any) -> Any:
    return face.client.post(f"/v1/visits/{face.visit_id}/asks/{ask['ask_id']}/withdraw")


def confirm(story: Story, visitor: Visitor) -> Any:
    order = visitor.look()["order"]["order_id"]
    return body_of(story.rep.post(f"/v1/orders/{order}/confirm"))


def uses(story: Story) -> int:
    with story.database.reading() as session:
        return int(session.scalar(sa.select(sa.func.count()).select_from(VoucherUse)) or 0)


def test_an_ask_names_the_exact_benefit_line_store_and_device(story: Story) -> None:
    visitor, ask = asked(story)
    assert ask["state"] == "asked"
    assert ask["amount"] == {"amount": "49.99", "currency": "USD"}
    assert (ask["line"]["label"], ask["store_name"]) == ("Tom", "Maple St store")
    assert [(item["name"], item["price"]["amount"]) for item in ask["items"]] == [
        ("Orbit 5, 128 GB", "49.99")
    ]
    assert (ask["agreement_months"], ask["title"]["en"]) == (24, "$50 upgrade credit")
    assert joined_phone(story, visitor, "Grace").circle()["ask"] == ask


def test_one_tap_of_the_owner_turns_every_face_to_yes(story: Story) -> None:
    visitor, ask = asked(story)
    phone = joined_phone(story, visitor, "Grace")
    before = visitor.look()["decision"]["terms_code"]
    approved = body_of(answer(phone, ask))
    assert (approved["state"], approved["through"]) == ("approved", "phone")
    for face in (phone, Face(visitor.client, visitor.visit_id), Face(story.rep, visitor.visit_id)):
        decision = face.look()["decision"]
        assert (decision["outcome"], decision["codes"]) == ("eligible", [])
        assert decision["terms_code"] != before
    visitor.reserve(visitor.look()["decision"])
    assert confirm(story, visitor)["redemption"] is not None
    assert phone.circle()["ask"]["state"] == "used"


def test_a_declined_ask_leaves_the_no_and_can_be_asked_again(story: Story) -> None:
    visitor, ask = asked(story)
    phone = joined_phone(story, visitor, "Grace")
    assert body_of(answer(phone, ask, approved=False))["state"] == "declined"
    assert visitor.look()["decision"]["codes"] == ["consent.missing"]
    again = visitor.post("asks")
    assert again["ask_id"] != ask["ask_id"]
    assert body_of(answer(phone, again))["state"] == "approved"


def test_asking_twice_is_asking_once(story: Story) -> None:
    visitor, ask = asked(story)
    assert visitor.post("asks") == ask


def test_an_ask_is_over_after_five_minutes(story: Story) -> None:
    visitor, ask = asked(story)
    phone = joined_phone(story, visitor, "Grace")
    story.clock.advance(minutes=5)
    assert phone.circle()["ask"]["state"] == "expired"
    refused = answer(phone, ask)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "ask.over")
    assert visitor.look()["decision"]["codes"] == ["consent.missing"]


def test_an_answer_names_what_was_shown(story: Story) -> None:
    visitor, ask = asked(story)
    phone = joined_phone(story, visitor, "Grace")
    refused = answer(phone, ask, digest="0" * 64)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "ask.changed")


def test_a_yes_to_one_phone_is_no_yes_to_a_dearer_one(story: Story) -> None:
    visitor, ask = asked(story)
    phone = joined_phone(story, visitor, "Grace")
    visitor.say(sku="lumen-8-128")
    refused = answer(phone, ask)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "ask.changed")
    visitor.say()
    body_of(answer(phone, ask))
    visitor.say(sku="lumen-8-128")
    assert visitor.ask()["codes"] == ["consent.missing"]


def test_a_yes_does_not_reach_into_another_visit(story: Story) -> None:
    visitor, ask = asked(story)
    body_of(answer(joined_phone(story, visitor, "Grace"), ask))
    other = story.walk_in("Tom", "harbor-kiosk-1")
    other.say()
    assert other.ask()["codes"] == ["consent.missing"]


def test_a_yes_ends_by_itself(story: Story) -> None:
    visitor, ask = asked(story)
    body_of(answer(joined_phone(story, visitor, "Grace"), ask))
    story.clock.advance(minutes=60)
    assert visitor.ask()["codes"] == ["consent.missing"]


def test_a_yes_is_taken_back_until_it_is_used(story: Story) -> None:
    visitor, ask = asked(story)
    phone = joined_phone(story, visitor, "Grace")
    body_of(answer(phone, ask))
    visitor.reserve(visitor.look()["decision"])
    assert body_of(withdraw(phone, ask))["state"] == "withdrawn"
    before = uses(story)
    refused = confirm(story, visitor)
    assert (refused["redemption"], refused["decision"]["codes"]) == (None, ["consent.missing"])
    assert uses(story) == before


def test_what_was_used_cannot_be_taken_back(story: Story) -> None:
    visitor, ask = asked(story)
    phone = joined_phone(story, visitor, "Grace")
    body_of(answer(phone, ask))
    visitor.reserve(visitor.look()["decision"])
    confirm(story, visitor)
    refused = withdraw(phone, ask)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "ask.over")


def test_nobody_but_the_owner_answers(story: Story) -> None:
    visitor, ask = asked(story)
    for holder in ("Tom", "Rosa", None):
        phone = joined_phone(story, visitor, holder)
        for refused in (answer(phone, ask), withdraw(phone, ask)):
            assert refused.status_code == 403
    for client in (visitor.client, story.rep, story.staff("Alex")):
        refused = answer(Face(client, visitor.visit_id), ask)
        assert refused.get_json()["code"] == "auth.role_not_allowed"
    assert visitor.look()["decision"]["codes"] == ["consent.missing"]


def test_a_manager_of_the_account_sees_the_ask_and_does_not_answer_it(story: Story) -> None:
    owner = story.walk_in("Rosa", "harbor-kiosk-1")
    line = story.walk_in("Maya").choices()["line"]["line_id"]
    body_of(owner.client.put(f"/v1/visits/{owner.visit_id}/consents/{line}", {"allowed": False}))
    visitor, ask = asked(story, "Maya")
    phone = joined_phone(story, visitor, "Daniel")
    assert phone.circle()["ask"]["ask_id"] == ask["ask_id"]
    assert answer(phone, ask).get_json()["code"] == "consent.not_owner"


def test_an_agent_records_the_owners_spoken_yes_to_the_exact_payload(story: Story) -> None:
    visitor, ask = asked(story)
    call_of(story, "Tom")
    care = Face(agent(story), visitor.visit_id)
    assert answer(care, ask).get_json()["code"] == "consent.not_owner", "the caller is not the owner"
    call_of(story, "Grace")
    assert answer(care, ask, digest="f" * 64).get_json()["code"] == "ask.changed"
    heard = body_of(answer(care, ask))
    assert (heard["state"], heard["through"]) == ("approved", "care")
    assert visitor.look()["decision"]["outcome"] == "eligible"


def test_an_agent_with_the_caller_of_another_account_does_not_even_find_it(story: Story) -> None:
    visitor, ask = asked(story)
    call_of(story, "Rosa")
    assert answer(Face(agent(story), visitor.visit_id), ask).status_code == 404


def test_there_is_nothing_to_ask_where_leave_is_not_all_that_is_missing(story: Story) -> None:
    for name in ("Maya", "Rosa"):
        visitor = story.walk_in(name)
        visitor.say()
        visitor.ask()
        refused = visitor.client.post(f"/v1/visits/{visitor.visit_id}/asks")
        assert (refused.status_code, refused.get_json()["code"]) == (409, "ask.nothing_to_ask")


def test_a_member_who_is_not_eligible_yet_asks_nobody(story: Story) -> None:
    visitor = story.walk_in("Leo")
    visitor.say()
    visitor.ask()
    circle = body_of(visitor.client.get(f"/v1/visits/{visitor.visit_id}/participants"))
    refused = visitor.client.post(f"/v1/visits/{visitor.visit_id}/asks")
    assert circle["can_ask"] is (refused.status_code == 201)


def test_the_answer_under_one_key_is_given_once(story: Story) -> None:
    visitor, ask = asked(story)
    phone = joined_phone(story, visitor, "Grace")
    path = f"/v1/visits/{visitor.visit_id}/asks/{ask['ask_id']}/answer"
    body = {"approved": True, "digest": ask["digest"]}
    assert phone.client.post(path, body, key="tap").data == phone.client.post(path, body, key="tap").data
    assert answer(phone, ask).get_json()["code"] == "ask.over"
