"""Joining a visit: by a code that works once, for minutes, for one kind of face; wrong ones are counted."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from store_api.sharing import joining
from store_api.sharing.models import JoinCodeRow
from tests.store_api.clients import Client
from tests.store_api.sharing.faces import Face, identify, join_code, joined_phone
from tests.store_api.story import Story, body_of

NOTHING = {"code": "join.unknown", "visit": None, "token": None}


def join(story: Story, code: str) -> object:
    return body_of(Client(story.app, None).post("/v1/joins", {"code": code}, key=None))


def test_a_phone_joins_and_sees_nothing_of_the_account_before_its_own_check(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    answer = join(story, join_code(visitor))
    assert isinstance(answer, dict)
    phone = Face(Client(story.app, answer["token"]), visitor.visit_id)
    for seen in (answer["visit"], phone.look()):
        assert [seen[name] for name in ("identity", "person", "line", "order", "decision")] == [None] * 5
    assert (phone.circle()["terms_code"], phone.circle()["ask"]) == (None, None)
    for path in ("choices", "consents"):
        assert phone.client.get(f"/v1/visits/{visitor.visit_id}/{path}").status_code == 403
    decision = visitor.look()["decision"]["decision_id"]
    assert phone.client.get(f"/v1/decisions/{decision}").status_code == 403


def test_an_owner_sees_the_very_sheet_that_the_kiosk_shows(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    phone = joined_phone(story, visitor, "Rosa")
    assert phone.look()["decision"] == visitor.look()["decision"]
    assert phone.look()["person"] == "Maya"


def test_whose_phone_it_is_decides_what_it_is_in_the_visit(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    for holder, role in (("Rosa", "owner"), ("Daniel", "account_manager"), ("Maya", "customer")):
        phone = joined_phone(story, visitor)
        assert identify(story, phone, holder)["role"] == role
        assert phone.look()["decision"] is not None


def test_a_member_and_anybody_of_another_account_stay_strangers(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    for holder in ("Sam", "Grace", "Tom"):
        phone = joined_phone(story, visitor)
        assert identify(story, phone, holder) == {"code": None, "locked_until": None, "role": "guest"}
        assert (phone.look()["decision"], phone.look()["person"]) == (None, None)
        assert phone.report("AAAAA-AAAAA")["terms_code"] is None


def test_a_wrong_pin_on_a_phone_counts_with_those_at_the_kiosk(story: Story) -> None:
    visitor = story.stranger()
    phone = joined_phone(story, visitor)
    for _ in range(story.settings.wrong_pins - 1):
        assert identify(story, phone, "Rosa", "0000")["code"] == "identity.wrong"
    assert identify(story, phone, "Rosa", "0000")["code"] == "identity.locked"
    person = story.person("Rosa")
    locked = visitor.post("identity", {"telephone": person["telephone"], "pin": person["pin"]})
    assert locked["code"] == "identity.locked"


def test_a_code_works_once(story: Story) -> None:
    code = join_code(story.stranger())
    assert join(story, code) != NOTHING
    assert join(story, code) == NOTHING


def test_a_code_is_over_after_ten_minutes(story: Story) -> None:
    code = join_code(story.stranger())
    story.clock.advance(minutes=10)
    assert join(story, code) == NOTHING


def test_a_new_code_voids_the_one_before(story: Story) -> None:
    visitor = story.stranger()
    first, second = join_code(visitor), join_code(visitor)
    assert join(story, first) == NOTHING
    assert join(story, second) != NOTHING


def test_a_code_of_a_visit_that_has_ended_leads_nowhere(story: Story) -> None:
    visitor = story.stranger()
    code = join_code(visitor)
    visitor.post("close", {"outcome": "left"})
    assert join(story, code) == NOTHING


def test_a_code_is_read_as_people_type_it_and_kept_as_a_hash(story: Story) -> None:
    visitor = story.stranger()
    code = join_code(visitor)
    with story.database.reading() as session:
        kept = session.scalars(sa.select(JoinCodeRow)).one()
    assert code.replace("-", "") not in str(vars(kept))
    assert join(story, f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ") != NOTHING


def test_a_kiosk_takes_over_a_visit_that_the_tablet_opened(story: Story) -> None:
    rep = story.rep
    visit = body_of(rep.post("/v1/visits", {}))
    path = f"/v1/visits/{visit['visit_id']}"
    code = body_of(rep.post(f"{path}/join-codes", {"face": "kiosk"}, key=None))["code"]
    assert story.kiosk.get(path).status_code == 404
    joined = body_of(story.kiosk.post("/v1/joins", {"code": code}, key=None))
    assert (joined["visit"]["station"], joined["token"]) == ("kiosk-1", None)
    assert body_of(story.kiosk.get(path))["visit_id"] == visit["visit_id"]
    assert body_of(story.kiosk.post("/v1/joins", {"code": code}, key=None)) == NOTHING


def test_a_kiosk_of_another_store_does_not(story: Story) -> None:
    visit = body_of(story.rep.post("/v1/visits", {}))
    path = f"/v1/visits/{visit['visit_id']}/join-codes"
    code = body_of(story.rep.post(path, {"face": "kiosk"}, key=None))["code"]
    assert body_of(story.device("harbor-kiosk-1").post("/v1/joins", {"code": code}, key=None)) == NOTHING


def test_what_stands_on_a_kiosks_screen_lets_in_phones_only(story: Story) -> None:
    visitor = story.walk_in("Maya")
    path = f"/v1/visits/{visitor.visit_id}/join-codes"
    assert visitor.client.post(path, {"face": "kiosk"}, key=None).status_code == 403
    assert body_of(story.kiosk.post("/v1/joins", {"code": join_code(visitor)}, key=None)) == NOTHING


def test_wrong_codes_close_the_door_for_the_hour_for_that_device_alone(story: Story) -> None:
    for _ in range(joining.DEVICE_LIMIT):
        assert body_of(story.kiosk.post("/v1/joins", {"code": "AAAA-AAAA"}, key=None)) == NOTHING
    closed = story.kiosk.post("/v1/joins", {"code": "AAAA-AAAA"}, key=None)
    assert (closed.status_code, closed.get_json()["code"]) == (429, "join.too_many_tries")
    assert closed.headers["Retry-After"] == "3601"
    assert join(story, join_code(story.stranger())) != NOTHING, "phones are counted apart"
    story.clock.advance(hours=1)
    assert body_of(story.kiosk.post("/v1/joins", {"code": "AAAA-AAAA"}, key=None)) == NOTHING


def test_wrong_codes_of_all_phones_are_counted_together(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "PHONES_LIMIT", 3)
    for _ in range(3):
        assert join(story, "AAAA-AAAA") == NOTHING
    closed = Client(story.app, None).post("/v1/joins", {"code": "AAAA-AAAA"}, key=None)
    assert (closed.status_code, closed.get_json()["code"]) == (429, "join.too_many_tries")


def test_a_phone_reaches_its_own_visit_alone_and_nothing_after_leaving(story: Story) -> None:
    visitor, other = story.walk_in("Maya"), story.stranger("harbor-kiosk-1")
    phone = joined_phone(story, visitor, "Rosa")
    assert phone.client.get(f"/v1/visits/{other.visit_id}").status_code == 404
    assert phone.client.delete("/v1/phones/current", key=None).status_code == 204
    assert phone.client.get(f"/v1/visits/{visitor.visit_id}").status_code == 401


def test_when_the_next_person_is_identified_the_first_ones_owner_sees_nothing_more(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    phone = joined_phone(story, visitor, "Rosa")
    person = story.person("Nora")
    visitor.post("identity", {"telephone": person["telephone"], "pin": person["pin"]})
    assert (phone.look()["person"], phone.circle()["terms_code"]) == (None, None)
