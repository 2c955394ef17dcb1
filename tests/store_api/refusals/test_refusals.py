"""A benefit that a sheet grants and a customer does not get: the store's reason, the customer's word."""

from __future__ import annotations

from typing import Any

from tests.store_api.sharing.faces import joined_phone
from tests.store_api.story import Story, Visitor, body_of


def refusals(visitor: Visitor, client: Any = None) -> Any:
    """The refusals of a visit, as somebody sees them."""
    return body_of((client or visitor.client).get(f"/v1/visits/{visitor.visit_id}/refusals"))


def refuse(story: Story, visitor: Visitor, **body: Any) -> Any:
    """The rep notes that it could not be used."""
    return body_of(story.rep.post(f"/v1/visits/{visitor.visit_id}/refusals", body))


def say_word(client: Any, visitor: Visitor, refusal: Any, agrees: bool) -> Any:
    """The customer's own word, as it is answered."""
    path = f"/v1/visits/{visitor.visit_id}/refusals/{refusal['refusal_id']}/word"
    return client.put(path, {"agrees": agrees})


def close(story: Story, visitor: Visitor, outcome: str) -> None:
    body_of(story.rep.post(f"/v1/visits/{visitor.visit_id}/close", {"outcome": outcome}))


def open_ones(story: Story) -> list[Any]:
    """What the store is still asked for a reason of."""
    found: list[Any] = body_of(story.rep.get("/v1/refusals"))["refusals"]
    return found


def eligible(story: Story, name: str = "Maya") -> Visitor:
    visitor = story.walk_in(name)
    visitor.get_yes()
    return visitor


def test_the_customers_choice_explains_nothing_until_the_customer_says_so(story: Story) -> None:
    visitor = eligible(story)
    noted = refuse(story, visitor, reason="customer_choice")
    assert (noted["state"], noted["word"], noted["reason_by"]) == ("unconfirmed", None, "Jordan")
    seen = refusals(visitor)["refusals"][0]
    assert (seen["reason_words"]["en"], seen["reason_by"]) == (
        "The customer chose not to use it.",
        None,
    )
    said = body_of(say_word(visitor.client, visitor, noted, True))
    assert (said["state"], said["word"]) == ("explained", "agrees")
    assert body_of(say_word(visitor.client, visitor, noted, False))["state"] == "disputed"


def test_another_reason_wants_another_word(story: Story) -> None:
    visitor = eligible(story)
    noted = refuse(story, visitor, reason="item_missing")
    body_of(say_word(visitor.client, visitor, noted, True))
    path = f"/v1/refusals/{noted['refusal_id']}/reason"
    changed = body_of(story.rep.put(path, {"reason": "system_trouble"}))
    assert (changed["state"], changed["word"]) == ("unconfirmed", None)


def test_staff_cannot_give_the_customers_word(story: Story) -> None:
    visitor = eligible(story)
    noted = refuse(story, visitor, reason="customer_choice")
    assert say_word(story.rep, visitor, noted, True).status_code == 403
    owner = joined_phone(story, visitor, "Rosa")
    assert say_word(owner.client, visitor, noted, True).status_code == 403
    own = joined_phone(story, visitor, "Maya")
    assert body_of(say_word(own.client, visitor, noted, True))["state"] == "explained"


def test_a_customer_says_that_it_was_refused_and_the_store_has_to_say_why(story: Story) -> None:
    visitor = eligible(story)
    said = visitor.post("refusals", {})
    assert (said["origin"], said["state"], said["said_at"] is not None) == ("customer", "open", True)
    assert [each["refusal_id"] for each in open_ones(story)] == [said["refusal_id"]]
    close(story, visitor, "refused")
    path = f"/v1/refusals/{said['refusal_id']}/reason"
    answered = body_of(story.rep.put(path, {"reason": "customer_choice"}))
    assert (answered["state"], answered["word"]) == ("disputed", "disagrees")
    assert open_ones(story) == []


def test_what_the_customer_had_heard_stands_with_the_refusal(story: Story) -> None:
    visitor = eligible(story)
    body_of(visitor.client.post("/v1/claims", {"visit_id": visitor.visit_id, "claim": "plan-change"}))
    said = visitor.post("refusals", {})
    assert [(each["claim"], each["result"]) for each in said["claims"]] == [("plan-change", "not_required")]


def test_noting_it_twice_is_one_refusal(story: Story) -> None:
    visitor = eligible(story)
    first = visitor.post("refusals", {})
    assert refuse(story, visitor, reason="item_missing")["refusal_id"] == first["refusal_id"]
    assert len(refusals(visitor)["refusals"]) == 1


def test_the_end_of_a_visit_tells_whether_something_was_refused(story: Story) -> None:
    counted = 0
    for outcome, reserves, is_refusal in (
        ("saved_for_later", True, False),
        ("left", False, False),
        ("left", True, True),
        ("refused", False, True),
        ("not_eligible", False, True),
    ):
        visitor = eligible(story)
        if reserves:
            visitor.reserve(visitor.look()["decision"])
        close(story, visitor, outcome)
        counted += is_refusal
        assert (outcome, len(open_ones(story))) == (outcome, counted)


def test_nothing_is_refused_where_nothing_was_granted_or_all_was_used(story: Story) -> None:
    early = story.walk_in("Sam")
    early.say()
    early.ask()
    refused = early.client.post(f"/v1/visits/{early.visit_id}/refusals", {})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "refusal.nothing_refused")
    close(story, early, "refused")
    visitor = eligible(story)
    visitor.reserve(visitor.look()["decision"])
    order = visitor.look()["order"]["order_id"]
    body_of(story.rep.post(f"/v1/orders/{order}/confirm"))
    assert refusals(visitor)["can_note"] is False
    close(story, visitor, "used")
    assert open_ones(story) == []


def test_a_customer_gives_no_reason_and_something_else_needs_a_note(story: Story) -> None:
    visitor = eligible(story)
    path = f"/v1/visits/{visitor.visit_id}/refusals"
    assert visitor.client.post(path, {"reason": "item_missing"}).status_code == 422
    assert story.rep.post(path, {"reason": "other"}).status_code == 422
    noted = refuse(story, visitor, reason="other", note="The shop closed early.")
    assert noted["note"] == "The shop closed early."
    assert refusals(visitor)["refusals"][0]["note"] is None


def test_another_store_gives_no_reason(story: Story) -> None:
    visitor = eligible(story)
    noted = refuse(story, visitor, reason="item_missing")
    other = story.staff("Casey", "harbor-tablet-1")
    path = f"/v1/refusals/{noted['refusal_id']}/reason"
    assert other.put(path, {"reason": "identity"}).status_code == 404
