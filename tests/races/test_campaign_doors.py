"""Many processes want vouchers of one campaign through every door: its limits and its budget hold.

Each contender has a voucher and an order of its own, so that no voucher's lock helps. Quick: four contenders,
every kind of limit, one round a door. Long (`-m long`): sixty-four contenders and `FAULTS_ROUNDS` rounds a
door, and for every kind and door the control without the locks, in which more must get one than may.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from store_api.app import close_app, create_app
from store_api.campaigns.giving import slots_of
from store_api.campaigns.models import CampaignRow, CampaignSlot
from store_api.campaigns.service import begin, find_faults
from store_api.contract import CampaignRequest
from store_api.db import Database
from store_api.logs import configure_logs
from store_api.orders.models import CaptureRow, OrderRow
from store_api.redemptions.models import HoldRow, RedemptionRow
from store_api.visits.models import VisitRow
from store_api.vouchers.models import GrantRow, LedgerEntry, Voucher, VoucherUse
from store_api.vouchers.service import NewVoucher, issue
from tests.races.doors import RESERVATION, Errand, Tokens, crowd
from tests.store_api.demo_fixtures import demo_url, postgres_demo, sqlite_demo
from tests.store_api.factories import KEYS, NOW, FakeClock, make_settings, make_work
from tests.store_api.story import Story, body_of

__all__ = ["demo_url", "postgres_demo", "sqlite_demo"]

QUICK, MANY, CONTROL = 4, 64, 8
ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "100"))
CONTROL_ROUNDS = 20
POLICY, FAMILY, WATCH = "wireline-thank-you-20", "acc_demo_family", "ring-watch-3"
DOORS = ("api", "till", "hold then capture", "kiosk page", RESERVATION)
HOLDING = ("kiosk page", RESERVATION)
"""Doors through which a voucher is reserved; there the reservations are counted."""
KINDS: dict[str, tuple[dict[str, Any], int]] = {
    "limit-of-three": ({"limits": [{"per": "account", "uses": 3}]}, 3),
    "one-a-customer": ({"limits": [{"per": "person", "uses": 1}]}, 2),
    "budget-for-three": ({"budget": {"amount": "60.00", "currency": "USD"}, "budget_uses": 1000}, 3),
}
"""What each campaign allows, and how often: two customers of one account stand in turn."""


class Market:
    """Campaigns, and visits of two customers, each told that they may use the visit's own voucher."""

    def __init__(self, url: str, count: int, kinds: tuple[str, ...] = tuple(KINDS)) -> None:
        configure_logs("error")
        settings = make_settings(url, log_level="error")
        self.database = Database(url, pool_size=2)
        self.app = create_app(settings, database=self.database, clock=FakeClock())
        self.story = Story(self.app, self.database, settings, FakeClock())
        self.visits: dict[tuple[str, bool], list[tuple[str, str, str]]] = {}
        for kind in kinds:
            self._begin(kind)
            for at_tablet in (False, True):
                asked = [self._ask(kind, number, at_tablet) for number in range(count)]
                self.visits[kind, at_tablet] = asked
        self.tokens = Tokens(
            rep=str(self.story.rep.token),
            kiosk=str(self.story.kiosk.token),
            till=str(self.story.till.token),
            tablet=str(self.story.device("tablet-1").token),
            store_id=self.story.cast["stores"][0]["store_id"],
        )

    def _begin(self, kind: str) -> None:
        with self.database.transaction() as session:
            request = {"campaign_id": kind, "policy": POLICY, **KINDS[kind][0]}
            begin(make_work(session), CampaignRequest.model_validate(request))

    def _ask(self, kind: str, number: int, at_tablet: bool) -> tuple[str, str, str]:
        with self.database.transaction() as session:
            new = NewVoucher(POLICY, NOW.date(), FAMILY, amount_minor=2000, currency="USD", campaign_id=kind)
            voucher_id = issue(session, new, KEYS, session.info["random_bytes"], NOW)[0].voucher_id
        client = self.story.rep if at_tablet else self.story.kiosk
        visit_id = body_of(client.post("/v1/visits", {}))["visit_id"]
        telephone = self.story.person(("Rosa", "Daniel")[number % 2])["telephone"]
        body_of(self.story.rep.post(f"/v1/visits/{visit_id}/photo-id", {"telephone": telephone}))
        body_of(client.put(f"/v1/visits/{visit_id}/order", {"sku": WATCH}))
        decision = body_of(client.post("/v1/decisions", {"visit_id": visit_id, "voucher_id": voucher_id}))
        assert decision["outcome"] == "eligible", decision["codes"]
        return visit_id, decision["order_id"], decision["decision_id"]

    def errands(self, kind: str, door: str, name: str) -> list[Errand]:
        """An errand for each contender, on a visit of its own."""
        visits = self.visits[kind, door == RESERVATION]
        key = f"{kind} {name}".replace(" ", "-").replace(",", "")
        return [Errand(door, *visit, f"{key}-{number}") for number, visit in enumerate(visits)]

    def granted(self, kind: str, door: str) -> int:
        """How many vouchers of a campaign were used, or reserved where the door reserves."""
        table = HoldRow if door in HOLDING else VoucherUse
        counted = sa.select(sa.func.count()).select_from(table)
        counted = counted.join(Voucher, Voucher.voucher_id == table.voucher_id)
        with self.database.reading() as session:
            return int(session.scalar(counted.where(Voucher.campaign_id == kind)) or 0)

    def given(self, kind: str) -> int:
        """How often a campaign gave something, what it took back at a second look too."""
        counted = sa.select(sa.func.count()).select_from(GrantRow).where(GrantRow.campaign_id == kind)
        with self.database.reading() as session:
            return int(session.scalar(counted) or 0)

    def faults(self) -> list[str]:
        """What `db check` would find in the campaigns."""
        with self.database.reading() as session:
            return list(find_faults(session))

    def start_over(self, kind: str) -> None:
        """Make everything as it was before anybody held or used a voucher."""
        with self.database.transaction() as session:
            for table in (VoucherUse, RedemptionRow, HoldRow, GrantRow, CaptureRow):
                session.execute(sa.delete(table))
            session.execute(sa.delete(LedgerEntry).where(LedgerEntry.kind != "issued"))
            session.execute(sa.update(Voucher).values(hold_id=None, hold_order_id=None, hold_until=None))
            session.execute(sa.update(OrderRow).values(state="said"))
            for visits in (self.visits[kind, False], self.visits[kind, True]):
                for visit_id, _, decision_id in visits:
                    mine = sa.update(VisitRow).where(VisitRow.visit_id == visit_id)
                    before = {"redemption_id": None, "hold_id": None, "outcome": None}
                    session.execute(mine.values(decision_id=decision_id, **before))
            session.execute(sa.delete(CampaignSlot).where(CampaignSlot.campaign_id == kind))
            session.add_all(slots_of(session.get_one(CampaignRow, kind)))

    def close(self) -> None:
        """Let go of the database."""
        close_app(self.app)
        self.database.close()


@pytest.fixture
def market(demo_url: str, request: pytest.FixtureRequest) -> Iterator[Market]:
    """The market on a fresh copy of the demo, with so many contenders, on both databases in turn."""
    made = Market(demo_url, *request.param)
    yield made
    made.close()


def contend(market: Market, url: str, count: int, rounds: int) -> None:
    """Every kind at every door, so many rounds: as many get one as may, and everybody gets an answer."""
    with crowd(url, market.tokens, count, guarded=True) as racing:
        for kind, (_, allowed) in KINDS.items():
            for door in DOORS:
                for number in range(rounds):
                    answers = racing.send(market.errands(kind, door, f"{door}-{number}"))
                    assert set(answers) <= {200, 201, 303}, (kind, door, answers)
                    assert (kind, door, market.granted(kind, door)) == (kind, door, allowed)
                    assert market.given(kind) == allowed
                    assert market.faults() == []
                    market.start_over(kind)
                database = market.database.url.get_backend_name()
                print(f"\n{database}: {count} for {kind} at the {door}, {rounds} rounds: {allowed} each")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("market", [(QUICK,)], indirect=True, ids=[""])
def test_whichever_door_they_come_through_a_campaign_gives_what_it_may(market: Market, demo_url: str) -> None:
    contend(market, demo_url, QUICK, 1)


@pytest.mark.long
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("market", [(MANY,)], indirect=True, ids=[""])
def test_sixty_four_at_every_door_for_many_rounds(market: Market, demo_url: str) -> None:
    contend(market, demo_url, MANY, ROUNDS)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("market", "kind"), [((CONTROL, (kind,)), kind) for kind in KINDS], indirect=["market"]
)
def test_with_the_locks_taken_out_the_race_shows_at_every_door(
    market: Market, demo_url: str, kind: str, door: str
) -> None:
    allowed, granted = KINDS[kind][1], []
    with crowd(demo_url, market.tokens, CONTROL, guarded=False) as racing:
        for number in range(CONTROL_ROUNDS):
            racing.send(market.errands(kind, door, f"{door}-control-{number}"))
            granted.append(market.given(kind))
            if granted[-1] > allowed:
                break
            market.start_over(kind)
    assert max(granted) > allowed, f"at the {door} the control kept to the limit in every round"
