"""Gathering what a decision needs: the facts, and the codes that no policy can state.

What it is for: the one place where accounts, vouchers, orders and stores are asked on behalf of a
decision. A fact that nobody knows, or that is older than its catalogue entry allows, is left out.
What it must not know: how a policy decides, Flask, the database's statements.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from store_api.accounts import service as accounts
from store_api.accounts.service import Buying, HeldFact
from store_api.campaigns import service as campaigns
from store_api.contract import FactValue, Words
from store_api.contract import Money as WireMoney
from store_api.directory import service as directory
from store_api.directory.service import NOTHING, Marks
from store_api.money import NO_CURRENCY, to_minor, to_money
from store_api.orders import service as orders
from store_api.orders.service import OrderRow
from store_api.policies.service import PolicyBook
from store_api.policy.combine import Candidate, keeping_out
from store_api.policy.facts import Catalogue
from store_api.policy.granted import Ceiling
from store_api.policy.model import PolicyVersion
from store_api.policy.use_words import NO_NAMES, UseNames
from store_api.policy.values import Duration, Money, read_money
from store_api.stores import service as stores
from store_api.stores.service import Place
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import Grant, VoucherKey, VoucherView
from store_api.waivers import service as waivers
from store_api.waivers.service import Waiver
from store_api.work import Work

LOCKED = "account.locked"
CONSENT_MISSING = "consent.missing"
BELONGS_TO_ANOTHER = "voucher.belongs_to_another"
HELD_ELSEWHERE = "voucher.held_elsewhere"
NOT_HERE = "voucher.not_in_this_store"
NOT_THIS_WAY = "voucher.not_on_this_channel"
EXCLUDED = "combination.excluded"
NAMED_STORES = 4
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

    `channel` and `paper` say how the question came to the store. `amount_minor` is what the customer wants to
    use of a credit, null for all that can be used.
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
    amount_minor: int | None = None

    @property
    def key(self) -> str:
        """Policy, voucher or upgrade, and line: what makes two decisions of one account comparable."""
        about = self.voucher.voucher_id if self.voucher else "upgrade"
        return f"{self.policy}|{about}|{self.line_id}"


@dataclass(frozen=True)
class Granting:
    """What of an answer the service's own reasons are asked about: its version, and the amount it grants."""

    document: PolicyVersion | None
    amount: WireMoney | None


@dataclass(frozen=True)
class OtherVoucher:
    """Another voucher that stands on the same order, and what it takes of it."""

    title: Words
    as_candidate: Candidate
    takes: Money


@dataclass(frozen=True)
class Gathered:
    """Everything that a decision is made from, at one moment. `stale` facts are known, but too old.

    `marks` tell how old a directory's facts are and why some are missing.
    `others` are the other vouchers that stand on the order; `is_locked` and `role` tell of the account and
    the person; `names` are for telling where a voucher can be used, and decide nothing. `waiver` names terms
    that count as met on this order.
    """

    facts: Mapping[str, FactValue]
    stale: tuple[str, ...]
    voucher: VoucherView | None
    order: OrderRow | None
    on: dt.date
    zone: str
    others: tuple[OtherVoucher, ...] = ()
    is_locked: bool = False
    role: str | None = None
    marks: Marks = NOTHING
    names: UseNames = NO_NAMES
    waiver: Waiver | None = None

    @property
    def order_digest(self) -> str | None:
        """The digest of what is bought, where anything is."""
        return None if self.order is None else orders.fingerprint(self.order)


def gather(work: Work, subject: Subject, place: Place, book: PolicyBook) -> Gathered:
    """Gather the facts of a subject in a store."""
    session, now = work.session, work.now
    on, catalogue = place.today(now), book.answerable
    voucher = vouchers.find(session, subject.voucher) if subject.voucher else None
    order = orders.find(session, subject.account_id, subject.order_id) if subject.order_id else None
    held = accounts.facts_of(session, subject.account_id, subject.person_id, subject.line_id, on, now)
    stale = tuple(key for key, fact in held.items() if _is_stale(key, fact, catalogue, now))
    marks = _marks(work, subject, held, place)
    unusable = marks.old.union(stale)
    known = {key: fact.value for key, fact in held.items() if key in catalogue.facts and key not in unusable}
    facts: dict[str, FactValue] = {
        **known,
        **orders.facts_of(order, known.get("line.plan_price")),
        **_place_facts(place),
        "presentation.channel": subject.channel,
        "presentation.paper": subject.paper,
    }
    if voucher is not None:
        facts["voucher.issued_on"] = voucher.row.issued_on.isoformat()
    others = tuple(_others(session, subject, book, now)) if voucher is not None else ()
    is_locked, role = held.get("account.locked"), held.get("person.role")
    return Gathered(
        facts, stale, voucher, order, on, place.zone, others,
        is_locked=is_locked is not None and is_locked.value is True,
        role=str(role.value) if role is not None else None,
        marks=marks,
        waiver=_waiver(session, subject, order, now),
    )  # fmt: skip


def _waiver(session: Session, subject: Subject, order: OrderRow | None, now: dt.datetime) -> Waiver | None:
    """What was waived for this subject on this order as it stands; most orders never had a waiver."""
    if order is None or not order.has_waiver:
        return None
    digest = orders.fingerprint(order)
    return waivers.standing(session, subject.account_id, order.order_id, subject.key, digest, now)


def _marks(work: Work, subject: Subject, held: Mapping[str, HeldFact], place: Place) -> Marks:
    """What the sheet has to tell of facts that come from another directory; nothing of the tables' own."""
    if not directory.is_asked(work.settings):
        return NOTHING
    return directory.read_marks(
        work, subject.account_id, subject.person_id, subject.line_id, held, place.zone
    )


def _others(session: Session, subject: Subject, book: PolicyBook, now: dt.datetime) -> Iterator[OtherVoucher]:
    if subject.order_id is None or subject.voucher is None:
        return
    but = subject.voucher.voucher_id
    for row in vouchers.grants.on_order(session, subject.account_id, subject.order_id, now, but):
        version = book.version(row.policy, row.version)
        money = to_money(row.amount_minor, row.currency) if row.currency != NO_CURRENCY else None
        if version is None or money is None:
            continue
        candidate = candidate_of(row.voucher_id, version, row.amount_minor)
        yield OtherVoucher(book.title(row.policy), candidate, Money(money.amount, money.currency))


def candidate_of(
    voucher_id: str, version: PolicyVersion, worth: int, ends_on: dt.date | None = None
) -> Candidate:
    """A voucher as the policy core weighs it. `worth` is in minor units."""
    kind = version.benefit.kind
    return Candidate(
        name=voucher_id,
        policy=version.policy,
        worth=worth,
        combines=version.combines,
        off_price=kind != "bill_credit",
        remainder=version.benefit.remainder if kind == "instant_credit" else "forfeit",
        ends_on=ends_on,
    )


def ceiling_of(gathered: Gathered) -> Ceiling:
    """What the benefit is kept under: what is left of the voucher, and what other vouchers leave to pay."""
    view, price = gathered.voucher, _price(gathered)
    left = None if view is None else to_money(view.balance_minor, view.row.currency)
    taken = [other.takes for other in gathered.others if other.as_candidate.off_price]
    open_price = price
    for money in taken:
        same = open_price is not None and open_price.currency == money.currency
        open_price = open_price.minus(money) if open_price is not None and same else open_price
    return Ceiling(
        left=None if left is None else Money(left.amount, left.currency),
        open_price=open_price if taken else None,
    )


def _price(gathered: Gathered) -> Money | None:
    said = gathered.facts.get("order.device_price")
    return read_money(said) if isinstance(said, str) else None


def reasons_of(
    session: Session, subject: Subject, gathered: Gathered, by_terms: Granting, place: Place, now: dt.datetime
) -> Reasons:
    """The service's own reasons for "no", one cause each: the voucher's first, then the account's.

    Only of a voucher that could be used is it asked where, out of which budget and with what others.
    """
    reasons: Reasons = {}
    version = by_terms.document
    if gathered.voucher is not None:
        reasons |= _voucher_reasons(session, subject, gathered, gathered.voucher, by_terms, now)
        if not reasons and version is not None:
            reasons |= _scope_reasons(session, subject, version, place)
            reasons |= _campaign_reasons(session, subject, gathered, by_terms, now)
            reasons |= _combination_reasons(subject, gathered, version)
    reads_lock = version is not None and any(LOCKED in term.facts for term in version.terms)
    if not reads_lock and gathered.is_locked:
        reasons[LOCKED] = {}
    return reasons


def _voucher_reasons(
    session: Session,
    subject: Subject,
    gathered: Gathered,
    voucher: VoucherView,
    by_terms: Granting,
    now: dt.datetime,
) -> Reasons:
    """Nothing is told of another's voucher than that it is another's."""
    row, zone = voucher.row, gathered.zone
    if not _is_theirs(subject, voucher):
        return {BELONGS_TO_ANOTHER: {}}
    reasons: Reasons = {}
    state = voucher.state(now, zone)
    if state in OF_STATE:
        reasons[OF_STATE[state]] = _details(subject, voucher, state, zone)
    if state == "held" and voucher.is_held_for_another(subject.order_id, now):
        reasons[HELD_ELSEWHERE] = _holder(subject, voucher)
    if row.belongs_to == "account" and not _may_use(
        session, subject, gathered, voucher, _buying(gathered, by_terms, now)
    ):
        reasons[CONSENT_MISSING] = {}
    return reasons


def _buying(gathered: Gathered, by_terms: Granting, now: dt.datetime) -> Buying:
    """What an owner's leave is wanted for."""
    order, amount = gathered.order, by_terms.amount
    return Buying(
        order_id=None if order is None else order.order_id,
        digest=None if order is None else orders.fingerprint(order),
        amount_minor=0 if amount is None else to_minor(amount),
        now=now,
    )


def _may_use(
    session: Session, subject: Subject, gathered: Gathered, voucher: VoucherView, buying: Buying
) -> bool:
    if gathered.role in accounts.FREE_ROLES:
        return True
    row = voucher.row
    return accounts.may_use_account_voucher(
        session, subject.account_id, subject.person_id, subject.line_id, row.voucher_id, row.policy, buying
    )


def _scope_reasons(session: Session, subject: Subject, version: PolicyVersion, place: Place) -> Reasons:
    scope = version.scope
    if not scope.has_store(place.store_id, place.region):
        return {NOT_HERE: {"store": _names(stores.places_in(session, scope.stores, scope.regions))}}
    if not scope.has_channel(subject.channel):
        return {NOT_THIS_WAY: {"channel": ",".join(scope.channels)}}
    return {}


def _names(places: tuple[Place, ...]) -> str:
    """Up to four stores by name, and how many there are where there are more."""
    named = ", ".join(place.name for place in places[:NAMED_STORES])
    return named if len(places) <= NAMED_STORES else f"{named}, … ({len(places)})"


def _campaign_reasons(
    session: Session, subject: Subject, gathered: Gathered, by_terms: Granting, now: dt.datetime
) -> Reasons:
    if gathered.voucher is None or gathered.voucher.row.campaign_id is None:
        return {}
    refused = campaigns.refusal(session, _wanted(subject, gathered, by_terms), now)
    return {} if refused is None else {refused.code: refused.details}


def _wanted(subject: Subject, gathered: Gathered, by_terms: Granting) -> Grant:
    """What the voucher's campaign would have to give."""
    amount, voucher = by_terms.amount, gathered.voucher
    if voucher is None or subject.voucher is None:
        raise ValueError("there is no campaign without a voucher")
    return Grant(
        key=subject.voucher,
        account_id=subject.account_id,
        order_id=subject.order_id or "",
        line_id=subject.line_id,
        person_id=subject.person_id,
        store_id=subject.store_id,
        campaign_id=voucher.row.campaign_id,
        policy=subject.policy,
        version=by_terms.document.version if by_terms.document is not None else 0,
        granted_on=gathered.on,
        amount_minor=0 if amount is None else to_minor(amount),
        currency=NO_CURRENCY if amount is None else amount.currency,
        until=None,
    )


def _combination_reasons(subject: Subject, gathered: Gathered, version: PolicyVersion) -> Reasons:
    if not gathered.others or subject.voucher is None:
        return {}
    own = candidate_of(subject.voucher.voucher_id, version, 0)
    against = keeping_out(own, [other.as_candidate for other in gathered.others])
    if not against:
        return {}
    titles = {other.as_candidate.name: other.title for other in gathered.others}
    return {EXCLUDED: {f"other_{each}": words for each, words in titles[against[0].name].items()}}


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
