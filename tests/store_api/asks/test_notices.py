"""What an owner is told: each use, at once where the customer did not agree, and each check by staff."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from store_api.outbox import OutboxEvent
from tests.store_api.sharing.faces import Face, joined_phone
from tests.store_api.story import Story, Visitor, body_of


def told(story: Story, visitor: Visitor, owner: str = "Rosa") -> list[Any]:
    phone = joined_phone(story, visitor, owner)
    found: list[Any] = body_of(phone.client.get("/v1/notices"))["notices"]
    return found


def sent(story: Story) -> list[Any]:
    with story.database.reading() as session:
        rows = session.scalars(sa.select(OutboxEvent).where(OutboxEvent.type == "owner.notified"))
        return [json.loads(row.body)["data"] for row in rows]


def at_the_tablet(story: Story, name: str) -> Visitor:
    """A person without a kiosk: the rep opens the visit and has seen their photo ID."""
    visit = body_of(story.rep.post("/v1/visits", {}))
    visitor = Visitor(story, story.rep, visit["visit_id"])
    assert visitor.post("photo-id", {"telephone": story.person(name)["telephone"]})["checked"]
    return visitor


def confirm(story: Story, decision: Any) -> Any:
    return body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))["redemption"]


def test_a_use_that_the_customer_agreed_to_at_the_kiosk_is_told(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    visitor.reserve(decision)
    assert confirm(story, decision) is not None
    notice = told(story, visitor)[0]
    assert (notice["kind"], notice["line"]["label"], notice["store_name"]) == (
        "used",
        "Maya",
        "Maple St store",
    )
    assert (notice["amount"]["amount"], notice["terms_code"]) == ("49.99", decision["terms_code"])
    assert "Jordan" in notice["by_whom"]
    assert sent(story) == [], "nothing is urgent about a use that the customer agreed to"


def test_a_use_without_a_face_of_the_customers_is_marked_and_told_at_once(story: Story) -> None:
    visitor = at_the_tablet(story, "Maya")
    decision = visitor.get_yes()
    visitor.reserve(decision)
    circle = body_of(story.rep.get(f"/v1/visits/{visitor.visit_id}/participants"))
    assert circle["tapped"] is False
    used = confirm(story, decision)
    assert [each["kind"] for each in told(story, visitor)] == [
        "used_without_customer_face",
        "identity_checked",
    ]
    assert [(each["kind"], each.get("redemption_id")) for each in sent(story)] == [
        ("identity_checked", None),
        ("used_without_customer_face", used["redemption_id"]),
    ]


def test_a_tap_on_the_customers_own_phone_counts_like_one_at_the_kiosk(story: Story) -> None:
    visitor = at_the_tablet(story, "Maya")
    decision = visitor.get_yes()
    visitor.reserve(decision)
    phone = joined_phone(story, visitor, "Maya")
    path = f"/v1/visits/{visitor.visit_id}/taps"
    assert body_of(phone.client.post(path, {"terms_code": decision["terms_code"]}))["tapped"] is True
    confirm(story, decision)
    assert told(story, visitor)[0]["kind"] == "used"


def test_a_tap_is_the_customers_own_and_for_the_sheet_that_stands(story: Story) -> None:
    visitor = at_the_tablet(story, "Maya")
    decision = visitor.get_yes()
    path, body = f"/v1/visits/{visitor.visit_id}/taps", {"terms_code": decision["terms_code"]}
    owner = joined_phone(story, visitor, "Rosa")
    assert owner.client.post(path, body).status_code == 403
    assert story.rep.post(path, body).get_json()["code"] == "auth.role_not_allowed"
    phone = joined_phone(story, visitor, "Maya")
    visitor.say(sku="lumen-8-128")
    visitor.ask()
    refused = phone.client.post(path, body)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "tap.other_sheet")


def test_notices_are_the_owners_alone_and_are_marked_as_read(story: Story) -> None:
    visitor = at_the_tablet(story, "Maya")
    for holder in ("Maya", "Daniel"):
        phone: Face = joined_phone(story, visitor, holder)
        assert phone.client.get("/v1/notices").status_code == 403
    assert joined_phone(story, visitor).client.get("/v1/notices").status_code == 403
    owner = joined_phone(story, visitor, "Rosa")
    assert [each["is_new"] for each in body_of(owner.client.get("/v1/notices"))["notices"]] == [True]
    assert [each["is_new"] for each in body_of(owner.client.post("/v1/notices/seen"))["notices"]] == [False]


def test_the_same_confirmation_again_tells_nobody_twice(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    visitor.reserve(decision)
    confirm(story, decision)
    confirm(story, decision)
    assert [each["kind"] for each in told(story, visitor)] == ["used"]
