"""Who is in a visit, and the light that is true by what each face has reported."""

from __future__ import annotations

from tests.store_api.sharing.faces import Face, agent, call_of, joined_phone, kiosk_of, tablet_of
from tests.store_api.story import Story, Visitor, body_of

HERE, SEES = (True, False), (True, True)


def heard(story: Story, after: int = 0) -> list[str]:
    return [each["what"] for each in body_of(story.rep.get(f"/v1/events?format=json&after={after}"))]


def test_a_face_sees_the_sheet_once_it_has_reported_it_and_not_before(story: Story) -> None:
    visitor = story.walk_in("Maya")
    kiosk, tablet = kiosk_of(visitor), tablet_of(story, visitor)
    kiosk.report()
    tablet.report()
    visitor.get_yes()
    assert tablet.lamps() == {"customer": HERE, "rep": HERE}
    kiosk.draw()
    assert tablet.lamps() == {"customer": SEES, "rep": HERE}
    tablet.draw()
    assert kiosk.lamps() == {"customer": SEES, "rep": SEES}


def test_a_new_sheet_puts_every_light_out_until_each_face_has_drawn_it(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    kiosk, tablet = kiosk_of(visitor), tablet_of(story, visitor)
    kiosk.draw()
    tablet.draw()
    old = visitor.look()["decision"]["terms_code"]
    visitor.say(sku="lumen-8-128")
    assert visitor.ask()["terms_code"] != old
    assert tablet.lamps() == {"customer": HERE, "rep": HERE}
    assert tablet.report(old)["participants"][0]["sees"] is False, "who still shows the old one lags"
    tablet.draw()
    assert kiosk.lamps() == {"customer": HERE, "rep": SEES}


def test_a_face_that_stops_reporting_is_gone_and_comes_back(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    kiosk, tablet = kiosk_of(visitor), tablet_of(story, visitor)
    kiosk.draw()
    story.clock.advance(seconds=25)
    tablet.draw()
    assert tablet.lamps() == {"customer": (False, False), "rep": SEES}
    kiosk.draw()
    assert tablet.lamps() == {"customer": SEES, "rep": SEES}


def test_you_stand_first_and_staff_are_named_and_customers_are_not(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    phone = joined_phone(story, visitor, "Rosa")
    for face in (kiosk_of(visitor), tablet_of(story, visitor), phone):
        face.draw()
    seen = phone.circle()["participants"]
    assert [(each["role"], each["name"], each["is_you"], each["sees"]) for each in seen] == [
        ("owner", None, True, True),
        ("customer", None, False, True),
        ("rep", "Jordan", False, True),
    ]


def test_a_heartbeat_tells_nobody_and_a_changed_light_tells_everybody(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    kiosk = kiosk_of(visitor)
    kiosk.draw()
    revision, before = visitor.look()["revision"], len(heard(story))
    for _ in range(3):
        kiosk.draw()
    assert len(heard(story)) == before
    tablet_of(story, visitor).draw()
    assert heard(story)[before:] == ["participant.reported"]
    assert visitor.look()["revision"] == revision, "a report changes nothing of the visit"


def test_entering_a_visit_takes_a_key_and_shows_nothing_yet(story: Story) -> None:
    visitor = story.walk_in("Maya")
    path = f"/v1/visits/{visitor.visit_id}/participants"
    first, again = (story.rep.post(path, key="once") for _ in range(2))
    assert first.data == again.data
    assert [each["sees"] for each in body_of(first)["participants"]] == [False]
    assert story.rep.post(path, key=None).get_json()["code"] == "idempotency.key_missing"


def test_a_customer_who_left_the_kiosk_is_gone_from_it_at_once(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.reserve(visitor.get_yes())
    kiosk_of(visitor).draw()
    visitor.post("close", {"outcome": "reserved"})
    assert tablet_of(story, visitor).lamps()["customer"] == (False, False)


def test_a_closed_visit_takes_no_report(story: Story) -> None:
    visitor = story.stranger()
    visitor.post("close", {"outcome": "left"})
    path = f"/v1/visits/{visitor.visit_id}/participants/current"
    refused = visitor.client.put(path, {"terms_code": None}, key=None)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "visit.closed")


def test_four_faces_see_one_sheet(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    assert call_of(story, "Rosa")["call"]["role"] == "owner"
    care = Face(agent(story), visitor.visit_id)
    phone = joined_phone(story, visitor, "Rosa")
    faces = (kiosk_of(visitor), tablet_of(story, visitor), phone, care)
    for face in faces:
        face.draw()
    codes = {face.look()["decision"]["terms_code"] for face in faces}
    assert len(codes) == 1
    for face in faces:
        assert face.lamps() == dict.fromkeys(("customer", "rep", "owner", "care"), SEES)


def test_two_kiosk_reports_at_once_are_one_participant(story: Story) -> None:
    visitor: Visitor = story.stranger()
    for code in (None, "AAAAA-AAAAA", None):
        kiosk_of(visitor).report(code)
    assert len(kiosk_of(visitor).circle()["participants"]) == 1
