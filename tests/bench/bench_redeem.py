"""How many credits a second can be used: the whole service on SQLite, called in the same process.

Each use is one `POST /v1/redemptions` with everything on: token, idempotency key, deciding again, guarded
statement, ledger, log, event. Beside it stands a floor measured in the same run: the guarded statement
alone, each in a transaction of its own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import click

from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import NewVoucher, UseClaim, VoucherKey
from tests.store_api.demo_fixtures import prepare_demo
from tests.store_api.factories import KEYS, NOW, FakeClock, make_settings
from tests.store_api.story import PHONE, Story, body_of

USES = 200
POLICY, FAMILY = "upgrade-credit-50", "acc_demo_family"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        url = prepare_demo(f"sqlite:///{folder}/bench.db")
        settings, database = make_settings(url, log_level="error"), Database(url, pool_size=2)
        app = create_app(settings, database=database, clock=FakeClock())
        story = Story(app, database, settings, FakeClock())
        decisions = _prepare(story)
        rep = story.rep
        whole = _measure([_call(rep, decision) for decision in decisions])
        keys = [_issue(database) for _ in range(USES)]
        floor = _measure([_statement(database, key) for key in keys])
        close_app(app)
        database.close()
    print(f"SQLite, 1 client, {USES} uses each")
    _print("POST /v1/redemptions", whole)
    _print("guarded statement and ledger alone", floor)
    print(f"{'ratio of the rates':40} {_rate(whole) / _rate(floor):8.2f}")


def _prepare(story: Story) -> list[Any]:
    """As many decisions of the manager as are used, each on a voucher and an order of its own."""
    rep, telephone = story.rep, story.person("Daniel")["telephone"]
    decisions = []
    with click.progressbar(range(USES), label="Preparing", file=sys.stderr) as numbers:
        for _ in numbers:
            key = _issue(story.database)
            visit = f"/v1/visits/{body_of(rep.post('/v1/visits', {}))['visit_id']}"
            body_of(rep.post(f"{visit}/photo-id", {"telephone": telephone}))
            facts = {"order.agreement_months": 24}
            body_of(rep.put(f"{visit}/order", {"sku": PHONE, "facts": facts}))
            asked = {"visit_id": visit.rpartition("/")[2], "voucher_id": key.voucher_id}
            decisions.append(body_of(rep.post("/v1/decisions", asked)))
    return decisions


def _issue(database: Database) -> VoucherKey:
    with database.transaction() as session:
        new = NewVoucher(POLICY, NOW.date(), account_id=FAMILY, amount_minor=5000, currency="USD")
        return vouchers.issue(session, new, KEYS, session.info["random_bytes"], NOW)[0]


def _call(rep: Any, decision: Any) -> Callable[[], None]:
    def call() -> None:
        answer = rep.post("/v1/redemptions", {"decision_id": decision["decision_id"]})
        assert body_of(answer)["redemption"] is not None, answer.text

    return call


def _statement(database: Database, key: VoucherKey) -> Callable[[], None]:
    def use() -> None:
        claim = UseClaim("red_bench", "ord_bench", "store-1", "Riverside", 4999, 1)
        with database.transaction() as session:
            assert vouchers.use(session, key, claim, NOW) is not None

    return use


def _measure(work: list[Callable[[], None]]) -> list[float]:
    """Seconds that each call took."""
    taken = []
    for call in work:
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return taken


def _rate(taken: list[float]) -> float:
    return len(taken) / sum(taken)


def _print(name: str, taken: list[float]) -> None:
    ordered = sorted(taken)
    median, late = ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.99)] * 1000
    print(f"{name:40} {_rate(taken):8.1f}/s   median {median:7.1f} ms   p99 {late:7.1f} ms")


if __name__ == "__main__":
    main()
