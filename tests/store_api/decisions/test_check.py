"""Whether a decision could still be used: asked by a till before it takes money, with nothing written."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store_api.audit.models import LogEntryRow
from store_api.contract import DecisionCheck, RedemptionAnswer
from tests.store_api.story import Story, body_of


def check(story: Story, decision: Any) -> Any:
    """What the rep's tablet is told of a decision."""
    return body_of(story.rep.get(f"/v1/decisions/{decision['decision_id']}/check"))


def test_a_decision_that_could_be_used_stands_and_nothing_is_written(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    assert story.rep.token is not None  # Signing in is an entry of its own.
    with story.database.reading() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(LogEntryRow))
    assert check(story, decision) == {"stands": True, "code": None, "decision": decision}
    with story.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(LogEntryRow)) == before


def test_what_was_used_since_says_so(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    body_of(story.rep.post("/v1/redemptions", {"decision_id": decision["decision_id"]}))
    told = check(story, decision)
    assert (told["stands"], told["code"]) == (False, "voucher.already_redeemed")


def test_other_answers_of_the_customer_change_the_terms(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    visitor.say(months=0)
    told = check(story, decision)
    assert (told["stands"], told["code"]) == (False, "terms.changed")


def test_a_no_stands_as_a_no(story: Story) -> None:
    visitor = story.walk_in("Sam")
    visitor.say()
    told = check(story, visitor.ask())
    assert (told["stands"], told["code"]) == (False, "decision.not_eligible")


def test_a_stored_decision_goes_out_as_the_model_itself_would_write_it(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    path = f"/v1/decisions/{decision['decision_id']}/check"
    checked = story.rep.get(path).get_data()
    assert checked == DecisionCheck.model_validate_json(checked).model_dump_json().encode()
    used = story.rep.post("/v1/redemptions", {"decision_id": decision["decision_id"]}).get_data()
    assert used == RedemptionAnswer.model_validate_json(used).model_dump_json().encode()
    assert "Crédito".encode() in used
