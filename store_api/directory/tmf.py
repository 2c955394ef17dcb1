"""From the TM Forum's resources to what the directory tells: the mapping that docs/directory.md describes.

What it is for: TMF637 product, TMF666 billing account, TMF632 individual and TMF629 customer as JSON that
was read with exact numbers, into values. Anything of another form is refused as a whole: half of an answer
that was misread would be a wrong answer.
What it must not know: HTTP, the database, the clock.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

from store_api.contract import FactValue
from store_api.directory.ports import (
    AccountTold,
    CustomerTold,
    DirectoryFailed,
    LineTold,
    PersonTold,
    Source,
)

MALFORMED = "malformed"
IDENTIFIER = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
CURRENCY = re.compile(r"[A-Z]{3}")
ROLES = ("owner", "manager", "member")
CATEGORIES = frozenset({"phone", "tablet", "watch", "hotspot", "none"})
LONGEST_NAME = 80

Kind = Literal["date", "money", "percent", "integer", "text", "category", "texts"]
LINE_CHARACTERISTICS: Mapping[str, tuple[str, Kind]] = {
    "lastUpgradeDate": ("line.last_upgrade_on", "date"),
    "devicePurchaseDate": ("line.device_purchased_on", "date"),
    "devicePaidPercent": ("line.device_paid_percent", "percent"),
    "deviceBalance": ("line.device_balance", "money"),
    "deviceCategory": ("line.device_category", "category"),
    "planPriceLowest3Months": ("line.plan_price_lowest_3_months", "money"),
    "planPriceHighest3Months": ("line.plan_price_highest_3_months", "money"),
    "upgradesLast12Months": ("line.upgrades_last_12_months", "integer"),
    "programmes": ("line.programmes", "texts"),
}
"""Characteristics of a product by name: the fact that each is, and its form."""
BALANCES: Mapping[str, str] = {
    "pastDue": "account.past_due",
    "pastDue30Days": "account.past_due_30_days",
}
"""Balances of a billing account by their type."""
LINE_FACTS = (
    "line.activated_on", "line.suspended", "line.agreement_started_on", "line.agreement_ends_on",
    "line.plan_price", *(fact for fact, _ in LINE_CHARACTERISTICS.values()),
)  # fmt: skip
COUNT_OF_LINES = "account.lines"
FACTS: Mapping[Source, tuple[str, ...]] = {
    "lines": (*LINE_FACTS, COUNT_OF_LINES),
    "accounts": tuple(BALANCES.values()),
    "customers": ("account.opened_on", "account.segment"),
    "people": (),
}
"""The facts that each source tells."""
STANDING: Mapping[Source, tuple[str, ...]] = {
    "accounts": ("account.locked", "person.role"),
    "people": ("person.age",),
}
"""What the tables state by themselves, from what a source told: as old as its answer."""


def read_line(product: Any) -> LineTold:
    """A line from a TMF637 product. Raises DirectoryFailed."""
    whole = _mapping(product)
    users = [party for party in _list(whole.get("relatedParty")) if _mapping(party).get("role") == "user"]
    account = whole.get("billingAccount")
    account = account[0] if isinstance(account, list) and account else account
    if not users:
        raise DirectoryFailed(MALFORMED)
    return LineTold(
        line_id=_identifier(whole.get("id")),
        account_id=_identifier(_mapping(account).get("id")),
        person_id=_identifier(_mapping(users[0]).get("id")),
        label=_text(whole.get("name")),
        facts=dict(_line_facts(whole)),
    )


def read_account(account: Any) -> AccountTold:
    """An account from a TMF666 billing account. Raises DirectoryFailed."""
    whole = _mapping(account)
    parties = [_mapping(party) for party in _list(whole.get("relatedParty"))]
    roles = {_identifier(each.get("id")): str(each["role"]) for each in parties if each.get("role") in ROLES}
    customers = [_identifier(each.get("id")) for each in parties if each.get("role") == "customer"]
    facts: dict[str, FactValue] = {}
    for balance in _list(whole.get("accountBalance")):
        told = _mapping(balance)
        fact = BALANCES.get(str(told.get("balanceType")))
        if fact is not None:
            facts[fact] = _money(told.get("amount"))
    return AccountTold(_text(whole.get("state")) == "locked", roles, next(iter(customers), None), facts)


def read_person(individual: Any) -> PersonTold:
    """A person from a TMF632 individual. Raises DirectoryFailed."""
    whole = _mapping(individual)
    born = whole.get("birthDate")
    return PersonTold(_text(whole.get("givenName")), None if born is None else _day(born))


def read_customer(customer: Any) -> CustomerTold:
    """What a TMF629 customer tells of its account. Raises DirectoryFailed."""
    whole = _mapping(customer)
    facts: dict[str, FactValue] = {}
    since = _mapping(whole.get("validFor") or {}).get("startDateTime")
    if since is not None:
        facts["account.opened_on"] = _day(since).isoformat()
    for name, value in _characteristics(whole.get("characteristic")):
        if name == "segment":
            facts["account.segment"] = _text(value)
    return CustomerTold(facts)


def _line_facts(product: Mapping[str, Any]) -> Iterator[tuple[str, FactValue]]:
    if product.get("startDate") is not None:
        yield "line.activated_on", _day(product["startDate"]).isoformat()
    if product.get("status") is not None:
        yield "line.suspended", _text(product["status"]) == "suspended"
    for term in _list(product.get("productTerm"))[:1]:
        span = _mapping(_mapping(term).get("validFor") or {})
        for name, fact in (("startDateTime", "started_on"), ("endDateTime", "ends_on")):
            if span.get(name) is not None:
                yield f"line.agreement_{fact}", _day(span[name]).isoformat()
    for price in _list(product.get("productPrice")):
        told = _mapping(price)
        if told.get("priceType") == "recurring":
            yield "line.plan_price", _money(_mapping(told.get("price")).get("dutyFreeAmount"))
    for name, value in _characteristics(product.get("productCharacteristic")):
        if name in LINE_CHARACTERISTICS:
            fact, kind = LINE_CHARACTERISTICS[name]
            yield fact, _READERS[kind](value)


def _characteristics(told: Any) -> Iterator[tuple[str, Any]]:
    for each in _list(told):
        characteristic = _mapping(each)
        yield str(characteristic.get("name")), characteristic.get("value")


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise DirectoryFailed(MALFORMED)
    return value


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise DirectoryFailed(MALFORMED)
    return value


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise DirectoryFailed(MALFORMED)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value.strip()) <= LONGEST_NAME:
        raise DirectoryFailed(MALFORMED)
    return value.strip()


def _day(value: Any) -> dt.date:
    """The day of a date or of a moment, as it is written."""
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        raise DirectoryFailed(MALFORMED) from None


def _number(value: Any) -> Decimal:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not is_number or not Decimal(value).is_finite() or abs(Decimal(value)) >= 10**12:
        raise DirectoryFailed(MALFORMED)
    return Decimal(value)


def _money(value: Any) -> str:
    told = _mapping(value)
    unit = told.get("unit")
    if not isinstance(unit, str) or not CURRENCY.fullmatch(unit):
        raise DirectoryFailed(MALFORMED)
    return f"{_number(told.get('value')):f} {unit}"


def _percent(value: Any) -> str:
    return f"{_number(value):f}"


def _integer(value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise DirectoryFailed(MALFORMED)
    return int(number)


def _category(value: Any) -> str:
    if value not in CATEGORIES:
        raise DirectoryFailed(MALFORMED)
    return str(value)


_READERS: Mapping[Kind, Callable[[Any], FactValue]] = {
    "date": lambda value: _day(value).isoformat(),
    "money": _money,
    "percent": _percent,
    "integer": _integer,
    "text": _text,
    "category": _category,
    "texts": lambda value: [_text(each) for each in _list(value)],
}
