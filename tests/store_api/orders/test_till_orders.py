"""A till opens and captures orders: typed once, applied once, told exactly."""

from __future__ import annotations

from typing import Any

from tests.store_api.story import PHONE, Story, body_of

USD = "USD"


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": USD}


def basket(reference: str = "T-1001", **more: Any) -> dict[str, Any]:
    item = {"sku": PHONE, "price": money("49.99")}
    return {"till_reference": reference, "items": [item], "agreement_months": 24, **more}


def test_an_order_that_a_till_opened_waits_for_its_person_and_is_not_typed_again(story: Story) -> None:
    opened = body_of(story.till.post("/v1/orders", basket()))
    assert opened["order"] is None
    found = body_of(story.rep.get("/v1/orders/T-1001/visit"))
    assert (found["visit_id"], found["order_id"]) == (opened["visit_id"], None)
    telephone = story.person("Maya")["telephone"]
    seen = story.rep.post(f"/v1/visits/{opened['visit_id']}/photo-id", {"telephone": telephone})
    order = body_of(seen)["visit"]["order"]
    assert [item["sku"] for item in order["items"]] == [PHONE]
    assert (order["state"], order["agreement_months"], order["total"]) == ("said", 24, money("49.99"))
    by_reference = body_of(story.till.get("/v1/orders/T-1001"))
    assert by_reference["order_id"] == order["order_id"]
    assert body_of(story.rep.get(f"/v1/orders/{order['order_id']}/visit"))["till_reference"] == "T-1001"


def test_it_can_join_a_visit_at_the_kiosk_by_its_code(story: Story) -> None:
    visitor = story.walk_in("Maya")
    code = visitor.look()["code"]
    opened = body_of(story.till.post("/v1/orders", basket(visit_code=code)))
    assert opened["visit_id"] == visitor.visit_id
    assert visitor.look()["order"]["order_id"] == opened["order"]["order_id"]
    assert visitor.ask()["outcome"] == "eligible"
    refused = story.till.post("/v1/orders", basket("T-2", visit_code="0-000"))
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/visit_code")


def test_the_same_reference_again_is_the_same_order_with_its_new_contents(story: Story) -> None:
    code = story.walk_in("Maya").look()["code"]
    first = body_of(story.till.post("/v1/orders", basket(visit_code=code)))
    changed = basket(items=[{"sku": "lumen-8-128", "price": money("120.00")}])
    second = body_of(story.till.post("/v1/orders", changed))
    assert second["order"]["order_id"] == first["order"]["order_id"]
    assert second["order"]["total"] == money("120.00")


def test_what_was_rung_up_for_one_person_is_not_shown_to_the_next(story: Story) -> None:
    opened = body_of(story.till.post("/v1/orders", basket()))
    path = f"/v1/visits/{opened['visit_id']}/photo-id"
    body_of(story.rep.post(path, {"telephone": story.person("Maya")["telephone"]}))
    others = [each for account in story.cast["accounts"] for each in account["people"]]
    other = next(each for each in others if each["name"] != "Maya")
    seen = body_of(story.rep.post(path, {"telephone": other["telephone"]}))
    assert seen["visit"]["order"] is None


def test_a_kiosk_finds_nothing_under_a_tills_reference_and_nobody_under_an_unknown_one(story: Story) -> None:
    visitor = story.walk_in("Maya")
    body_of(story.till.post("/v1/orders", basket(visit_code=visitor.look()["code"])))
    assert story.till.get("/v1/orders/T-1001").status_code == 200
    assert visitor.client.get("/v1/orders/T-1001").status_code == 404
    assert story.till.get("/v1/orders/T-9999/visit").status_code == 404


def test_a_capture_tells_exactly_what_was_applied_and_the_same_again_does_nothing(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    path = f"/v1/orders/{order_id}/capture"
    answer = body_of(story.till.post(path, basket()))
    assert (answer["code"], answer["again"]) == (None, False)
    (applied,) = answer["applied"]
    assert applied["amount"] == answer["redemption"]["amount"]
    assert applied["comes_off"] is True
    assert (answer["total_before"], answer["total_after"]) == (money("49.99"), money("0.00"))
    again = body_of(story.till.post(path, basket()))
    assert again["again"] is True
    same = ("redemption", "applied", "total_before", "total_after", "captured_at", "code", "order_id")
    assert {name: again[name] for name in same} == {name: answer[name] for name in same}
    other = story.till.post(path, basket("T-1002"))
    assert (other.status_code, other.get_json()["code"]) == (409, "order.captured_otherwise")


def test_what_a_rep_confirmed_is_captured_as_it_was_confirmed(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    body_of(story.rep.post(f"/v1/orders/{order_id}/confirm"))
    path = f"/v1/orders/{order_id}/capture"
    other = story.till.post(path, basket(items=[]))
    assert (other.status_code, other.get_json()["code"]) == (409, "order.confirmed_otherwise")
    answer = body_of(story.till.post(path, basket()))
    assert [each["amount"] for each in answer["applied"]] == [money("49.99")]
    assert body_of(story.till.get(f"/v1/orders/{order_id}"))["state"] == "captured"


def test_a_capture_that_changes_the_answer_applies_nothing(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    answer = body_of(story.till.post(f"/v1/orders/{order_id}/capture", basket(agreement_months=0)))
    assert answer["redemption"] is None
    assert answer["code"] is not None
    assert answer["applied"] == []
    assert answer["total_before"] == answer["total_after"]


def test_what_the_till_says_that_it_took_off_must_be_an_amount(story: Story) -> None:
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    refused = story.till.post(f"/v1/orders/{order_id}/capture", basket(credit=money("-1.00")))
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/credit")


def test_a_till_that_comes_late_is_still_told_after_the_visit_has_ended(story: Story) -> None:
    visitor = story.walk_in("Maya")
    order_id = visitor.get_yes()["order_id"]
    body_of(story.rep.post(f"/v1/orders/{order_id}/confirm"))
    visitor.post("close", {"outcome": "used"})
    path = f"/v1/orders/{order_id}/capture"
    first = body_of(story.till.post(path, basket()))
    assert [each["amount"] for each in first["applied"]] == [money("49.99")]
    story.clock.advance(days=1)
    again = body_of(story.till.post(path, basket()))
    assert (again["again"], again["applied"]) == (True, first["applied"])
    assert body_of(story.till.get(f"/v1/orders/{order_id}"))["till_reference"] == "T-1001"


def test_what_a_till_used_by_its_decision_can_be_captured_afterwards(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    used = body_of(story.till.post("/v1/redemptions", {"decision_id": decision["decision_id"]}))["redemption"]
    answer = body_of(story.till.post(f"/v1/orders/{decision['order_id']}/capture", basket()))
    assert [each["redemption_id"] for each in answer["applied"]] == [used["redemption_id"]]
