"""Visits over the API: who sees what, before somebody is known, while they are there, after they left."""

from __future__ import annotations

import pytest

from store_api.vouchers.codes import check_character
from tests.store_api.story import Story, body_of

UNKNOWN_BUT_CONSISTENT = "AAAA-AAAA-AAAA0"


def test_nothing_of_a_person_is_shown_before_the_identity_check(story: Story) -> None:
    visitor = story.stranger()
    visitor.post("voucher-code", {"code": story.code("family-credit")})
    seen = visitor.look()
    for name in ("identity", "person", "line", "order", "decision", "hold", "redemption"):
        assert seen[name] is None
    refused = visitor.client.get(f"/v1/visits/{visitor.visit_id}/choices")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "identity.not_checked")


def test_a_scan_tells_the_public_terms_and_not_that_it_was_used(story: Story) -> None:
    used = story.stranger().post("voucher-code", {"code": story.code("used-credit")})
    fresh = story.stranger().post("voucher-code", {"code": story.code("family-credit")})
    assert used["policy"] == fresh["policy"]
    assert (used["code"], used["sheets"]) == (None, None)
    assert used["policy"]["terms"][0]["en"] == "Buy a new phone on this line."


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("4006381333931", "code.not_a_voucher", "This is a product's bar code."),
        ("TVYT-66CN-R10EZ", "code.wrong_check", "One character is not right."),
        ("??", "code.unreadable", "We could not read that."),
        (UNKNOWN_BUT_CONSISTENT, "voucher.not_found", "No. We do not know this code."),
    ],
)
def test_a_code_that_leads_nowhere_says_so_in_both_languages(
    story: Story, text: str, code: str, says: str
) -> None:
    answer = story.stranger().post("voucher-code", {"code": consistent(text)})
    assert (answer["code"], answer["policy"]) == (code, None)
    assert says in [line["text"] for line in answer["sheets"]["en"]["lines"]]
    assert set(answer["sheets"]) == {"en", "es"}


def test_after_too_many_unknown_codes_a_device_waits_for_the_hour_to_end(story: Story) -> None:
    visitor = story.stranger()
    path, body = f"/v1/visits/{visitor.visit_id}/voucher-code", {"code": consistent(UNKNOWN_BUT_CONSISTENT)}
    for _ in range(story.settings.wrong_codes):
        assert visitor.client.post(path, body).status_code == 200
    closed = visitor.client.post(path, {"code": story.code("family-credit")})
    assert (closed.status_code, closed.get_json()["code"]) == (429, "code.too_many_tries")
    assert int(closed.headers["Retry-After"]) == 3601
    assert story.stranger("harbor-kiosk-1").post("voucher-code", body)["code"] == "voucher.not_found"
    story.clock.advance(hours=1)
    assert visitor.post("voucher-code", {"code": story.code("family-credit")})["code"] is None


def test_a_wrong_pin_shows_nothing_and_a_photo_id_still_helps(story: Story) -> None:
    visitor = story.stranger()
    number = story.person("Maya")["telephone"]
    wrong = visitor.post("identity", {"telephone": number, "pin": "0000"})
    assert (wrong["checked"], wrong["code"], wrong["visit"]["person"]) == (False, "identity.wrong", None)
    path = f"/v1/visits/{visitor.visit_id}/photo-id"
    seen = body_of(story.rep.post(path, {"telephone": number}))
    assert (seen["checked"], seen["visit"]["identity"]) == (True, "photo_id_seen")
    assert visitor.look()["person"] == "Maya"


def test_a_visit_is_seen_in_its_store_and_by_no_other_kiosk(story: Story) -> None:
    path = f"/v1/visits/{story.walk_in('Maya').visit_id}"
    assert body_of(story.rep.get(path))["person"] == "Maya"
    assert story.device("harbor-kiosk-1").get(path).status_code == 404
    assert story.staff("Casey", "harbor-tablet-1").get(path).status_code == 404


def test_staff_see_the_open_visits_of_their_store_newest_first(story: Story) -> None:
    first = story.walk_in("Maya")
    story.clock.advance(minutes=1)
    second = story.walk_in("Sam")
    story.walk_in("Ben", "harbor-kiosk-1")
    listed = body_of(story.rep.get("/v1/visits?state=open"))["visits"]
    assert [each["visit_id"] for each in listed] == [second.visit_id, first.visit_id]
    assert listed[0]["code"] != listed[1]["code"]


def test_the_next_person_takes_nothing_over_from_the_one_before(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    held = visitor.reserve(decision)["hold"]
    tom = story.person("Tom")
    seen = visitor.post("identity", {"telephone": tom["telephone"], "pin": tom["pin"]})["visit"]
    assert (seen["person"], seen["order"], seen["decision"], seen["hold"]) == ("Tom", None, None, None)
    assert body_of(story.rep.get(f"/v1/holds/{held['hold_id']}"))["state"] == "released"


def test_what_the_one_before_was_told_is_not_there_for_the_next_person(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    sheet = f"/v1/terms/{decision['terms_code']}"
    assert body_of(visitor.client.get(sheet))["sheets"] is not None
    leo = story.person("Leo")
    visitor.post("identity", {"telephone": leo["telephone"], "pin": leo["pin"]})
    named = {"decision_id": decision["decision_id"]}
    assert visitor.client.get(f"/v1/decisions/{decision['decision_id']}").status_code == 404
    assert visitor.client.get(f"/v1/orders/{decision['order_id']}").status_code == 404
    assert visitor.client.post("/v1/holds", named).status_code == 404
    assert story.rep.post("/v1/redemptions", named).status_code == 404
    assert body_of(visitor.client.get(sheet))["sheets"] is None


def test_after_leaving_nothing_is_shown_and_nothing_can_be_done(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    closed = visitor.post("close", {"outcome": "left"})
    for name in ("person", "line", "order", "decision", "scanned_policy"):
        assert closed[name] is None
    assert visitor.look()["state"] == "closed"
    refused = visitor.client.put(f"/v1/visits/{visitor.visit_id}/order", {"sku": "none"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "visit.closed")
    assert visitor.client.get(f"/v1/decisions/{decision['decision_id']}").status_code == 409
    assert story.rep.post(f"/v1/orders/{decision['order_id']}/confirm").status_code == 409


def test_what_was_reserved_is_finished_by_the_staff_when_the_kiosk_has_forgotten(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    visitor.reserve(decision)
    left = visitor.post("close", {"outcome": "reserved"})
    assert (left["state"], left["person"], left["outcome"]) == ("closed", None, "reserved")
    assert body_of(story.rep.get(f"/v1/visits/{visitor.visit_id}"))["decision"] == decision
    used = body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))
    assert used["redemption"]["terms_code"] == decision["terms_code"]


def test_a_reservation_that_ran_out_closes_the_visit_for_the_staff_too(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.reserve(visitor.get_yes())
    visitor.post("close", {"outcome": "reserved"})
    story.clock.advance(minutes=15)
    assert body_of(story.rep.get("/v1/visits?state=open"))["visits"] == []


def test_the_language_changes_and_nothing_is_decided_anew(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    before = visitor.look()["revision"]
    path = f"/v1/visits/{visitor.visit_id}/language"
    changed = body_of(visitor.client.put(path, {"language": "es"}))
    assert (changed["language"], changed["decision"]) == ("es", decision)
    assert changed["revision"] == before + 1


def test_every_step_is_told_to_the_faces_of_the_store(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.reserve(visitor.get_yes())
    told = body_of(story.rep.get("/v1/events?format=json&after=0"))
    mine = [event["what"] for event in told if event["visit_id"] == visitor.visit_id]
    assert mine == ["visit.opened", "identity.checked", "order.changed", "decision.made", "voucher.held"]
    assert [event["revision"] for event in told] == [1, 2, 3, 4, 5]


def consistent(text: str) -> str:
    """The text, or for the unknown code the same with its right check character."""
    body = text.replace("-", "")[:12]
    return body + check_character(body) if text == UNKNOWN_BUT_CONSISTENT else text


def test_a_visit_that_nobody_closed_is_over_for_everybody_after_two_hours(story: Story) -> None:
    visitor = story.walk_in("Maya")
    rep = story.rep
    story.clock.advance(minutes=119)
    open_now = [visit["visit_id"] for visit in body_of(rep.get("/v1/visits?state=open"))["visits"]]
    assert open_now == [visitor.visit_id]
    story.clock.advance(minutes=2)
    assert body_of(rep.get("/v1/visits?state=open"))["visits"] == []
    assert body_of(visitor.client.get(f"/v1/visits/{visitor.visit_id}"))["person"] is None
