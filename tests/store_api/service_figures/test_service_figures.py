"""A visit's own time, its rating, and the figures over the API: by store and about nobody."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store_api.visits.models import VisitRow
from tests.store_api.clients import Client
from tests.store_api.story import Story, Visitor, body_of


def row_of(story: Story, visitor: Visitor) -> VisitRow:
    with story.database.reading() as session:
        return session.scalars(sa.select(VisitRow).where(VisitRow.visit_id == visitor.visit_id)).one()


def figures(client: Client, query: str = "") -> dict[str, Any]:
    found = body_of(client.get(f"/v1/service-figures{query}"))
    return {store["store_id"]: store for store in found["stores"]}


def test_a_visit_records_deciding_waiting_calling_and_done(story: Story) -> None:
    visitor = story.walk_in("Maya")
    story.clock.advance(seconds=60)
    decision = visitor.get_yes()
    story.clock.advance(seconds=30)
    assert body_of(story.rep.put(f"/v1/visits/{visitor.visit_id}/phase", {"phase": "calling"}))["is_calling"]
    story.clock.advance(seconds=240)
    body_of(story.rep.put(f"/v1/visits/{visitor.visit_id}/phase", {"phase": "deciding"}))
    story.clock.advance(seconds=10)
    visitor.reserve(decision)
    story.clock.advance(seconds=90)
    order = visitor.look()["order"]["order_id"]
    assert body_of(story.rep.post(f"/v1/orders/{order}/confirm"))["redemption"]
    story.clock.advance(seconds=500)
    visitor.post("close", {"outcome": "used"})
    row = row_of(story, visitor)
    assert (row.deciding_seconds, row.calling_seconds, row.waiting_seconds) == (100, 240, 90)
    assert (row.phase, row.outcome) == ("done", "used")
    assert row.answered_at is not None
    assert (row.answered_at - row.opened_at).total_seconds() == 60


def test_a_question_back_is_no_answer_yet(story: Story) -> None:
    visitor = story.walk_in("Maya")
    assert visitor.ask()["outcome"] == "undecided"
    assert row_of(story, visitor).answered_at is None
    visitor.get_yes()
    assert row_of(story, visitor).answered_at == story.clock.now


def test_the_customer_alone_rates_and_the_last_tap_counts(story: Story) -> None:
    visitor = story.walk_in("Maya")
    path = f"/v1/visits/{visitor.visit_id}/rating"
    assert story.rep.put(path, {"rating": 3}).get_json()["code"] == "auth.role_not_allowed"
    assert visitor.client.put(path, {"rating": 4}).status_code == 422
    for rating in (1, 3):
        body_of(visitor.client.put(path, {"rating": rating}))
    assert row_of(story, visitor).rating == 3
    assert "rating" not in visitor.look()


def test_figures_tell_stores_apart_with_their_samples(story: Story) -> None:
    found = figures(story.staff("Morgan", "head-office"))
    assert set(found) == {"maple-st", "harbor"}
    assert found["maple-st"]["visits"] == 46
    answer = found["maple-st"]["minutes_to_answer"]
    assert answer["sample"] == 46
    assert 1 < float(answer["value"]) < 5
    assert found["maple-st"]["resolved_in_one_visit"] == {"value": "91", "sample": 46}


def test_a_manager_sees_their_own_stores_figures_alone(story: Story) -> None:
    assert set(figures(story.staff("Alex"))) == {"maple-st"}


def test_days_with_few_visits_tell_nothing_but_how_many(story: Story) -> None:
    day = "2026-11-21"
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    visitor.client.put(f"/v1/visits/{visitor.visit_id}/rating", {"rating": 1})
    found = figures(story.staff("Alex"), f"?since={day}&until={day}")["maple-st"]
    assert found["visits"] == 1
    assert found["outcomes"] is None
    told = [value for value in found.values() if isinstance(value, dict)]
    assert {figure["value"] for figure in told} == {None}
    assert found["rating"]["sample"] == 1


def test_days_in_the_wrong_order_are_refused(story: Story) -> None:
    answer = story.staff("Alex").get("/v1/service-figures?since=2026-11-21&until=2026-11-01")
    assert answer.status_code == 422
