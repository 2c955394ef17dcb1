"""Gathering what a decision needs: the facts, and the codes that no policy can state.

What it is for: the one place where accounts, vouchers, orders and stores are asked on behalf of a
decision. A fact that nobody knows, or that is older than its catalogue entry allows, is left out.
What it must not know: how a policy decides, Flask, the database's statements.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store_api.accounts import service as accounts
from store_api.accounts.service import HeldFact
from store_api.contract import FactValue
from store_api.orders import service as orders
from store_api.orders.service import OrderRow
from store_api.policy.facts import Catalogue
from store_api.policy.model import PolicyVersion
from store_api.policy.values import Duration
from store_api.stores.service import Place
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import VoucherKey, VoucherView

LOCKED = "account.locked"
CONSENT_MISSING = "consent.missing"
BELONGS_TO_ANOTHER = "voucher.belongs_to_another"
HELD_ELSEWHERE = "voucher.held_elsewhere"
OF_STATE: Mapping[str, str] = {
    "void": "voucher.void",
    "used": "voucher.already_redeemed",
    "expired": "voucher.expired",
    "not_yet_valid": "voucher.not_yet_valid",
}


@dataclass(frozen=True)
class Subject:
    """What is asked and for whom: a policy by its name, on a voucher or on the line's upgrade.

    `channel` and `paper` say how the question came to the store.
    """

    visit_id: str
    account_id: str
    person_id: str
    line_id: str
    policy: str
    voucher: VoucherKey | None
    order_id: str | None
    channel: str
    paper: bool

    @property
    def key(self) -> str:
        """Policy, voucher or upgrade, and line: what makes two decisions of one account comparable."""
        about = self.voucher.voucher_id if self.voucher else "upgrade"
        return f"{self.policy}|{about}|{self.line_id}"


@dataclass(frozen=True)
class Gathered:
    """Everything that a decision is made from, at one moment."""

    facts: Mapping[str, FactValue]
    voucher: VoucherView | None
    order: OrderRow | None
    on: dt.date
    zone: str


def gather(
    session: Session, subject: Subject, place: Place, catalogue: Catalogue, now: dt.datetime
) -> Gathered:
    """Gather the facts of a subject in a store; `now` is aware."""
    on = place.today(now)
    voucher = vouchers.find(session, subject.voucher) if subject.voucher else None
    order = orders.find(session, subject.account_id, subject.order_id) if subject.order_id else None
    held = accounts.facts_of(session, subject.account_id, subject.person_id, subject.line_id, on, now)
    known = {key: fact.value for key, fact in held.items() if _is_fresh(key, fact, catalogue, now)}
    facts: dict[str, FactValue] = {
        **known,
        **orders.facts_of(order, known.get("line.plan_price")),
        **_place_facts(place),
        "presentation.channel": subject.channel,
        "presentation.paper": subject.paper,
    }
    if voucher is not None:
        facts["voucher.issued_on"] = voucher.row.issued_on.isoformat()
    return Gathered(facts, voucher, order, on, place.zone)


def codes_of(
    session: Session, subject: Subject, gathered: Gathered, version: PolicyVersion | None, now: dt.datetime
) -> tuple[str, ...]:
    """The service's own reasons for "no", one cause each: the voucher's first, then the account's."""
    codes = []
    if gathered.voucher is not None:
        codes.extend(_voucher_codes(session, subject, gathered.voucher, gathered.zone, now))
    reads_lock = version is not None and any(LOCKED in term.facts for term in version.terms)
    if not reads_lock and accounts.is_locked(session, subject.account_id):
        codes.append(LOCKED)
    return tuple(codes)


def _voucher_codes(
    session: Session, subject: Subject, voucher: VoucherView, zone: str, now: dt.datetime
) -> list[str]:
    """Nothing is told of another's voucher than that it is another's."""
    row = voucher.row
    if not _is_theirs(subject, voucher):
        return [BELONGS_TO_ANOTHER]
    state = voucher.state(now, zone)
    codes = [OF_STATE[state]] if state in OF_STATE else []
    if state == "held" and voucher.is_held_for_another(subject.order_id, now):
        codes.append(HELD_ELSEWHERE)
    if row.belongs_to == "account" and not accounts.may_use_account_voucher(
        session, subject.account_id, subject.person_id, subject.line_id, row.voucher_id, row.policy
    ):
        codes.append(CONSENT_MISSING)
    return codes


def _is_theirs(subject: Subject, voucher: VoucherView) -> bool:
    row = voucher.row
    if row.belongs_to == "bearer":
        return True
    return row.account_id == subject.account_id and row.line_id in (None, subject.line_id)


def _place_facts(place: Place) -> dict[str, FactValue]:
    return {"store.region": place.region, "store.kind": place.kind}


def _is_fresh(key: str, fact: HeldFact, catalogue: Catalogue, now: dt.datetime) -> bool:
    """Whether a fact is young enough for its catalogue entry; an undeclared fact is none of ours."""
    declared = catalogue.facts.get(key)
    if declared is None:
        return False
    return declared.max_age is None or now - fact.as_of <= _longest(declared.max_age)


def _longest(age: Duration) -> dt.timedelta:
    """A duration as time that has passed; months and years by their longest."""
    days = {"days": 1, "months": 31, "years": 366}[age.unit]
    return dt.timedelta(days=age.count * days)
