"""Six processes use six vouchers of one campaign at the same moment: its limit holds, every time.

Each has a voucher of its own, so that no voucher's lock helps: what holds is the lock under which a limit is
counted, and the slots of a budget. The negative control takes both out, and shows that the race is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from store_api.app import close_app, create_app
from store_api.campaigns.service import begin, find_faults
from store_api.contract import CampaignRequest
from store_api.db import Database
from store_api.vouchers.ledger import find_faults as find_ledger_faults
from store_api.vouchers.models import VoucherUse
from store_api.vouchers.service import NewVoucher, issue
from tests.races.contenders import Call, contenders
from tests.store_api.demo_fixtures import demo_url, postgres_demo, sqlite_demo
from tests.store_api.factories import KEYS, NOW, FakeClock, make_settings, make_work
from tests.store_api.story import Story, body_of

__all__ = ["demo_url", "postgres_demo", "sqlite_demo"]

PROCESSES = 6
POLICY = "wireline-thank-you-20"
FAMILY = "acc_demo_family"
KINDS: dict[str, tuple[dict[str, Any], int, str]] = {
    "a limit of three": ({"limits": [{"per": "account", "uses": 3}]}, 3, "campaign.limit_reached"),
    "one for each customer": ({"limits": [{"per": "person", "uses": 1}]}, 2, "campaign.limit_reached"),
    "a budget for three": (
        {"budget": {"amount": "60.00", "currency": "USD"}, "budget_uses": 1000},
        3,
        "campaign.budget_spent",
    ),
}
"""What the campaign allows, how many may use it (Rosa and Daniel stand three times each), and the refusal."""


class Stage:
    """A campaign, and visits of two customers that were each told that they may use a voucher of it."""

    def __init__(self, url: str, campaign: dict[str, Any]) -> None:
        settings = make_settings(url, log_level="error")
        self.database = Database(url, pool_size=2)
        self.app = create_app(settings, database=self.database, clock=FakeClock())
        story = Story(self.app, self.database, settings, FakeClock())
        self.rep, self.people = story.rep, [story.person(name)["telephone"] for name in ("Rosa", "Daniel")]
        with self.database.transaction() as session:
            request = {"campaign_id": "c", "policy": POLICY, **campaign}
            begin(make_work(session), CampaignRequest.model_validate(request))
        self.vouchers = [self._issue() for _ in range(PROCESSES)]
        self.decisions = [self._decide(number) for number in range(PROCESSES)]

    def _issue(self) -> str:
        with self.database.transaction() as session:
            new = NewVoucher(POLICY, NOW.date(), FAMILY, amount_minor=2000, currency="USD", campaign_id="c")
            return issue(session, new, KEYS, session.info["random_bytes"], NOW)[0].voucher_id

    def _decide(self, number: int) -> str:
        visit_id = body_of(self.rep.post("/v1/visits", {}))["visit_id"]
        body_of(self.rep.post(f"/v1/visits/{visit_id}/photo-id", {"telephone": self.people[number % 2]}))
        body_of(self.rep.put(f"/v1/visits/{visit_id}/order", {"sku": "ring-watch-3"}))
        asked = {"visit_id": visit_id, "voucher_id": self.vouchers[number]}
        decision = body_of(self.rep.post("/v1/decisions", asked))
        assert decision["outcome"] == "eligible", decision["codes"]
        return str(decision["decision_id"])

    def calls(self) -> list[Call]:
        """Each process uses its own voucher on its own order."""
        token = str(self.rep.token)
        return [
            Call(token, "/v1/redemptions", {"decision_id": decision}, f"use-{number}")
            for number, decision in enumerate(self.decisions)
        ]

    def uses(self) -> int:
        """How many of the vouchers were used."""
        counted = sa.select(sa.func.count()).select_from(VoucherUse)
        with self.database.reading() as session:
            return int(session.scalar(counted.where(VoucherUse.voucher_id.in_(self.vouchers))) or 0)

    def faults(self) -> list[str]:
        """What `db check` would find."""
        with self.database.reading() as session:
            return [*find_faults(session), *find_ledger_faults(session)]

    def close(self) -> None:
        """Let go of the database."""
        close_app(self.app)
        self.database.close()


@pytest.fixture
def stage(demo_url: str, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The stage on a fresh copy of the demo, on both databases in turn."""
    made = Stage(demo_url, KINDS[request.param][0])
    yield made
    made.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("stage", "kind"), [(kind, kind) for kind in KINDS], indirect=["stage"])
def test_the_campaign_gives_as_often_as_it_may_and_says_why_not_more(
    stage: Stage, demo_url: str, kind: str
) -> None:
    _, allowed, code = KINDS[kind]
    with contenders(demo_url, PROCESSES, guarded=True) as racing:
        answers = racing.send(stage.calls())
    assert [status for status, _ in answers] == [200] * PROCESSES
    granted = [body for _, body in answers if body["redemption"] is not None]
    assert (len(granted), stage.uses()) == (allowed, allowed)
    assert {body["code"] for _, body in answers if body["redemption"] is None} == {code}
    assert stage.faults() == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("stage", "kind"), [(kind, kind) for kind in KINDS if kind != "one for each customer"], indirect=["stage"]
)
def test_with_the_locks_of_the_campaign_taken_out_the_race_shows(
    stage: Stage, demo_url: str, kind: str
) -> None:
    with contenders(demo_url, PROCESSES, guarded=False) as racing:
        racing.send(stage.calls())
    assert stage.uses() > KINDS[kind][1], "the control kept to the limit: this test would not see a race"
