"""No statement of a customer's way reads a whole table that grows: held to what the databases really plan."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from store_api.db import Database
from store_api.idempotency import forget_old_keys
from store_api.partners.service import add_partner
from tests.store_api.clients import Client
from tests.store_api.factories import NOW, make_work
from tests.store_api.plans import Notes, noted, whole_reads
from tests.store_api.story import PHONE, Story, body_of

ONLY_BY_INDEX = "SET enable_seqscan = off"
"""On small tables PostgreSQL prefers to read them whole. Where it still does, no index serves."""
MILLION = 1_000_000


def go_the_whole_way(story: Story) -> None:
    """Everything that is asked while a customer waits: by code and by account, on every face."""
    visitor = story.walk_in("Maya")
    visitor.post("voucher-code", {"code": story.code("family-credit")})
    decision = visitor.get_yes()
    hold = visitor.reserve(decision)["hold"]
    body_of(story.rep.get(f"/v1/holds/{hold['hold_id']}"))
    body_of(story.rep.post(f"/v1/holds/{hold['hold_id']}/release"))
    visitor.reserve(decision)
    used = body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm", key="plans"))
    body_of(story.rep.get(f"/v1/redemptions/{used['redemption']['redemption_id']}"))
    visitor.look()
    visitor.choices()
    body_of(visitor.client.post(f"/v1/visits/{visitor.visit_id}/close", {"outcome": "used"}))
    again = story.walk_in("Rosa")
    refused = again.ask()
    body_of(again.client.get(f"/v1/decisions/{refused['decision_id']}"))
    body_of(again.client.get(f"/v1/orders/{refused['order_id']}"))
    body_of(again.client.get(f"/v1/terms/{decision['terms_code']}"))
    body_of(again.client.get(f"/v1/visits/{again.visit_id}/consents"))
    body_of(story.rep.get("/v1/visits?state=open"))
    body_of(story.rep.get("/v1/idempotency-keys/plans"))
    body_of(story.rep.delete("/v1/idempotency-keys/plans"))
    body_of(story.rep.get("/v1/events?format=json&after=0"))
    capture(story)


def capture(story: Story) -> None:
    """A bearer's voucher, used by an order that the till captures and a redemption that it asks for."""
    bearer = story.walk_in("Nora")
    bearer.post("voucher-code", {"code": story.code("bearer-thank-you")})
    bearer.say()
    decision = bearer.ask_about({"voucher_id": bearer.look()["scanned_voucher_id"]})
    items = [{"sku": PHONE, "price": {"amount": "49.99", "currency": "USD"}}]
    body = {"items": items, "agreement_months": 24, "till_reference": "T-1"}
    till, order = story.till, f"/v1/orders/{decision['order_id']}"
    body_of(till.post(f"{order}/capture", body))
    body_of(till.get(order))


@pytest.fixture
def way(story: Story) -> Notes:
    """What the databases were asked on the whole way."""
    with noted() as notes:
        go_the_whole_way(story)
    return notes


def test_no_statement_of_the_way_reads_a_whole_table_that_grows(story: Story, way: Notes) -> None:
    assert len(way.statements) > 40
    assert whole_reads(story.database, way, planner=planner_of(story.database)) == []


def test_a_look_up_of_vouchers_reads_no_whole_table(story: Story) -> None:
    with story.database.transaction() as session:
        partner = Client(story.app, add_partner(make_work(session), "billing", None)[1])
    wanted = (
        {"account_id": "acc_demo_family", "state": "usable"},
        {"code": story.code("family-credit")},
        {"telephone": story.person("Nora")["telephone"]},
        {"campaign_id": "autumn-thanks", "state": "used"},
    )
    with noted() as notes:
        lists = [body_of(partner.post("/v1/vouchers/search", each, key=None)) for each in wanted]
        path = f"/v1/vouchers/{lists[0]['vouchers'][0]['voucher_id']}"
        body_of(partner.get(path))
        body_of(partner.post(f"{path}/void", {"reason": "other"}))
    assert whole_reads(story.database, notes, planner=planner_of(story.database)) == []


def planner_of(database: Database) -> str:
    return "" if database.is_sqlite else ONLY_BY_INDEX


def test_the_purge_of_old_keys_finds_them_by_an_index(story: Story) -> None:
    with noted() as notes, story.database.transaction() as session:
        forget_old_keys(session, NOW, most=10)
    assert whole_reads(story.database, notes, planner=planner_of(story.database)) == []


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("SELECT * FROM vouchers WHERE policy = 'upgrade-credit-50'", "vouchers"),
        ("UPDATE voucher_uses SET voided_at = NULL WHERE redemption_id = 'red_1'", "voucher_uses"),
        ("SELECT count(*) FROM voucher_ledger", "voucher_ledger"),
        ("SELECT * FROM visits JOIN orders ON visits.visit_id = orders.visit_id", "orders"),
    ],
)
def test_a_statement_that_does_read_a_whole_table_is_seen(story: Story, statement: str, table: str) -> None:
    notes = Notes({statement: ()})
    found = whole_reads(story.database, notes, planner=planner_of(story.database))
    assert table in {line.partition(":")[0] for line in found}


FILL = """
INSERT INTO vouchers (account_id, voucher_id, belongs_to, policy, code_last_four, issued_on, uses_allowed,
                      last_use_number, node_id, amount_minor, currency)
SELECT 'acc_' || n / 4, 'vou_' || n, 'account', 'upgrade-credit-50', '0000', '2026-11-01', 1, 0, 'n1', 5000,
       'USD' FROM generate_series(1, {rows}) AS n;
INSERT INTO voucher_codes (code_hash, key_id, account_id, voucher_id, node_id)
SELECT md5(n::text) || md5((n + 1)::text), 'k1', 'acc_' || n / 4, 'vou_' || n, 'n1'
FROM generate_series(1, {rows}) AS n;
INSERT INTO voucher_ledger (account_id, entry_id, voucher_id, kind, amount_minor, currency, at, node_id)
SELECT 'acc_' || n / 4, 'led_' || n, 'vou_' || n, 'issued', 5000, 'USD', now(), 'n1'
FROM generate_series(1, {rows}) AS n;
INSERT INTO voucher_uses (account_id, voucher_id, use_number, redemption_id, used_at, store_id, store_name,
                          node_id)
SELECT 'acc_' || n / 4, 'vou_' || n, 1, 'red_' || n, now(), 'store-1', 'Riverside', 'n1'
FROM generate_series(1, {rows}, 2) AS n;
"""


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("demo_url", ["postgresql"], indirect=True)
def test_with_a_million_vouchers_postgresql_itself_chooses_the_indexes(story: Story) -> None:
    with story.database.transaction() as session:
        session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        for part in FILL.format(rows=MILLION).split(";\n"):
            if part.strip():
                session.execute(sa.text(part.replace("::", "\\:\\:")))
    with story.database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.execute(sa.text("ANALYZE"))
        size: Any = connection.scalar(sa.text("SELECT count(*) FROM vouchers"))
    assert size > MILLION
    with noted() as notes:
        go_the_whole_way(story)
    read = {line.partition(":")[0] for line in whole_reads(story.database, notes)}
    assert read.isdisjoint({"vouchers", "voucher_codes", "voucher_ledger", "voucher_uses"})
