"""One voucher, many processes, every door: API, till, hold then capture, kiosk page, tablet page.

Quick: eight contenders, one round a door. Long (`-m long`): sixty-four contenders and a hundred rounds a
door, and for every door the control with guard and lock taken out, in which more than one must win.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.logs import configure_logs
from store_api.orders.models import CaptureRow
from store_api.redemptions.models import HoldRow, RedemptionRow
from store_api.visits.models import VisitRow
from store_api.vouchers.models import GrantRow, LedgerEntry, Voucher, VoucherUse
from store_api.vouchers.service import NewVoucher, issue
from tests.races.doors import DOORS, Errand, Tokens, crowd
from tests.store_api.demo_fixtures import demo_url, postgres_demo, sqlite_demo
from tests.store_api.factories import KEYS, NOW, FakeClock, make_settings
from tests.store_api.story import Story, body_of

__all__ = ["demo_url", "postgres_demo", "sqlite_demo"]

QUICK, MANY = 8, 64
ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "100"))
CONTROL, CONTROL_ROUNDS = 8, 20
VISITS = 8
POLICY, FAMILY = "second-device-15", "acc_demo_family"


class Scene:
    """One voucher of the family, and visits at one kiosk that were each told that they may use it."""

    def __init__(self, url: str) -> None:
        configure_logs("error")
        settings = make_settings(url, log_level="error")
        self.database = Database(url, pool_size=2)
        self.app = create_app(settings, database=self.database, clock=FakeClock())
        self.story = Story(self.app, self.database, settings, FakeClock())
        with self.database.transaction() as session:
            new = NewVoucher(POLICY, NOW.date(), account_id=FAMILY)
            self.key, _ = issue(session, new, KEYS, session.info["random_bytes"], NOW)
        self.visits = [self._ask(("Rosa", "Daniel")[number % 2]) for number in range(VISITS)]
        self.tokens = Tokens(
            rep=str(self.story.rep.token),
            kiosk=str(self.story.kiosk.token),
            till=str(self.story.till.token),
            tablet=str(self.story.device("tablet-1").token),
            store_id=self.story.cast["stores"][0]["store_id"],
        )

    def _ask(self, name: str) -> tuple[str, str, str]:
        visitor = self.story.walk_in(name)
        visitor.say("ring-watch-3", None)
        decision = visitor.ask_about({"voucher_id": self.key.voucher_id})
        assert decision["outcome"] == "eligible", decision["codes"]
        return visitor.visit_id, decision["order_id"], decision["decision_id"]

    def errands(self, door: str, count: int, name: str) -> list[Errand]:
        """An errand for each contender. At the tablet all press on the one visit that is reserved."""
        if door == "tablet page":
            asked = {"decision_id": self.visits[0][2]}
            held = body_of(self.story.kiosk.post("/v1/holds", asked, key=f"{name}-first".replace(" ", "-")))
            assert held["hold"] is not None, held["code"]
        visits = self.visits[:1] if door == "tablet page" else self.visits
        return [
            Errand(door, *visits[number % len(visits)], f"{name}-{number}".replace(" ", "-"))
            for number in range(count)
        ]

    def grants(self, door: str) -> int:
        """How often the voucher was used; through the kiosk's page, how often it was held."""
        table = HoldRow if door == "kiosk page" else VoucherUse
        counted = sa.select(sa.func.count()).select_from(table)
        with self.database.reading() as session:
            return int(session.scalar(counted.where(table.voucher_id == self.key.voucher_id)) or 0)

    def start_over(self) -> None:
        """Make everything as it was before anybody held or used the voucher."""
        with self.database.transaction() as session:
            for table in (VoucherUse, RedemptionRow, HoldRow, GrantRow):
                session.execute(sa.delete(table).where(table.voucher_id == self.key.voucher_id))
            used = sa.delete(LedgerEntry).where(LedgerEntry.voucher_id == self.key.voucher_id)
            session.execute(used.where(LedgerEntry.kind != "issued"))
            # A till that captures an order again gets the answer of before, whatever became of the voucher.
            orders = [order_id for _, order_id, _ in self.visits]
            session.execute(sa.delete(CaptureRow).where(CaptureRow.order_id.in_(orders)))
            session.execute(sa.update(Voucher).values(hold_id=None, hold_order_id=None, hold_until=None))
            session.execute(sa.text("UPDATE orders SET state = 'said'"))
            session.execute(sa.text("UPDATE visits SET redemption_id = NULL, hold_id = NULL, outcome = NULL"))
            for visit_id, _, decision_id in self.visits:
                # Who lost was told why, by another decision.
                mine = sa.update(VisitRow).where(VisitRow.visit_id == visit_id)
                session.execute(mine.values(decision_id=decision_id))

    def close(self) -> None:
        """Let go of the database."""
        close_app(self.app)
        self.database.close()


@pytest.fixture
def scene(demo_url: str) -> Iterator[Scene]:
    """The scene on a fresh copy of the demo, on both databases in turn."""
    made = Scene(demo_url)
    yield made
    made.close()


def contend(scene: Scene, url: str, count: int, rounds: int) -> None:
    """Every door, so many rounds: one wins each time, and everybody gets an answer."""
    with crowd(url, scene.tokens, count, guarded=True) as racing:
        for door in DOORS:
            for number in range(rounds):
                answers = racing.send(scene.errands(door, count, f"{door}-{number}"))
                assert set(answers) <= {200, 201, 303}, (door, answers)
                assert scene.grants(door) == 1, door
                scene.start_over()
            print(
                f"\n{scene.database.url.get_backend_name()}: {count} at the {door}, {rounds} rounds: 1 each"
            )


@pytest.mark.timeout(240)
def test_whichever_door_they_come_through_one_gets_the_voucher(scene: Scene, demo_url: str) -> None:
    contend(scene, demo_url, QUICK, 1)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_sixty_four_at_every_door_for_many_rounds(scene: Scene, demo_url: str) -> None:
    contend(scene, demo_url, MANY, ROUNDS)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("door", DOORS)
def test_with_guard_and_lock_taken_out_the_race_shows_at_every_door(
    scene: Scene, demo_url: str, door: str
) -> None:
    granted = []
    with crowd(demo_url, scene.tokens, CONTROL, guarded=False) as racing:
        for number in range(CONTROL_ROUNDS):
            racing.send(scene.errands(door, CONTROL, f"{door}-control-{number}"))
            granted.append(scene.grants(door))
            if granted[-1] > 1:
                break
            scene.start_over()
    assert max(granted) > 1, f"at the {door} the control granted once in every round"
