"""The floor: a bare Flask view with the same guarded statement, behind the same gunicorn settings.

It has what exactly-once needs and nothing else: the key's row, the guarded update, a log row, one commit.
No authentication, no policy, no decision, no ledger, no event, no checks of what it is sent. It works on
the same database as the service, with the same writer queue, and its statements are made once.
"""

from __future__ import annotations

import json
import os
import secrets
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, request
from sqlalchemy.dialects import postgresql, sqlite

from store_api.accounts.models import AccountRow, FactRow, PersonRow
from store_api.app import create_database, wall_clock
from store_api.audit.models import LogEntryRow
from store_api.db import Database
from store_api.decisions.models import DecisionRow
from store_api.events import Bell
from store_api.idempotency import IdempotencyKey
from store_api.orders.models import OrderRow
from store_api.serve import RequestCounter, Server
from store_api.settings import Settings, read_settings
from store_api.visits.models import VisitRow
from store_api.vouchers.models import LedgerEntry, Voucher, VoucherUse

INSERT_KEY = {
    True: sqlite.insert(IdempotencyKey.__table__).on_conflict_do_nothing().returning(IdempotencyKey.key),
    False: postgresql.insert(IdempotencyKey.__table__).on_conflict_do_nothing().returning(IdempotencyKey.key),
}
"""By whether the database is SQLite."""
FINISH_KEY = (
    sa.update(IdempotencyKey.__table__)
    .where(IdempotencyKey.client == sa.bindparam("of"), IdempotencyKey.key == sa.bindparam("named"))
    .values(status=200, answer=sa.bindparam("bytes"))
)
USE = (
    sa.update(Voucher.__table__)
    .where(
        Voucher.account_id == sa.bindparam("account"),
        Voucher.voucher_id == sa.bindparam("voucher"),
        Voucher.voided_at.is_(None),
        Voucher.hold_id.is_(None),
        Voucher.last_use_number < Voucher.uses_allowed,
    )
    .values(last_use_number=Voucher.last_use_number + 1)
    .returning(Voucher.last_use_number)
)
LOG = sa.insert(LogEntryRow.__table__)
DECISION = sa.select(DecisionRow.__table__).where(DecisionRow.decision_id == sa.bindparam("named"))
VISIT = sa.select(VisitRow.__table__).where(VisitRow.visit_id == sa.bindparam("named"))
ORDER = sa.select(OrderRow.__table__).where(
    OrderRow.account_id == sa.bindparam("account"), OrderRow.order_id == sa.bindparam("named")
)
VOUCHER = sa.select(Voucher.__table__).where(
    Voucher.account_id == sa.bindparam("account"), Voucher.voucher_id == sa.bindparam("named")
)
USES = sa.select(sa.func.count()).where(
    VoucherUse.account_id == sa.bindparam("account"), VoucherUse.voucher_id == sa.bindparam("named")
)
BALANCE = sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
    LedgerEntry.account_id == sa.bindparam("account"), LedgerEntry.voucher_id == sa.bindparam("named")
)
PERSON = (
    sa.select(AccountRow.__table__, PersonRow.__table__)
    .join(PersonRow.__table__, PersonRow.account_id == AccountRow.account_id)
    .where(AccountRow.account_id == sa.bindparam("account"), PersonRow.person_id == sa.bindparam("named"))
)
FACTS = sa.select(FactRow.__table__).where(FactRow.account_id == sa.bindparam("account"))


def make_bare_app(settings: Settings) -> Flask:
    """The application."""
    app = Flask("bare")
    database = create_database(settings)
    app.extensions.update(database=database, bell=Bell())

    @app.post("/redeem")
    def redeem() -> Response:
        return Response(_redeem(database, request.get_json()), content_type="application/json")

    @app.get("/validate/<decision_id>")
    def validate(decision_id: str) -> Response:
        return Response(_validate(database, decision_id), content_type="application/json")

    return app


def _redeem(database: Database, asked: Any) -> bytes:
    key, now = request.headers["Idempotency-Key"], wall_clock()
    with database.transaction() as session:
        claim = {"client": "bare", "key": key, "request_digest": "", "created_at": now, "node_id": "n1"}
        if session.execute(INSERT_KEY[database.is_sqlite], claim).first() is None:
            return session.get_one(IdempotencyKey, ("bare", key)).answer or b""
        used = session.execute(USE, asked).first()
        entry = {
            "entry_id": secrets.token_hex(16), "at": now, "action": "voucher.redeemed", "actor": "bare",
            "subject": asked["voucher"], "details": {"used": used is not None}, "commitments": {},
            "node_id": "n1",
        }  # fmt: skip
        session.execute(LOG, entry)
        answer = json.dumps({"redemption": None if used is None else used[0]}).encode()
        session.execute(FINISH_KEY, {"of": "bare", "named": key, "bytes": answer})
    return answer


def _validate(database: Database, decision_id: str) -> bytes:
    with database.reading() as session:
        decision = session.execute(DECISION, {"named": decision_id}).one()
        account = decision.account_id
        session.execute(VISIT, {"named": decision.visit_id}).one()
        session.execute(ORDER, {"account": account, "named": decision.order_id}).one()
        of_voucher = {"account": account, "named": decision.voucher_id}
        voucher = session.execute(VOUCHER, of_voucher).one()
        uses = session.execute(USES, of_voucher).scalar()
        balance = session.execute(BALANCE, of_voucher).scalar()
        session.execute(PERSON, {"account": account, "named": decision.person_id}).one()
        facts = session.execute(FACTS, {"account": account}).all()
    stands = uses < voucher.uses_allowed and balance > 0 and len(facts) > 0
    return json.dumps({"stands": stands, "decision": decision.wire}).encode()


class BareServer(Server):
    """The service's own server with the bare application in it."""

    def load(self) -> Flask:
        """Make the application, in the worker."""
        app = make_bare_app(self._settings)
        app.wsgi_app = RequestCounter(app.wsgi_app)
        return app


if __name__ == "__main__":
    BareServer(read_settings(os.environ)).run()
