"""Versions in the book: frozen entries, the emergency stop, the counts beside the terms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from store_api.app import create_app
from store_api.errors import Conflict
from store_api.policies import service as policies
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import NewVoucher
from tests.store_api.clients import Client
from tests.store_api.drafts.office import CREDIT, Office, next_credit
from tests.store_api.factories import NOW
from tests.store_api.story import Story, body_of, lines_of

REDECLARED = """facts:
  order.agreement_months:
    type: integer
    unit: months
    source: order
    change: choose
    label: {en: How long you sign for, es: Por cuánto tiempo firma}
    ask: {en: How long do you sign for?, es: ¿Por cuánto tiempo firma?}
  order.device_category:
    type: choice
    options: [handset, tablet, watch, hotspot, none]
    source: order
    change: choose
    label: {en: Kind of thing, es: Clase de cosa}
    ask: {en: Which kind?, es: ¿Qué clase?}
claims:
  red-one:
    says: {en: A red one., es: Uno rojo.}
    without: {order.device_category: handset}
"""


@pytest.fixture
def office(story: Story) -> Office:
    """Authors and regional managers at their desk."""
    return Office(story)


def reopened(story: Story, catalogue: Path) -> Story:
    """The same service and people after the carrier has changed its catalogue."""
    settings = story.settings.model_copy(update={"catalogue_files": (catalogue,)})
    app = create_app(settings, database=story.database, clock=story.clock)
    return Story(app, story.database, settings, story.clock)


def test_a_version_decides_and_reads_as_frozen_when_the_catalogue_changes(
    office: Office, tmp_path: Path
) -> None:
    story = office.story
    office.publish(next_credit())
    path = f"/v1/policies/{CREDIT}/versions/4"
    words = body_of(Client(story.app, None).get(path))
    document = body_of(office.staff("Morgan").get(f"{path}/document"))
    before = story.walk_in("Maya")
    asked = before.ask()
    decided = before.get_yes()
    overlay = tmp_path / "catalogue.yaml"
    overlay.write_text(REDECLARED, encoding="utf-8")
    later = reopened(story, overlay)
    assert body_of(Client(later.app, None).get(path)) == words
    office_later = Office(later)
    again = body_of(office_later.staff("Morgan").get(f"{path}/document"))
    assert again["terms"] == document["terms"]
    maya = later.walk_in("Maya")
    assert maya.ask()["questions"] == asked["questions"]
    answered = maya.get_yes()
    assert (answered["version"], answered["terms"]) == (3, decided["terms"])
    assert lines_of(answered, "free", "es") == lines_of(decided, "free", "es")
    # A new draft is read under the catalogue of today, where a phone is called a handset.
    draft = office_later.draft(next_credit("2027-06-01", number=5))
    assert {fault["code"] for fault in draft["faults"]} == {"value.unknown_option"}
    close_app_quietly(later)


def test_a_changed_catalogue_makes_checks_and_confirmations_old(office: Office, tmp_path: Path) -> None:
    ready = office.ready(next_credit())
    overlay = tmp_path / "catalogue.yaml"
    relabelled = REDECLARED.replace("handset", "phone").replace("Kind of thing", "Kind of device")
    overlay.write_text(relabelled, encoding="utf-8")
    later = reopened(office.story, overlay)
    answer = body_of(Office(later).approve(ready))
    assert {each["code"] for each in answer["reasons"]} == {
        "approval.check_old", "approval.sentence_unconfirmed",
    }  # fmt: skip
    # Only what reads otherwise now has to be read again: two readings, and the blank in what is agreed to.
    asked = {each["subject"] for each in answer["reasons"] if each["code"].endswith("unconfirmed")}
    changed = ("term.new-phone", "term.renew-agreement", "agrees.1")
    assert asked == {f"{sentence}.{language}" for sentence in changed for language in ("en", "es")}
    close_app_quietly(later)


def close_app_quietly(story: Story) -> None:
    """End the second service without closing the database that both stand on."""
    story.app.extensions["bell"].close()


def stop(office: Office, what: str, by: str, body: Any = None, policy: str = CREDIT, number: int = 3) -> Any:
    """One step of the emergency stop."""
    return office.staff(by).post(f"/v1/policies/{policy}/versions/{number}/stop{what}", body)


def test_a_stop_takes_two_people_and_the_second_ones_pin(office: Office) -> None:
    asked = body_of(stop(office, "", "Morgan", {"reason": "The amount is wrong."}))["version"]["stop"]
    assert (asked["asked_by"], asked["reason"], asked["confirmed_at"]) == (
        "Morgan", "The amount is wrong.", None,
    )  # fmt: skip
    body = {"stop_id": asked["stop_id"], "pin": office.pin("Morgan")}
    assert body_of(stop(office, "/confirm", "Morgan", body))["code"] == "stop.own_asking"
    assert body_of(stop(office, "/confirm", "Taylor", {**body, "pin": "0000"}))["code"] == "identity.wrong"
    other = stop(office, "/confirm", "Taylor", {**body, "stop_id": "stop_1"})
    assert (other.status_code, other.get_json()["code"]) == (409, "stop.not_asked")
    author = stop(office, "/confirm", "Robin", {**body, "pin": office.pin("Robin")})
    assert author.status_code == 403
    done = body_of(stop(office, "/confirm", "Taylor", {**body, "pin": office.pin("Taylor")}))["version"]
    assert (done["state"], done["stop"]["confirmed_by"]) == ("stopped", "Taylor")
    again = stop(office, "/confirm", "Taylor", {**body, "pin": office.pin("Taylor")})
    assert (again.status_code, again.get_json()["code"]) == (409, "stop.done")
    public = body_of(Client(office.story.app, None).get(f"/v1/policies/{CREDIT}/versions"))["versions"][0]
    assert (public["state"], public["stop"]) == ("stopped", None)


def test_after_a_stop_nothing_is_issued_and_what_was_issued_is_honoured(office: Office) -> None:
    story = office.story
    new = NewVoucher(policy=CREDIT, issued_on=NOW.date(), account_id="acc_demo_family")

    def issue() -> None:
        with story.database.transaction() as session:
            vouchers.issue(session, new, story.settings.keys, session.info["random_bytes"], NOW)

    issue()
    asked = body_of(stop(office, "", "Robin", {"reason": "A mistake."}))["version"]["stop"]
    issue()
    body = {"stop_id": asked["stop_id"], "pin": office.pin("Taylor")}
    body_of(stop(office, "/confirm", "Taylor", body))
    with pytest.raises(Conflict, match=r"policy\.issuing_stopped"):
        issue()
    assert story.walk_in("Maya").get_yes()["version"] == 3


def test_an_upgrade_that_was_granted_is_granted_no_more_once_its_version_is_stopped(office: Office) -> None:
    ben = office.story.walk_in("Ben")
    granted = ben.ask_about({"policy": "device-upgrade"})
    asked = body_of(stop(office, "", "Robin", {"reason": "A mistake."}, "device-upgrade", 1))
    body = {"stop_id": asked["version"]["stop"]["stop_id"], "pin": office.pin("Taylor")}
    body_of(stop(office, "/confirm", "Taylor", body, "device-upgrade", 1))
    check = body_of(ben.client.get(f"/v1/decisions/{granted['decision_id']}/check"))
    again = ben.ask_about({"policy": "device-upgrade"})
    assert (granted["outcome"], check["stands"]) == ("eligible", False)
    assert (again["outcome"], again["codes"]) == ("not_eligible", ["policy.stopped"])


def test_a_stopped_upgrade_is_not_offered_and_says_so(office: Office) -> None:
    asked = body_of(stop(office, "", "Robin", {"reason": "A mistake."}, "device-upgrade", 1))
    body = {"stop_id": asked["version"]["stop"]["stop_id"], "pin": office.pin("Taylor")}
    body_of(stop(office, "/confirm", "Taylor", body, "device-upgrade", 1))
    ben = office.story.walk_in("Ben")
    assert ben.choices()["upgrades"] == []
    decision = ben.ask_about({"policy": "device-upgrade"})
    assert (decision["outcome"], decision["codes"]) == ("not_eligible", ["policy.stopped"])
    assert "was stopped" in lines_of(decision, "verdict")[0]


def test_asking_for_a_stop_can_be_taken_back(office: Office) -> None:
    body_of(stop(office, "", "Robin", {"reason": "A mistake."}))
    assert body_of(stop(office, "/withdraw", "Robin"))["version"]["stop"] is None
    assert stop(office, "/withdraw", "Robin").get_json()["code"] == "stop.not_asked"


def test_terms_are_counted_with_the_decisions_they_are_unmet_in(office: Office) -> None:
    story = office.story
    story.walk_in("Maya").get_yes()
    sam = story.walk_in("Sam")
    sam.say()
    sam.ask()
    with story.database.transaction() as session:
        policies.count_misquoted(session, CREDIT, 3, "renew-agreement", NOW.date(), "maple-st")
    path = f"/v1/policies/{CREDIT}/versions/3/counts"
    counted = body_of(office.staff("Morgan").get(f"{path}?days=7"))
    assert counted["decisions"] == 2
    terms = {each["term"]: (each["unmet"], each["waived"], each["misquoted"]) for each in counted["terms"]}
    assert terms == {"new-phone": (0, 0, 0), "renew-agreement": (0, 0, 1), "since-last-upgrade": (1, 0, 0)}
    story.clock.advance(days=7)
    story.clients.clear()
    assert body_of(office.staff("Morgan").get(f"{path}?days=7"))["decisions"] == 0
    assert body_of(office.staff("Morgan").get(f"{path}?days=8"))["decisions"] == 2


def test_the_same_answer_shown_again_is_counted_once(office: Office) -> None:
    sam = office.story.walk_in("Sam")
    sam.say()
    assert sam.ask()["decision_id"] == sam.ask()["decision_id"]
    counted = body_of(office.staff("Morgan").get(f"/v1/policies/{CREDIT}/versions/3/counts"))
    assert counted["decisions"] == 1


def test_anybody_reads_what_a_version_changed_without_the_solver(story: Story, monkeypatch: Any) -> None:
    monkeypatch.setattr("store_api.policy.compare.compare", lambda *_: 1 / 0)
    told = body_of(Client(story.app, None).get(f"/v1/policies/{CREDIT}/versions/3/comparison"))
    assert (told["old_version"], told["new_version"]) == (2, 3)
    assert told["loses"]["says"]["es"]
    first = body_of(Client(story.app, None).get(f"/v1/policies/{CREDIT}/versions/1/comparison"))
    assert (first["old_version"], first["loses"], first["terms"]) == (None, None, [])
    assert Client(story.app, None).get(f"/v1/policies/{CREDIT}/versions/9/comparison").status_code == 404


def test_staff_see_every_policy_with_all_its_versions(office: Office) -> None:
    shelf = body_of(office.staff("Robin").get("/v1/policies/versions"))["policies"]
    titles = [each["title"]["en"] for each in shelf]
    assert (titles, len(shelf)) == (sorted(titles), 8)
    assert Client(office.story.app, None).get("/v1/policies/versions").status_code == 401
