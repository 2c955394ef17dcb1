"""Many orders that are ready to be confirmed, each with a credit of its own.

What it is for: one order is brought about over the API, as a customer's is; the others are copies of its rows
under other identifiers, because twenty thousand customers would take an hour.
What it must not know: which fault is tried with them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.app import close_app, create_app, prepare_demo
from store_api.contract import Visit
from store_api.db import Database
from store_api.decisions.models import DecisionRow
from store_api.idempotency import IdempotencyKey
from store_api.orders.models import OrderRow
from store_api.settings import Settings, read_settings
from store_api.visits.models import VisitRow
from store_api.vouchers import service as vouchers
from store_api.vouchers.models import LedgerEntry, Voucher, VoucherUse
from store_api.vouchers.service import NewVoucher
from tests.store_api.clients import Client
from tests.store_api.factories import FakeClock
from tests.store_api.story import PHONE, Story, body_of

POLICY, FAMILY = "upgrade-credit-50", "acc_demo_family"
AT_ONCE = 500


@dataclass(frozen=True)
class Ready:
    """An order that a rep may confirm: its credit is granted and not used."""

    order_id: str
    visit_id: str
    decision_id: str
    voucher_id: str


@dataclass(frozen=True)
class Stock:
    """A database with the demo and its orders, the variables to serve it with, and the tokens to ask with."""

    url: str
    variables: dict[str, str]
    rep: str
    till: str
    orders: list[Ready]

    def uses(self) -> dict[str, int]:
        """How often each voucher of the stock was used."""
        counted = sa.select(VoucherUse.voucher_id, sa.func.count()).group_by(VoucherUse.voucher_id)
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            found = {row[0]: int(row[1]) for row in connection.execute(counted)}
        engine.dispose()
        return {each.voucher_id: found.get(each.voucher_id, 0) for each in self.orders}

    def unanswered_keys(self) -> int:
        """Keys that are stored without an answer and were not closed."""
        undecided = sa.select(sa.func.count()).select_from(IdempotencyKey)
        undecided = undecided.where(
            IdempotencyKey.answer.is_(None), IdempotencyKey.request_digest != "closed"
        )
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            found = int(connection.scalar(undecided) or 0)
        engine.dispose()
        return found


def make_stock(url: str, folder: Path, count: int, **settings: str) -> Stock:
    """Load the demo as of today, and make so many orders that can be confirmed."""
    environment = {"SAMETERMS_DATABASE_URL": url, "SAMETERMS_LOG_LEVEL": "error", **settings}
    variables, _ = prepare_demo(folder, "http://terms.example", environment)
    read = read_settings(variables)
    database = Database(url, read.node_id, statement_seconds=120, pool_size=2)
    clock = FakeClock(datetime.now(UTC))
    app = create_app(read, database=database, clock=clock)
    story = Story(app, database, read, clock)
    first = _bring_about(story, read, clock.now)
    with database.transaction() as session:
        orders = _copy(session, first, count)
    stock = Stock(url, variables, str(story.rep.token), str(story.till.token), orders)
    close_app(app)
    return stock


def _bring_about(story: Story, settings: Settings, now: datetime) -> Ready:
    """A customer of the demo is told yes on a new credit."""
    with story.database.transaction() as session:
        new = NewVoucher(POLICY, now.date(), account_id=FAMILY, amount_minor=5000, currency="USD")
        key, _ = vouchers.issue(session, new, settings.keys, session.info["random_bytes"], now)
    rep: Client = story.rep
    visit = Visit.model_validate(body_of(rep.post("/v1/visits", {})))
    path = f"/v1/visits/{visit.visit_id}"
    body_of(rep.post(f"{path}/photo-id", {"telephone": story.person("Daniel")["telephone"]}))
    body_of(rep.put(f"{path}/order", {"sku": PHONE, "facts": {"order.agreement_months": 24}}))
    asked = {"visit_id": visit.visit_id, "voucher_id": key.voucher_id}
    decision = body_of(rep.post("/v1/decisions", asked))
    assert decision["outcome"] == "eligible", decision["codes"]
    return Ready(decision["order_id"], visit.visit_id, decision["decision_id"], key.voucher_id)


def _copy(session: Session, first: Ready, count: int) -> list[Ready]:
    """The rows of the first order, over and over, under identifiers of their own."""
    wanted = (
        (Voucher, Voucher.voucher_id == first.voucher_id),
        (LedgerEntry, LedgerEntry.voucher_id == first.voucher_id),
        (OrderRow, OrderRow.order_id == first.order_id),
        (VisitRow, VisitRow.visit_id == first.visit_id),
        (DecisionRow, DecisionRow.decision_id == first.decision_id),
    )
    rows = [
        (model.__table__, dict(session.execute(sa.select(model.__table__).where(mine)).mappings().one()))
        for model, mine in wanted
    ]
    entry = next(row["entry_id"] for table, row in rows if table is LedgerEntry.__table__)
    names = [*vars(first).values(), entry]
    made = []
    for begin in range(0, count, AT_ONCE):
        numbers = range(begin, min(begin + AT_ONCE, count))
        for table, row in rows:
            session.execute(sa.insert(table), [_renamed(row, names, number) for number in numbers])
        made += [Ready(**_renamed(vars(first), names, number)) for number in numbers]
    return made


def _renamed(row: dict[str, Any], names: list[str], number: int) -> dict[str, Any]:
    return {column: _rename(value, names, number) for column, value in row.items()}


def _rename(value: Any, names: list[str], number: int) -> Any:
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, f"{name[:-6]}{number:06d}")
        return value
    if isinstance(value, (dict, list)):
        return json.loads(_rename(json.dumps(value), names, number))
    return value
