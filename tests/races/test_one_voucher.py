"""Thirty-two processes want one voucher at the same moment: one of them gets it, every time.

The negative control shows that the test can see the race: with the guard and the lock taken out, the same
path grants more than once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.redemptions.models import HoldRow, RedemptionRow
from store_api.vouchers.models import Voucher, VoucherUse
from store_api.vouchers.service import NewVoucher, issue
from tests.races.contenders import Call, contenders
from tests.store_api.demo_fixtures import demo_url, postgres_demo, sqlite_demo
from tests.store_api.factories import KEYS, NOW, FakeClock, make_settings
from tests.store_api.story import Story, body_of

__all__ = ["demo_url", "postgres_demo", "sqlite_demo"]

PROCESSES = 32
VISITS = 8
ROUNDS = 1
CONTROL_ROUNDS = 20
POLICY = "second-device-15"
FAMILY = "acc_demo_family"


class Stage:
    """One voucher of the family, and several visits that were each told that they may use it."""

    def __init__(self, url: str) -> None:
        settings = make_settings(url, log_level="error")
        self.database = Database(url, pool_size=2)
        self.app = create_app(settings, database=self.database, clock=FakeClock())
        self.story = Story(self.app, self.database, settings, FakeClock())
        self.token = str(self.story.rep.token)
        with self.database.transaction() as session:
            new = NewVoucher(POLICY, NOW.date(), account_id=FAMILY)
            self.key, _ = issue(session, new, KEYS, session.info["random_bytes"], NOW)
        self.decisions = [self._decide(number) for number in range(VISITS)]

    def _decide(self, number: int) -> Any:
        """A visit of the owner or the manager, opened by the rep after seeing a photo ID."""
        rep = self.story.rep
        visit_id = body_of(rep.post("/v1/visits", {}))["visit_id"]
        telephone = self.story.person(("Rosa", "Daniel")[number % 2])["telephone"]
        body_of(rep.post(f"/v1/visits/{visit_id}/photo-id", {"telephone": telephone}))
        body_of(rep.put(f"/v1/visits/{visit_id}/order", {"sku": "ring-watch-3"}))
        asked = {"visit_id": visit_id, "voucher_id": self.key.voucher_id}
        decision = body_of(rep.post("/v1/decisions", asked))
        assert decision["outcome"] == "eligible", decision["codes"]
        return decision

    def calls(self, path: str, name: str) -> list[Call]:
        """A call for each process, on the visits in turn, each under a key of its own."""
        return [
            Call(
                self.token,
                path,
                {"decision_id": self.decisions[each % VISITS]["decision_id"]},
                f"{name}-{each}",
            )
            for each in range(PROCESSES)
        ]

    def grants(self, table: type[VoucherUse] | type[HoldRow]) -> int:
        """How many rows a table has for the voucher."""
        counted = sa.select(sa.func.count()).select_from(table)
        with self.database.reading() as session:
            return int(session.scalar(counted.where(table.voucher_id == self.key.voucher_id)) or 0)

    def start_over(self) -> None:
        """Make everything as it was before anybody held or used the voucher."""
        with self.database.transaction() as session:
            for table in (VoucherUse, RedemptionRow, HoldRow):
                session.execute(sa.delete(table).where(table.voucher_id == self.key.voucher_id))
            session.execute(sa.update(Voucher).values(hold_id=None, hold_order_id=None, hold_until=None))
            session.execute(sa.text("UPDATE orders SET state = 'said'"))
            session.execute(sa.text("UPDATE visits SET redemption_id = NULL, hold_id = NULL, outcome = NULL"))

    def close(self) -> None:
        """Let go of the database."""
        close_app(self.app)
        self.database.close()


@pytest.fixture
def stage(demo_url: str) -> Iterator[Stage]:
    """The stage on a fresh copy of the demo, on both databases in turn."""
    made = Stage(demo_url)
    yield made
    made.close()


@pytest.mark.timeout(240)
def test_of_32_processes_one_uses_the_voucher_and_one_visit_holds_it(stage: Stage, demo_url: str) -> None:
    with contenders(demo_url, PROCESSES, guarded=True) as racing:
        for number in range(ROUNDS):
            answers = racing.send(stage.calls("/v1/redemptions", f"use-{number}"))
            assert [status for status, _ in answers] == [200] * PROCESSES
            granted = [body for _, body in answers if body["redemption"] is not None]
            assert (len(granted), stage.grants(VoucherUse)) == (1, 1)
            refused = {body["code"] for _, body in answers if body["redemption"] is None}
            assert refused == {"voucher.already_redeemed"}
            stage.start_over()
            answers = racing.send(stage.calls("/v1/holds", f"hold-{number}"))
            assert [status for status, _ in answers] == [200] * PROCESSES
            held = {body["hold"]["hold_id"] for _, body in answers if body["hold"] is not None}
            assert (len(held), stage.grants(HoldRow)) == (1, 1)
            refused = {body["code"] for _, body in answers if body["hold"] is None}
            assert refused == {"voucher.held_elsewhere"}
            stage.start_over()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("path", "table"), [("/v1/redemptions", VoucherUse), ("/v1/holds", HoldRow)])
def test_with_guard_and_lock_taken_out_the_race_shows(
    stage: Stage, demo_url: str, path: str, table: type[VoucherUse] | type[HoldRow]
) -> None:
    granted = []
    with contenders(demo_url, VISITS, guarded=False) as racing:
        for number in range(CONTROL_ROUNDS):
            racing.send(stage.calls(path, f"control-{number}")[:VISITS])
            granted.append(stage.grants(table))
            if granted[-1] > 1:
                break
            stage.start_over()
    assert max(granted) > 1, "the control granted once in every round: this test would not see a race"
