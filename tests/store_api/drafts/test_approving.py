"""Approval by another person, of exactly what was shown: every way around it is refused."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.store_api.clients import Client
from tests.store_api.drafts.office import CREDIT, DRAFTS, Office, next_credit
from tests.store_api.story import body_of

OTHER_DIGEST = "sha256:" + "1" * 64


def refused(office: Office, draft: Any, by: str = "Morgan", **changes: Any) -> set[str]:
    """The codes of an approval that must not pass; nothing is published by it."""
    answer = body_of(office.approve(draft, by, **changes))
    assert answer["code"] is not None
    assert (answer["version"], numbers(office)) == (None, [3, 2, 1])
    return {answer["code"], *(each["code"] for each in answer["reasons"])}


def numbers(office: Office) -> list[int]:
    """The versions of the credit that are published."""
    listed = body_of(Client(office.story.app, None).get(f"/v1/policies/{CREDIT}/versions"))
    return [each["version"] for each in listed["versions"]]


def test_nobody_approves_what_they_wrote(office: Office) -> None:
    draft = office.check(office.draft(next_credit(), by="Morgan"), by="Morgan")
    office.impact(draft, by="Morgan")
    own = office.confirm(draft, draft["sentences"][0], by="Morgan")
    assert (own.status_code, own.get_json()["code"]) == (403, "approval.own_work")
    assert "approval.own_work" in refused(office, office.look(draft["draft_id"]))


def test_nobody_approves_what_they_changed_even_where_it_was_changed_back(office: Office) -> None:
    draft = office.draft(next_credit())
    path = f"{DRAFTS}/{draft['draft_id']}"
    body_of(office.staff("Morgan").put(path, {"text": next_credit(months=6), "revision": 1}))
    back = body_of(office.staff("Robin").put(path, {"text": next_credit(), "revision": 2}))
    office.impact(office.check(back))
    assert "approval.own_work" in refused(office, office.look(draft["draft_id"]))


def test_a_wrong_pin_approves_nothing_and_enough_of_them_close_the_method(office: Office) -> None:
    ready = office.ready(next_credit())
    limit = office.story.settings.wrong_pins
    codes = [refused(office, ready, pin="0000") for _ in range(limit)]
    assert codes == [{"identity.wrong"}] * (limit - 1) + [{"identity.locked"}]
    assert refused(office, ready) == {"identity.locked"}
    office.story.clock.advance(minutes=61)
    assert body_of(office.approve(ready))["code"] is None


def test_another_persons_pin_is_a_wrong_one(office: Office) -> None:
    assert refused(office, office.ready(next_credit()), pin=office.pin("Taylor")) == {"identity.wrong"}


def test_a_swapped_text_or_comparison_is_not_approved(office: Office) -> None:
    ready = office.ready(next_credit())
    assert "approval.text_changed" in refused(office, ready, text_digest=OTHER_DIGEST)
    assert "approval.comparison_changed" in refused(office, ready, comparison_digest=OTHER_DIGEST)
    body_of(
        office.staff("Robin").put(
            f"{DRAFTS}/{ready['draft_id']}", {"text": next_credit(months=36), "revision": ready["revision"]}
        )
    )
    assert {"approval.text_changed", "approval.check_old"} <= refused(office, ready)


def test_confirmations_are_of_whoever_approves(office: Office) -> None:
    ready = office.ready(next_credit(), approver="Taylor")
    assert refused(office, ready) == {"approval.sentence_unconfirmed"}
    assert all(each["confirmed_by"] == ["Taylor"] for each in ready["sentences"])


def test_one_sentence_short_is_not_enough(office: Office) -> None:
    draft = office.check(office.draft(next_credit()))
    office.impact(draft)
    for sentence in draft["sentences"][1:]:
        body_of(office.confirm(draft, sentence))
    answer = body_of(office.approve(office.look(draft["draft_id"])))
    assert [each["subject"] for each in answer["reasons"]] == ["title.title.en"]
    assert answer["reasons"][0]["says"]["es"].startswith("Usted no ha confirmado")


@pytest.mark.parametrize("missing", ["checks", "impact"])
def test_a_check_that_was_not_run_is_missing(office: Office, missing: str) -> None:
    draft = office.draft(next_credit())
    if missing != "checks":
        office.check(draft)
    if missing != "impact":
        office.impact(draft)
    office.confirm_all(draft)
    assert "approval.check_missing" in refused(office, office.look(draft["draft_id"]))


def test_an_impact_of_last_week_is_old(office: Office) -> None:
    ready = office.ready(next_credit())
    office.story.clock.advance(days=8)
    office.story.clients.clear()
    assert refused(office, ready) == {"approval.check_old"}


def test_another_version_in_between_makes_the_comparison_old(office: Office) -> None:
    first, second = office.ready(next_credit()), office.ready(next_credit("2027-06-01", number=5))
    assert body_of(office.approve(first))["code"] is None
    answer = body_of(office.approve(second))
    assert {each["code"] for each in answer["reasons"]} == {"approval.check_old"}


def test_the_same_number_is_not_given_twice(office: Office) -> None:
    office.publish(next_credit())
    other = office.ready(next_credit("2027-06-01"))
    answer = body_of(office.approve(other))
    assert [each["code"] for each in answer["reasons"]] == ["approval.version_taken"]


def test_an_approval_that_is_repeated_or_replayed_publishes_once(office: Office) -> None:
    ready = office.ready(next_credit())
    path = f"{DRAFTS}/{ready['draft_id']}/approve"
    comparison = next(check for check in ready["checks"] if check["kind"] == "comparison")["comparison"]
    body = {
        "text_digest": ready["text_digest"],
        "comparison_digest": comparison["digest"],
        "pin": office.pin("Morgan"),
    }
    first = office.staff("Morgan").post(path, body, key="one")
    assert first.get_json()["code"] is None
    assert office.staff("Morgan").post(path, body, key="one").data == first.data
    assert body_of(office.staff("Morgan").post(path, body))["code"] == "approval.closed"
    others = office.staff("Taylor").post(path, {**body, "pin": office.pin("Taylor")}, key="one")
    assert body_of(others)["code"] == "approval.closed"
    assert numbers(office) == [4, 3, 2, 1]


@pytest.mark.parametrize("begins", ["2026-11-20", "2026-11-21"])
def test_a_version_that_would_begin_today_or_before_is_not_approved(office: Office, begins: str) -> None:
    assert refused(office, office.ready(next_credit(begins))) == {"approval.start_passed"}


def test_an_author_confirms_and_approves_nothing(office: Office) -> None:
    ready = office.ready(next_credit())
    for answer in (
        office.approve(ready, by="Quinn"),
        office.confirm(ready, ready["sentences"][0], by="Quinn"),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (403, "auth.role_not_allowed")
    assert numbers(office) == [3, 2, 1]


@pytest.mark.parametrize("station", ["kiosk-1", "tablet-1", "till-1", "head-office"])
def test_no_device_without_a_person_comes_near_a_draft(office: Office, station: str) -> None:
    ready = office.ready(next_credit())
    device = office.story.device(station)
    path = f"{DRAFTS}/{ready['draft_id']}"
    tried = [
        device.get(DRAFTS),
        device.get(path),
        device.post(DRAFTS, {"text": "x"}),
        device.post(f"{path}/approve", {"pin": "1"}),
    ]
    assert {answer.get_json()["code"] for answer in tried} == {"auth.role_not_allowed"}


def test_store_staff_do_not_sign_in_at_a_desk_nor_authors_on_a_tablet(office: Office) -> None:
    cast = {each["name"]: each for each in office.story.cast["staff"]}
    for name, station in (("Jordan", "head-office"), ("Alex", "head-office"), ("Robin", "tablet-1")):
        body = {"staff_number": cast[name]["staff_number"], "pin": cast[name]["pin"]}
        answer = body_of(office.story.device(station).post("/v1/staff/sessions", body))
        assert (answer["code"], answer["token"]) == ("identity.wrong", None)
    at_desk = {"staff_number": cast["Robin"]["staff_number"], "pin": cast["Robin"]["pin"]}
    signed_in = body_of(office.story.device("head-office").post("/v1/staff/sessions", at_desk))
    assert (signed_in["role"], signed_in["store"]) == ("author", None)


def test_the_log_holds_every_step_with_the_digests(office: Office) -> None:
    version = office.publish(next_credit())
    entries = body_of(office.story.staff("Alex").get("/v1/log"))
    found = list(entries["entries"])
    while entries["next"]:
        entries = body_of(office.story.staff("Alex").get(f"/v1/log?after={entries['next']}"))
        found += entries["entries"]
    found = [each for each in found if each["action"].startswith("policy.")]
    actions = {each["action"] for each in found}
    assert actions == {
        "policy.drafted", "policy.checked", "policy.previewed", "policy.confirmed", "policy.approved",
    }  # fmt: skip
    approved = next(each["details"] for each in found if each["action"] == "policy.approved")
    assert approved["digest"] == version["digest"]
    assert approved["catalogue_digest"].startswith("sha256:")
    assert approved["text_digest"].startswith("sha256:")


def test_of_two_approvals_at_once_one_publishes(office: Office) -> None:
    ready = office.ready(next_credit())
    office.confirm_all(ready, by="Taylor")
    for name in ("Morgan", "Taylor"):
        office.staff(name)
    barrier = threading.Barrier(2)

    def approve(name: str) -> Any:
        barrier.wait(5)
        return office.approve(ready, by=name)

    with ThreadPoolExecutor(2) as pool:
        answers = [body_of(answer) for answer in pool.map(approve, ("Morgan", "Taylor"))]
    codes = sorted(str(answer["code"]) for answer in answers)
    assert codes == ["None", "approval.closed"]
    assert numbers(office) == [4, 3, 2, 1]
