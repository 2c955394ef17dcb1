"""Claims over the API: the answer for this customer, counted once for the visit, told to every face."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from store_api.audit.models import LogEntryRow
from store_api.claims.models import ClaimCheckRow
from store_api.events import StoreEvent
from tests.store_api.clients import Client
from tests.store_api.story import CREDIT, Story, Visitor, body_of, lines_of

CLAIMS = "/v1/claims"


def check(visitor: Visitor, claim: str, client: Client | None = None, **more: Any) -> Any:
    """One statement checked, by default at the kiosk."""
    body = {"visit_id": visitor.visit_id, "claim": claim, **more}
    return body_of((client or visitor.client).post(CLAIMS, body))


def listed(visitor: Visitor, client: Client | None = None) -> Any:
    return body_of((client or visitor.client).get(f"{CLAIMS}?visit_id={visitor.visit_id}"))


def counts(client: Client, query: str = "") -> Any:
    return body_of(client.get(f"{CLAIMS}/counts{query}"))


def region(story: Story) -> Client:
    """A regional manager, signed in at the head office."""
    return story.staff("Morgan", "head-office")


def rows(story: Story) -> list[ClaimCheckRow]:
    with story.database.reading() as session:
        return list(session.scalars(sa.select(ClaimCheckRow)))


def test_a_customer_who_was_told_to_change_the_plan_reads_that_it_is_not_required(story: Story) -> None:
    maya = story.walk_in("Maya")
    decision = maya.get_yes()
    answer = check(maya, "plan-change")
    assert (answer["result"], answer["why"], answer["version"]) == ("not_required", "no_term", 3)
    assert answer["terms_code"] == decision["terms_code"]
    assert lines_of(answer, "verdict") == ["Not required for you."]
    assert lines_of(answer, "verdict", "es") == ["A usted no se le exige."]
    assert decision["title"] == answer["title"]


def test_the_answer_is_not_required_exactly_where_the_sheet_lists_it(story: Story) -> None:
    maya = story.walk_in("Maya")
    decision = maya.get_yes()
    free = set(lines_of(decision, "free"))
    for each in listed(maya)["claims"]:
        if each["claim"] in ("longer-agreement", "policy-changed", "certain-store"):
            continue
        result = check(maya, each["claim"])["result"]
        assert (result == "not_required") is (each["says"]["en"] in free)


def test_a_length_that_was_heard_is_held_against_the_term(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    longer = check(maya, "longer-agreement", months=36)
    assert (longer["result"], longer["least_months"]) == ("not_required", 24)
    assert [(each["term"], each["status"]) for each in longer["terms"]] == [("renew-agreement", "met")]
    assert check(maya, "longer-agreement", months=24)["result"] == "required"


def test_the_policy_changed_is_answered_with_what_changed(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    answer = check(maya, "policy-changed")
    assert (answer["result"], answer["why"]) == ("required", "changed")
    lines = [(each["text"], each["mark"]) for each in answer["sheets"]["en"]["lines"]]
    assert ("A plan of at least $60.00 a month.", "No longer asked") in lines


def test_asking_again_at_either_face_counts_once(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    first = check(maya, "plan-change")
    again = check(maya, "plan-change", story.rep)
    assert again["check_id"] == first["check_id"]
    assert again["sheets"] == first["sheets"]
    found = counts(region(story))
    assert found["visits"] == 1
    (one,) = found["counts"]
    assert (one["claim"], one["store_name"], one["version"], one["result"], one["count"]) == (
        "plan-change", "Maple St store", 3, "not_required", 1)  # fmt: skip


def test_two_visits_count_twice_and_another_store_apart(story: Story) -> None:
    for station in ("kiosk-1", "kiosk-1", "harbor-kiosk-1"):
        sam = story.walk_in("Sam", station)
        sam.say()
        sam.ask()
        check(sam, "paper")
    found = {each["store_name"]: each["count"] for each in counts(region(story))["counts"]}
    assert found == {"Maple St store": 2, "Harbor store": 1}
    own = counts(story.staff("Alex"), "?store_id=harbor")["counts"]
    assert {each["store_name"] for each in own} == {"Maple St store"}


def test_before_the_identity_check_the_words_alone_answer_and_nothing_is_counted(story: Story) -> None:
    stranger = story.stranger()
    refused = stranger.client.post(CLAIMS, {"visit_id": stranger.visit_id, "claim": "paper"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "claim.nothing_to_check")
    stranger.post("voucher-code", {"code": story.code("family-credit")})
    answer = check(stranger, "plan-change")
    assert (answer["result"], answer["why"], answer["counted"]) == ("not_required", "for_nobody", False)
    assert answer["terms_code"] is None
    assert answer["terms_url"].endswith(f"/policies/{CREDIT}/3")
    assert not listed(stranger)["personal"]
    assert counts(region(story)) | {"counts": [], "visits": 0} == counts(region(story))
    assert [row.account_id for row in rows(story)] == [""]


def test_a_policy_may_be_named_where_nothing_was_asked(story: Story) -> None:
    stranger = story.stranger()
    assert check(stranger, "insurance", policy="device-upgrade")["policy"] == "device-upgrade"
    missing = {"visit_id": stranger.visit_id, "claim": "insurance", "policy": "no-such-policy"}
    assert stranger.client.post(CLAIMS, missing).status_code == 404


def test_the_list_shows_what_was_answered_to_this_person_on_this_decision(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    check(maya, "paper")
    assert [each["claim"] for each in listed(maya, story.rep)["answers"]] == ["paper"]
    rosa = story.person("Rosa")
    maya.post("identity", {"telephone": rosa["telephone"], "pin": rosa["pin"]})
    assert listed(maya)["answers"] == []


def test_every_face_of_the_visit_is_told_and_the_log_knows_no_person(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    check(maya, "plan-change")
    with story.database.reading() as session:
        told = session.scalars(sa.select(StoreEvent.what).order_by(StoreEvent.event_id.desc())).first()
        (entry,) = session.scalars(sa.select(LogEntryRow).where(LogEntryRow.action == "claim.checked"))
    assert told == "claim.checked"
    assert entry.subject == maya.visit_id
    told_in_log = {
        "claim": "plan-change",
        "result": "not_required",
        "policy": CREDIT,
        "version": 3,
        "term": None,
    }
    assert entry.details == told_in_log


@pytest.mark.parametrize(
    "body",
    [
        {"claim": "a-smile"},
        {"claim": "paper", "months": 24},
        {"claim": "longer-agreement", "months": 0},
        {"claim": "longer-agreement", "months": 121},
        {"claim": "longer-agreement", "months": True},
        {"claim": "paper", "who": "Jordan"},
    ],
)
def test_what_is_not_on_the_list_is_refused_and_nothing_is_kept(story: Story, body: dict[str, Any]) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    assert maya.client.post(CLAIMS, {"visit_id": maya.visit_id, **body}).status_code == 422
    assert rows(story) == []


def test_another_store_s_staff_see_and_ask_nothing(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    casey = story.staff("Casey", "harbor-tablet-1")
    body = {"visit_id": maya.visit_id, "claim": "paper"}
    assert casey.post(CLAIMS, body).status_code == 404
    assert casey.get(f"{CLAIMS}?visit_id={maya.visit_id}").status_code == 404


def test_days_that_make_no_span_are_refused(story: Story) -> None:
    manager = story.staff("Alex")
    for query in ("?since=2026-11-20&until=2026-11-19", "?since=2020-01-01&until=2026-11-19", "?since=soon"):
        assert manager.get(f"{CLAIMS}/counts{query}").status_code == 422


def test_a_term_that_was_told_larger_than_it_is_counts_as_misquoted(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    check(maya, "longer-agreement", months=36)
    check(maya, "plan-change")
    path = f"/v1/policies/{CREDIT}/versions/3/counts"
    told = {each["term"]: each["misquoted"] for each in body_of(region(story).get(path))["terms"]}
    assert told == {"new-phone": 0, "renew-agreement": 1, "since-last-upgrade": 0}


def test_two_faces_that_ask_the_same_at_once_count_once(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    faces = [maya.client, story.rep] * 4
    with ThreadPoolExecutor(len(faces)) as pool:
        answers = list(pool.map(lambda face: check(maya, "paper", face), faces))
    assert len({answer["check_id"] for answer in answers}) == 1
    assert [each["count"] for each in counts(region(story))["counts"]] == [1]


def test_a_claim_that_another_answer_turns_is_answered_anew_and_still_counts_once(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.say(months=12)
    maya.ask()
    assert check(maya, "longer-agreement")["result"] == "required"
    maya.say(months=24)
    maya.ask()
    assert listed(maya)["answers"] == []
    assert check(maya, "longer-agreement")["result"] == "not_required"
    (one,) = counts(region(story))["counts"]
    assert (one["result"], one["count"]) == ("not_required", 1)


def test_a_visit_that_has_ended_shows_no_answer_and_takes_no_question(story: Story) -> None:
    maya = story.walk_in("Maya")
    maya.get_yes()
    check(maya, "paper")
    maya.post("close", {"outcome": "left"})
    found = listed(maya)
    assert (found["answers"], found["policy"], found["personal"]) == ([], None, False)
    body = {"visit_id": maya.visit_id, "claim": "paper"}
    assert maya.client.post(CLAIMS, body).get_json()["code"] == "visit.closed"
