"""Gathering what a decision needs: the facts, and the codes that no policy can state.

What it is for: the one place where accounts, vouchers, orders and stores are asked on behalf of a
decision. A fact that nobody knows, or that is older than its catalogue entry allows, is left out.
What it must not know: how a policy decides, Flask, the database's statements.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

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
Details = Mapping[str, str | dt.date]
"""What the sentences of a code may tell."""
Reasons = dict[str, Details]
"""Codes for "no", each with its details."""
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
    store_id: str
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
    """Everything that a decision is made from, at one moment. `stale` facts are known, but too old."""

    facts: Mapping[str, FactValue]
    stale: tuple[str, ...]
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
    stale = tuple(key for key, fact in held.items() if _is_stale(key, fact, catalogue, now))
    known = {key: fact.value for key, fact in held.items() if key in catalogue.facts and key not in stale}
    facts: dict[str, FactValue] = {
        **known,
        **orders.facts_of(order, known.get("line.plan_price")),
        **_place_facts(place),
        "presentation.channel": subject.channel,
        "presentation.paper": subject.paper,
    }
    if voucher is not None:
        facts["voucher.issued_on"] = voucher.row.issued_on.isoformat()
    return Gathered(facts, stale, voucher, order, on, place.zone)


def reasons_of(
    session: Session, subject: Subject, gathered: Gathered, version: PolicyVersion | None, now: dt.datetime
) -> Reasons:
    """The service's own reasons for "no", one cause each: the voucher's first, then the account's."""
    reasons: Reasons = {}
    if gathered.voucher is not None:
        reasons |= _voucher_reasons(session, subject, gathered.voucher, gathered.zone, now)
    reads_lock = version is not None and any(LOCKED in term.facts for term in version.terms)
    if not reads_lock and accounts.is_locked(session, subject.account_id):
        reasons[LOCKED] = {}
    return reasons


def _voucher_reasons(
    session: Session, subject: Subject, voucher: VoucherView, zone: str, now: dt.datetime
) -> Reasons:
    """Nothing is told of another's voucher than that it is another's."""
    row = voucher.row
    if not _is_theirs(subject, voucher):
        return {BELONGS_TO_ANOTHER: {}}
    reasons: Reasons = {}
    state = voucher.state(now, zone)
    if state in OF_STATE:
        reasons[OF_STATE[state]] = _details(subject, voucher, state, zone)
    if state == "held" and voucher.is_held_for_another(subject.order_id, now):
        reasons[HELD_ELSEWHERE] = _holder(subject, voucher)
    if row.belongs_to == "account" and not accounts.may_use_account_voucher(
        session, subject.account_id, subject.person_id, subject.line_id, row.voucher_id, row.policy
    ):
        reasons[CONSENT_MISSING] = {}
    return reasons


def _details(subject: Subject, voucher: VoucherView, state: str, zone: str) -> Details:
    """What a state's sentence may tell: of a use only to the account that the voucher belongs to."""
    row = voucher.row
    if state == "used" and row.account_id == subject.account_id:
        last = voucher.uses[-1]
        return {"on": last.used_at.astimezone(ZoneInfo(zone)).date(), "store": last.store_name}
    day = {"expired": row.ends_on, "not_yet_valid": row.starts_on}.get(state)
    return {} if day is None else {"on": day}


def _holder(subject: Subject, voucher: VoucherView) -> Details:
    """Who holds it, told to the voucher's own account and in the store that holds it."""
    row = voucher.row
    may_know = subject.account_id == row.account_id or subject.store_id == row.hold_store_id
    return {"store": row.hold_by} if may_know and row.hold_by else {}


def _is_theirs(subject: Subject, voucher: VoucherView) -> bool:
    row = voucher.row
    if row.belongs_to == "bearer":
        return True
    return row.account_id == subject.account_id and row.line_id in (None, subject.line_id)


def _place_facts(place: Place) -> dict[str, FactValue]:
    return {"store.region": place.region, "store.kind": place.kind}


def _is_stale(key: str, fact: HeldFact, catalogue: Catalogue, now: dt.datetime) -> bool:
    """Whether a fact is older than its catalogue entry allows."""
    declared = catalogue.facts.get(key)
    if declared is None or declared.max_age is None:
        return False
    return now - fact.as_of > _longest(declared.max_age)


def _longest(age: Duration) -> dt.timedelta:
    """A duration as time that has passed; months and years by their longest."""
    days = {"days": 1, "months": 31, "years": 366}[age.unit]
    return dt.timedelta(days=age.count * days)
