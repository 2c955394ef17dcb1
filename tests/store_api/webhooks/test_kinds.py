"""What becomes an event is told with the fields that the document names, to whom it concerns."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from store_api.campaigns.service import begin, change
from store_api.contract import CampaignRequest
from store_api.outbox import OutboxEvent, concerns
from tests.store_api.factories import make_work
from tests.store_api.story import Story, body_of


def told(story: Story, kind: str) -> list[tuple[dict[str, Any], OutboxEvent]]:
    with story.database.reading() as session:
        rows = session.scalars(sa.select(OutboxEvent).where(OutboxEvent.type.like(kind)))
        return [(json.loads(row.body), row) for row in rows.all()]


def test_a_campaigns_changes_are_told_to_every_store(story: Story) -> None:
    with story.database.transaction() as session:
        work = make_work(session, story.clock.now)
        begin(work, CampaignRequest(campaign_id="summer", policy="wireline-thank-you-20"))
        for state in ("paused", "paused", "active", "ended"):
            change(work, "summer", state)
    found = [(body, row) for body, row in told(story, "campaign.%") if row.subject == "summer"]
    assert sorted(body["type"] for body, _ in found) == [
        "campaign.ended",
        "campaign.paused",
        "campaign.resumed",
    ]
    for body, row in found:
        assert body["data"] == {
            "campaign_id": "summer", "store_id": None, "policy": "wireline-thank-you-20",
        }  # fmt: skip
        assert concerns(row, "any-store")


def test_a_longer_reservation_is_told_once_with_its_new_end(story: Story) -> None:
    visitor = story.walk_in("Maya")
    hold = visitor.reserve(visitor.get_yes())["hold"]
    story.clock.advance(minutes=5)
    for _ in range(2):
        longer = body_of(visitor.client.post(f"/v1/holds/{hold['hold_id']}/extend"))
    ((body, row),) = told(story, "hold.extended")
    data = body["data"]
    assert (data["voucher_id"], data["hold_id"]) == (hold["voucher_id"], hold["hold_id"])
    assert (data["order_id"], data["expires_at"]) == (hold["order_id"], longer["expires_at"])
    assert concerns(row, data["store_id"])
    assert not concerns(row, "any-other-store")
