"""The demo: loading it into a database, and showing who is in it.

What it is for: one small world that tells every story of the product. Loading it again changes nothing
but the age of what billing told. Dates count back from the day of loading.
What it must not know: HTTP, the tables of any feature.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from store_api.accounts import service as accounts
from store_api.auth import Caller
from store_api.campaigns import service as campaigns
from store_api.contract import CampaignLimit, CampaignRequest, Device, Money, OfferRequest, PriceList
from store_api.db import Database
from store_api.demo import derived
from store_api.demo.past import derived_past
from store_api.demo.people import (
    CREDIT,
    DEMO,
    MAPLE,
    DemoAccount,
    DemoCampaign,
    DemoOffer,
    DemoPerson,
    DemoVoucher,
)
from store_api.devices import service as devices
from store_api.devices.service import DeviceKind
from store_api.errors import NotFound
from store_api.money import to_minor
from store_api.offers import service as offers
from store_api.orders import service as orders
from store_api.policies import service as policies
from store_api.policy.values import read_money
from store_api.settings import Settings
from store_api.staff import service as staff
from store_api.staff.service import StaffRole
from store_api.stores import service as stores
from store_api.stores.service import Place
from store_api.visits import service as visits
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import NewVoucher, UseClaim, VoucherKey
from store_api.work import Work

POLICIES = Path(__file__).with_name("policies")
OPERATOR = Caller("public", "demo")
MONTHS_OF_AGREEMENT = 24
HARBOR_STORE = DEMO.stores[1]


def load_demo(database: Database, settings: Settings, today: dt.date) -> bool:
    """Load the demo, as of noon of `today` in UTC; False where it was there already.

    A second load only notes that what billing told is still true, so that the demo does not grow stale.
    """
    now = dt.datetime.combine(today, dt.time(12), dt.UTC)
    with database.transaction() as session:
        work = Work(session, now, OPERATOR, settings)
        if _is_loaded(work):
            for account in DEMO.accounts:
                accounts.confirm_facts(work, account.account_id)
            return False
        _load(work, today)
    return True


def demo_people(settings: Settings) -> dict[str, Any]:
    """Everybody and everything in the demo with PINs, codes and tokens in the clear, as plain JSON data."""
    return {
        "stores": [asdict(store) for store in DEMO.stores],
        "accounts": [_show_account(settings, account) for account in DEMO.accounts],
        "campaigns": [asdict(campaign) for campaign in DEMO.campaigns],
        "bearer_vouchers": [_show_voucher(settings, voucher) for voucher in DEMO.bearer],
        "staff": [
            {**asdict(each), "pin": derived.pin_for(f"staff {each.staff_number}")} for each in DEMO.staff
        ],
        "devices": [
            {**asdict(each), "token": derived.token_for(settings.keys, each.station)}
            for each in DEMO.stations
        ],
    }


def demo_lines(settings: Settings) -> list[str]:
    """The same for a person at a terminal: a line for each account, person, voucher and member of staff."""
    shown = demo_people(settings)
    lines = []
    for account in shown["accounts"]:
        lines.append(account["story"])
        lines += [f"    {_person_line(person)}" for person in account["people"]]
        lines += [f"    voucher {each['code']} ({each['policy']})" for each in account["vouchers"]]
    for each in shown["bearer_vouchers"]:
        lines.append(f"Voucher of nobody's account: {each['code']} ({each['policy']})")
    for each in shown["staff"]:
        lines.append(
            f"{each['name']}, {each['role']}, staff number {each['staff_number']}, PIN {each['pin']}"
        )
    return lines


def _is_loaded(work: Work) -> bool:
    try:
        stores.read_place(work.session, MAPLE)
    except NotFound:
        return False
    return True


def _load(work: Work, today: dt.date) -> None:
    _load_policies(work)
    for store in DEMO.stores:
        stores.add_store(work.session, Place(store.store_id, store.name, store.zone, store.region))
    for station in DEMO.stations:
        token = derived.token_for(work.settings.keys, station.station)
        kind = cast(DeviceKind, station.kind)
        devices.enrol_device(work, kind, station.store_id, station.station, token=token)
    for member in DEMO.staff:
        pin = derived.pin_for(f"staff {member.staff_number}")
        role = cast(StaffRole, member.role)
        staff.add_staff(work, member.staff_number, member.name, role, member.store_id, pin)
    orders.set_price_list(work.session, _price_list())
    for campaign in DEMO.campaigns:
        _begin_campaign(work, campaign)
    for account in DEMO.accounts:
        _load_account(work, account, today)
    for past in derived_past(today):
        visits.add_past(work, past)
    for offer in DEMO.offers:
        offers.make(work, _offer(offer, today))
    for voucher in DEMO.bearer:
        _issue(work, voucher, None, today)


def _load_policies(work: Work) -> None:
    catalogue = policies.read_catalogue(work.settings.catalogue_files)
    for path in sorted(POLICIES.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        policies.load_version(work.session, text, path.name, catalogue, work.now)


def _price_list() -> PriceList:
    devices_for_sale = tuple(
        Device(sku=each.sku, name=each.name, category=each.category, price=_money(each.price))
        for each in DEMO.devices
    )
    return PriceList(devices=devices_for_sale, agreement_months=DEMO.agreement_months)


def _offer(offer: DemoOffer, today: dt.date) -> OfferRequest:
    title, text = dict(offer.title), dict(offer.text)
    return OfferRequest(title=title, text=text, price=_money(offer.price), starts_on=today)


def _begin_campaign(work: Work, campaign: DemoCampaign) -> None:
    limit = CampaignLimit(per="line", period="month", uses=campaign.uses_of_a_line_a_month)
    request = CampaignRequest(
        campaign_id=campaign.campaign_id,
        policy=campaign.policy,
        budget=_money(campaign.budget),
        limits=(limit,),
    )
    campaigns.begin(work, request)
    if campaign.is_paused:
        campaigns.change(work, campaign.campaign_id, "paused")


def _load_account(work: Work, account: DemoAccount, today: dt.date) -> None:
    accounts.add_account(work, DEMO.stores[0].zone, account.account_id)
    for fact, value in {
        "account.opened_on": _months_before(today, account.opened_months_ago).isoformat(),
        "account.past_due": account.past_due,
        "account.past_due_30_days": "0.00 USD",
        "account.segment": "consumer",
    }.items():
        accounts.keep_fact(work, account.account_id, account.account_id, fact, value)
    owner_id = ""
    for person in account.people:
        person_id, line_id = _load_person(work, account.account_id, person, today)
        owner_id = person_id if person.role == "owner" else owner_id
        if person.may_use:
            accounts.give_consent(work, account.account_id, line_id, owner_id, policy=CREDIT)
    for voucher in account.vouchers:
        _issue(work, voucher, account.account_id, today)
    if account.locked:
        accounts.lock_account(work, account.account_id, True)


def _load_person(work: Work, account_id: str, person: DemoPerson, today: dt.date) -> tuple[str, str]:
    born_on = _months_before(today, person.born_months_ago)
    pin = derived.pin_for(person.telephone)
    person_id = accounts.add_person(work, account_id, person.role, person.name, born_on=born_on, pin=pin)
    line_id = accounts.add_line(work, account_id, person.telephone, person.name, person_id)
    for fact, value in _line_facts(person, today).items():
        accounts.keep_fact(work, account_id, line_id, fact, value)
    return person_id, line_id


def _line_facts(person: DemoPerson, today: dt.date) -> dict[str, str | int | bool]:
    """What billing tells of a line; the last upgrade is also when device and agreement began."""
    upgraded = _months_before(today, person.upgraded_months_ago)
    agreement_ends = _months_before(today, person.upgraded_months_ago - MONTHS_OF_AGREEMENT)
    return {
        "line.activated_on": _months_before(today, person.upgraded_months_ago + 24).isoformat(),
        "line.last_upgrade_on": upgraded.isoformat(),
        "line.agreement_started_on": upgraded.isoformat(),
        "line.agreement_ends_on": agreement_ends.isoformat(),
        "line.device_purchased_on": upgraded.isoformat(),
        "line.device_paid_percent": str(person.paid_percent),
        "line.device_balance": f"{(100 - person.paid_percent) * 4}.00 USD",
        "line.device_category": "phone",
        "line.plan_price": person.plan,
        "line.plan_price_lowest_3_months": person.plan,
        "line.plan_price_highest_3_months": person.plan,
        "line.upgrades_last_12_months": int(person.upgraded_months_ago < 12),
        "line.suspended": False,
    }


def _issue(work: Work, voucher: DemoVoucher, account_id: str | None, today: dt.date) -> None:
    amount = _money(voucher.amount)
    new = NewVoucher(
        policy=voucher.policy,
        issued_on=_months_before(today, voucher.issued_months_ago),
        account_id=account_id,
        ends_on=dt.date(today.year + 1, 12, 31),
        amount_minor=to_minor(amount),
        currency=amount.currency,
        campaign_id=voucher.campaign,
    )
    random_bytes = derived.voucher_bytes(voucher.name)
    key, _ = vouchers.issue(work.session, new, work.settings.keys, random_bytes, work.now)
    if voucher.used_days_ago is not None:
        _use(work, key, to_minor(amount), voucher.used_days_ago)


def _use(work: Work, key: VoucherKey, amount_minor: int, days_ago: int) -> None:
    """A use of the past, at the Harbor store."""
    claim = UseClaim(
        redemption_id=work.new_id("red"),
        order_id=work.new_id("ord"),
        store_id=HARBOR_STORE.store_id,
        store_name=HARBOR_STORE.name,
        amount_minor=amount_minor,
        kept_minor=0,
    )
    vouchers.use(work.session, key, claim, work.now - dt.timedelta(days=days_ago))


def _money(text: str) -> Money:
    money = read_money(text)
    return Money(amount=money.amount, currency=money.currency)


def _months_before(today: dt.date, months: int) -> dt.date:
    """The same day so many months before (or, below zero, after), clamped to the end of the month."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    next_month = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(today.day, (next_month - dt.timedelta(days=1)).day))


def _show_account(settings: Settings, account: DemoAccount) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "story": account.story,
        "people": [
            {
                "name": person.name,
                "role": person.role,
                "telephone": person.telephone,
                "pin": derived.pin_for(person.telephone),
            }
            for person in account.people
        ],
        "vouchers": [_show_voucher(settings, voucher) for voucher in account.vouchers],
    }


def _show_voucher(settings: Settings, voucher: DemoVoucher) -> dict[str, Any]:
    code = derived.code_for(voucher.name)
    return {
        "name": voucher.name,
        "policy": voucher.policy,
        "amount": voucher.amount,
        "code": vouchers.show_code(code),
        "symbol": asdict(vouchers.symbol_of(settings, code)),
    }


def _person_line(person: dict[str, Any]) -> str:
    return f"{person['name']}, {person['role']}, {person['telephone']}, PIN {person['pin']}"
