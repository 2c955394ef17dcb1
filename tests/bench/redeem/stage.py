"""What the redeem bench is measured on: a database of the demo's stores, filled with many vouchers.

Accounts, visits and orders are copied row by row from one pattern; the decisions on them are made by the
service itself, so that each of them is what the service would have kept.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.accounts.models import AccountRow, FactRow, LineRow, PersonRow
from store_api.app import create_database, prepare_demo, wall_clock
from store_api.auth import Caller
from store_api.contract import DecisionRequest
from store_api.db import Base, Database
from store_api.demo.people import MAPLE
from store_api.orders.models import OrderRow
from store_api.settings import Settings, read_settings
from store_api.visits import service as visits
from store_api.visits.models import VisitRow
from store_api.vouchers.models import LedgerEntry, Voucher, VoucherCodeRow
from store_api.work import Work

STORE, STATION, TABLET = MAPLE, "tablet-1", "tablet-1"
POLICY, AMOUNT, CURRENCY = "upgrade-credit-50", 5000, "USD"
PHONE = {
    "sku": "orbit-5-128",
    "name": "Orbit 5, 128 GB",
    "category": "phone",
    "price": {"amount": "49.99", "currency": "USD"},
}
BATCH = 500


@dataclass(frozen=True)
class Case:
    """One redemption that can be made: a decision on a voucher, a visit and an order of its own."""

    decision_id: str
    visit_id: str
    account_id: str
    voucher_id: str


@dataclass
class Stage:
    """A prepared database and the settings of a server on it."""

    variables: dict[str, str]
    settings: Settings
    people: dict[str, Any]
    database: Database
    folder: Path
    made: int = 0

    def close(self) -> None:
        """Close the connections of the preparation."""
        self.database.close()

    def cases(self, count: int) -> list[Case]:
        """So many fresh redemptions, each decided by the service; progress is shown."""
        cases: list[Case] = []
        with _progress(count, "Preparing decisions") as bar:
            while len(cases) < count:
                numbers = range(self.made, self.made + min(BATCH, count - len(cases)))
                self.made += len(numbers)
                with self.database.transaction() as session:
                    cases += [_decide(self._work(session), number) for number in _copy(session, numbers)]
                bar.update(len(numbers))
        return cases

    def fill_up(self, vouchers: int) -> None:
        """Add vouchers of other accounts, with code and ledger entry, until there are so many."""
        with self.database.reading() as session:
            there = session.scalar(sa.select(sa.func.count()).select_from(Voucher)) or 0
        with _progress(max(0, vouchers - there), "Filling up with vouchers") as bar:
            for start in range(there, vouchers, 10_000):
                numbers = range(start, min(start + 10_000, vouchers))
                with self.database.transaction() as session:
                    _insert(session, Voucher, (_filler(number) for number in numbers))
                    _insert(session, VoucherCodeRow, (_code(number) for number in numbers))
                    _insert(session, LedgerEntry, (_issued(_filler_key(number)) for number in numbers))
                bar.update(len(numbers))
        if self.database.is_sqlite:
            return
        with self.database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")

    def _work(self, session: Session) -> Work:
        caller = Caller("rep", "stf_bench", store_id=STORE, station=STATION, staff_name="Jordan")
        return Work(session, wall_clock(), caller, self.settings)


def prepare_stage(folder: Path, url: str | None, vouchers: int) -> Stage:
    """A demo in `folder` (its database at `url`, or SQLite in the folder), with so many vouchers."""
    environment: dict[str, str] = {}
    if url is not None:
        environment["SAMETERMS_DATABASE_URL"] = url
    variables, people = prepare_demo(folder, "http://127.0.0.1:8080", environment)
    settings = read_settings(variables)
    stage = Stage(variables, settings, people, create_database(settings), folder)
    stage.fill_up(vouchers)
    return stage


def _progress(length: int, label: str) -> Any:
    return click.progressbar(length=length, label=label, file=sys.stderr)


def _copy(session: Session, numbers: Sequence[int]) -> Iterator[int]:
    """Accounts with a manager, a line, facts, a voucher, a visit and an order; the numbers again."""
    now = wall_clock()
    _insert(session, AccountRow, ({"account_id": _account(n), "zone": "America/Chicago"} for n in numbers))
    _insert(session, PersonRow, (_person(n) for n in numbers))
    _insert(session, LineRow, (_line(n) for n in numbers))
    _insert(session, FactRow, (fact for n in numbers for fact in _facts(n, now)))
    _insert(session, Voucher, (_voucher(_account(n), f"vou_bench_{n:09d}") for n in numbers))
    _insert(session, LedgerEntry, (_issued((_account(n), f"vou_bench_{n:09d}")) for n in numbers))
    _insert(session, VisitRow, (_visit(n, now) for n in numbers))
    _insert(session, OrderRow, (_order(n, now) for n in numbers))
    return iter(numbers)


def _decide(work: Work, number: int) -> Case:
    visit = visits.find(work, f"vis_bench_{number:09d}")
    asked = DecisionRequest(visit_id=visit.visit_id, voucher_id=f"vou_bench_{number:09d}")
    row = visits.decide(work, visit, asked)
    if row.answer["outcome"] != "eligible":
        raise RuntimeError(f"the pattern is not eligible: {row.wire}")
    visits.tap(work, visit, row.terms_code)
    return Case(row.decision_id, visit.visit_id, row.account_id, str(row.voucher_id))


def _insert(session: Session, table: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    values = [{**row, "node_id": "n1"} for row in rows]
    session.execute(sa.insert(table), values)


def _account(number: int) -> str:
    return f"acc_bench_{number:09d}"


def _person(number: int) -> dict[str, Any]:
    return {
        "account_id": _account(number), "person_id": f"per_bench_{number:09d}", "role": "manager",
        "first_name": "Dana", "born_on": dt.date(1980, 5, 1), "pin_key_id": None, "pin_hash": None,
    }  # fmt: skip


def _line(number: int) -> dict[str, Any]:
    return {
        "account_id": _account(number), "line_id": f"lin_bench_{number:09d}", "last_four": "0123",
        "person_id": f"per_bench_{number:09d}", "label": "Dana's phone", "telephone_key_id": "demo1",
        "telephone_hash": f"bench{number:059d}",
    }  # fmt: skip


def _facts(number: int, now: dt.datetime) -> Iterator[dict[str, Any]]:
    """What billing tells of an account and a line; no two lines have the same facts."""
    account, line = _account(number), f"lin_bench_{number:09d}"
    upgraded = (now - dt.timedelta(days=900 + number % 900)).date().isoformat()
    of_account = {
        "account.opened_on": "2015-02-01", "account.past_due": "0.00 USD",
        "account.past_due_30_days": "0.00 USD", "account.segment": "consumer",
    }  # fmt: skip
    of_line = {
        "line.activated_on": "2016-03-04", "line.last_upgrade_on": upgraded, "line.plan_price": "60.00 USD",
        "line.device_paid_percent": "100", "line.device_purchased_on": upgraded, "line.suspended": False,
        "line.device_balance": "0.00 USD", "line.upgrades_last_12_months": 0,
        "line.plan_price_lowest_3_months": "60.00 USD", "line.plan_price_highest_3_months": "60.00 USD",
    }  # fmt: skip
    for subject, facts in ((account, of_account), (line, of_line)):
        for fact, value in facts.items():
            stored = {"fact": fact, "value": {"value": value}, "as_of": now}
            yield {"account_id": account, "subject_id": subject, **stored}


def _voucher(account_id: str, voucher_id: str) -> dict[str, Any]:
    today = wall_clock().date()
    return {
        "account_id": account_id, "voucher_id": voucher_id, "belongs_to": "account", "policy": POLICY,
        "code_last_four": "0000", "issued_on": today - dt.timedelta(days=30), "starts_on": None,
        "ends_on": today + dt.timedelta(days=300), "amount_minor": AMOUNT, "currency": CURRENCY,
        "uses_allowed": 1, "last_use_number": 0,
    }  # fmt: skip


def _filler_key(number: int) -> tuple[str, str]:
    return f"acc_fill_{number // 3:09d}", f"vou_fill_{number:09d}"


def _filler(number: int) -> dict[str, Any]:
    return _voucher(*_filler_key(number))


def _code(number: int) -> dict[str, Any]:
    account, voucher = _filler_key(number)
    hashed = f"{number * 2654435761 % 2**32:064x}"[-55:] + f"{number:09d}"
    return {"code_hash": hashed, "key_id": "demo1", "account_id": account, "voucher_id": voucher}


def _issued(key: tuple[str, str]) -> dict[str, Any]:
    return {
        "account_id": key[0], "voucher_id": key[1], "entry_id": f"led_{key[1]}", "kind": "issued",
        "amount_minor": AMOUNT, "currency": CURRENCY, "at": wall_clock(), "redemption_id": None, "uses": 0,
    }  # fmt: skip


def _visit(number: int, now: dt.datetime) -> dict[str, Any]:
    return {
        "visit_id": f"vis_bench_{number:09d}", "store_id": STORE, "station": STATION, "channel": "tablet",
        "code": f"{1 + number % 9}-{number % 1000:03d}", "language": "en", "state": "open", "opened_at": now,
        "revision": 3, "identity": "photo_id_seen", "identified_at": now, "paper": False,
        "account_id": _account(number), "person_id": f"per_bench_{number:09d}",
        "line_id": f"lin_bench_{number:09d}", "order_id": f"ord_bench_{number:09d}",
    }  # fmt: skip


def _order(number: int, now: dt.datetime) -> dict[str, Any]:
    return {
        "account_id": _account(number), "order_id": f"ord_bench_{number:09d}", "store_id": STORE,
        "visit_id": f"vis_bench_{number:09d}", "line_id": f"lin_bench_{number:09d}", "state": "said",
        "sku_said": PHONE["sku"], "items": [PHONE], "facts": {"order.agreement_months": 24},
        "changed_at": now,
    }  # fmt: skip
