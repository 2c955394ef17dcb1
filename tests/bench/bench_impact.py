"""How many recorded decisions a core decides again in a second: `python3 -m tests.bench impact`.

A million decisions are recorded in a SQLite file of its own, with the facts that the demo's credit reads:
once all different, once as a chain's customers repeat each other. Sheets and answers are left empty, for the
preview does not read them. IMPACT_DECISIONS sets another number.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from store_api import schema
from store_api.db import Database
from store_api.decisions.models import DecisionRow
from store_api.demo.service import POLICIES
from store_api.drafts.service import measure
from store_api.policies import service as policies
from store_api.policy.document import read_policy
from tests.bench.bench_policy import FACTS, twenty_terms
from tests.policy.documents import version_of

DECISIONS = int(os.environ.get("IMPACT_DECISIONS", "1000000"))
NOW = dt.datetime(2026, 11, 21, 16, tzinfo=dt.UTC)
POLICY = "upgrade-credit-50"
TEXT = (POLICIES / "upgrade-credit-50-v3.yaml").read_text(encoding="utf-8")
CHUNK = 20_000


def facts(chance: random.Random, all_different: bool) -> dict[str, Any]:
    """What a decision on the credit read."""
    days = chance.randrange(3000) if all_different else chance.randrange(0, 1000, 10)
    cents = chance.randrange(100_000_000) if all_different else chance.choice((4999, 12999, 34900))
    amount = f"{cents // 100}.{cents % 100:02}"
    return {
        "line.last_upgrade_on": (dt.date(2026, 11, 1) - dt.timedelta(days=days)).isoformat(),
        "line.plan_price": {"amount": chance.choice(("35.00", "55.00", "60.00")), "currency": "USD"},
        "order.agreement_months": chance.choice((24, 24, 12, 0)),
        "order.device_category": chance.choice(("phone", "phone", "phone", "tablet")),
        "order.device_price": {"amount": amount, "currency": "USD"},
        "order.plan_price": {"amount": chance.choice(("35.00", "55.00")), "currency": "USD"},
        "presentation.paper": chance.random() < 0.3,
        "voucher.issued_on": f"2026-0{chance.randrange(1, 10)}-1{chance.randrange(10)}",
    }


def rows(first: int, count: int, chance: random.Random, all_different: bool) -> Iterator[dict[str, Any]]:
    """Decisions of the last ninety days in a hundred stores."""
    for number in range(first, first + count):
        at = NOW - dt.timedelta(seconds=90 * 86400 * (1 - number / DECISIONS) - 1)
        ids = ("digest", "nonce", "terms_code", "visit_id", "line_id", "person_id")
        yield {
            **dict.fromkeys(ids, f"x{number}"),
            "account_id": f"acc_{number % 50_000}",
            "decision_id": f"dec_{number:09}",
            "subject_key": "x",
            "policy": POLICY,
            "version": 3,
            "coded": number % 20 == 0,
            "on": at.date(),
            "zone": "UTC",
            "decided_at": at,
            "lapses_at": at,
            "store_id": f"store-{number % 100}",
            "presented": {},
            "facts": facts(chance, all_different),
            "answer": {},
            "wire": "{}",
            "node_id": "n1",
        }


def furnish(database: Database, all_different: bool) -> None:
    """Record the decisions."""
    schema.upgrade(database)
    catalogue, chance = policies.read_catalogue(), random.Random(7)  # noqa: S311 - made-up cases
    with database.transaction() as session:
        policies.load_version(session, TEXT, "v3.yaml", catalogue, NOW)
    for first in range(0, DECISIONS, CHUNK):
        made = list(rows(first, min(CHUNK, DECISIONS - first), chance, all_different))
        with database.transaction() as session:
            session.execute(sa.insert(DecisionRow), made)


def preview(database: Database, text: str) -> tuple[float, float, Any]:
    """Seconds of the clock and of the processor, and the impact, of one preview."""
    with database.reading() as session:
        book = policies.open_book(session)
    version = read_policy(text, "draft.yaml", book.catalogue)
    wall, work = time.perf_counter(), time.process_time()
    *_, last = measure(database, version, book.catalogue, book, 91, NOW)
    return time.perf_counter() - wall, time.process_time() - work, last.impact


def main() -> None:
    """Print the rates."""
    draft = TEXT.replace("version: 3", "version: 4").replace("at_least: 24\n", "at_least: 12\n")
    for name, all_different in (("all different", True), ("as customers repeat", False)):
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'impact.db'}")
            furnish(database, all_different)
            wall, work, impact = preview(database, draft)
            database.close()
        counts = impact.counts
        assert counts.decisions + impact.aside == DECISIONS
        print(
            f"impact, {name}: {DECISIONS:,} decisions in {wall:.1f} s, {work:.1f} s of one core: "
            f"{DECISIONS / work:,.0f} a second a core; {counts.gains:,} gain, {counts.loses:,} lose"
        )
    print(f"impact, 20 terms, memory alone, all different: {twenty_terms_rate():,.0f} a second a core")


def twenty_terms_rate(cases: int = 100_000) -> float:
    """The same without a database: a version of twenty terms, no two cases with the same facts."""
    from store_api.decisions.service import RecordedCase
    from store_api.drafts.impact import ImpactMeter
    from store_api.policies.service import PolicyBook
    from store_api.policy.model import Policy

    catalogue, chance = policies.read_catalogue(), random.Random(7)  # noqa: S311 - made-up cases
    version = version_of(twenty_terms())
    book = PolicyBook(catalogue, {version.policy: Policy((version,))})
    recorded = []
    for number in range(cases):
        cents = number + 100
        given = {
            **FACTS,
            "order.device_price": {"amount": f"{cents // 100}.{cents % 100:02}", "currency": "USD"},
            "person.age": chance.randrange(16, 90),
            "line.device_paid_percent": str(chance.randrange(101)),
            "account.opened_on": f"20{chance.randrange(10, 27)}-0{chance.randrange(1, 10)}-15",
        }
        text = json.dumps(given)
        recorded.append(RecordedCase(NOW, f"d{number}", version.version, NOW.date(), "s", "X", False, text))
    meter = ImpactMeter(version, catalogue, book)
    started = time.process_time()
    meter.take(recorded)
    return cases / (time.process_time() - started)


if __name__ == "__main__":
    main()
