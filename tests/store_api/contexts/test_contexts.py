"""What a rep may know from before a visit: the last sheet, the last claim, and nothing more."""

from __future__ import annotations

from typing import Any

from tests.store_api.story import Story, Visitor, body_of, verdict_of


def context(story: Story, visitor: Visitor) -> Any:
    return body_of(story.rep.get(f"/v1/contexts/{visitor.visit_id}"))


def test_a_first_visit_has_nothing_before_it(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    assert context(story, visitor) == {"last_sheet": None, "last_claim": None}


def test_the_last_sheet_and_the_last_claim_of_an_earlier_visit_are_told(story: Story) -> None:
    earlier = story.walk_in("Maya")
    decision = earlier.get_yes()
    heard = {"visit_id": earlier.visit_id, "claim": "plan-change"}
    claim = body_of(earlier.client.post("/v1/claims", heard))
    earlier.post("close", {"outcome": "saved_for_later"})
    story.clock.advance(minutes=1)
    found = context(story, story.walk_in("Maya"))
    assert found["last_sheet"]["terms_code"] == decision["terms_code"]
    assert found["last_sheet"]["verdict"]["es"] == verdict_of(decision, "es")
    assert found["last_claim"]["says"] == claim["says"]
    assert found["last_claim"]["on"] == "2026-11-21"


def test_nothing_is_told_of_another_line_or_before_the_identity_check(story: Story) -> None:
    story.walk_in("Maya").get_yes()
    story.clock.advance(minutes=1)
    assert context(story, story.walk_in("Sam"))["last_sheet"] is None
    stranger = story.stranger()
    answer = story.rep.get(f"/v1/contexts/{stranger.visit_id}")
    assert answer.get_json()["code"] == "identity.not_checked"
