"""A small world for the service's tests: one store, its devices and staff, and people to be customers.

Everything is made through the services' own functions, never by rows, so that it is what production makes.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from store_api.accounts import service as accounts
from store_api.auth import Caller
from store_api.contract import FactValue
from store_api.db import Database
from store_api.devices.service import enrol_device
from store_api.keys import KeyRing
from store_api.partners.service import add_partner
from store_api.settings import Settings
from store_api.staff.service import add_staff
from store_api.stores.service import Place, add_store
from store_api.work import Work

NOW = dt.datetime(2026, 11, 21, 16, 0, tzinfo=dt.UTC)
"""Ten in the morning of 21 November 2026 in the test store."""
KEYS = KeyRing.parse("t1:" + base64.b64encode(hashlib.sha256(b"only for tests").digest()).decode())
PLACE = Place("store-1", "Riverside", "America/Chicago", "midwest")
OTHER_PLACE = Place("store-2", "Hilltop", "America/Denver", "mountain")
OPERATOR = Caller("public", "operator")
REP_NUMBER, REP_PIN = "1001", "4821"
MANAGER_NUMBER, MANAGER_PIN = "1002", "9357"
AUTHOR_NUMBER, AUTHOR_PIN = "9001", "3141"
OTHER_AUTHOR_NUMBER, OTHER_AUTHOR_PIN = "9002", "2718"
REGION_NUMBER, REGION_PIN = "9101", "1618"
CARE_NUMBER, CARE_PIN = "5001", "2357"
OTHER_REGION_NUMBER, OTHER_REGION_PIN = "9102", "5772"


class FakeClock:
    """A clock that only moves when it is told to."""

    def __init__(self, now: dt.datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        """Move on, for example advance(minutes=31)."""
        self.now += dt.timedelta(**parts)


@dataclass(frozen=True)
class World:
    """Identifiers and tokens of what `furnish` made."""

    kiosk_id: str
    kiosk: str
    tablet_id: str
    tablet: str
    till_id: str
    till: str
    partner: str
    rep_id: str
    manager_id: str
    other_kiosk: str
    other_store_kiosk: str
    other_store_tablet: str
    desk_id: str
    desk: str
    author_id: str
    other_author_id: str
    region_id: str
    other_region_id: str
    store_partner: str
    care_id: str


@dataclass(frozen=True)
class Customer:
    """A person with a line and a PIN. `telephone` and `pin` are in the clear: only tests have them."""

    account_id: str
    person_id: str
    line_id: str
    telephone: str
    pin: str
    first_name: str
    facts: dict[str, FactValue] = field(default_factory=dict)


def make_settings(database_url: str, **changes: object) -> Settings:
    """Settings for tests: short waits, known keys."""
    given = {"database_url": database_url, "keys": KEYS, "rival_wait_seconds": 0.2, **changes}
    return Settings.model_validate(given)


def make_work(session: Session, now: dt.datetime = NOW, caller: Caller = OPERATOR) -> Work:
    """What a service needs, outside of a request."""
    database: Database = session.info["database"]
    return Work(session, now, caller, make_settings(database.url.render_as_string(hide_password=False)))


def furnish(work: Work) -> World:
    """Two stores with devices and staff, and a central office with a desk."""
    add_store(work.session, PLACE)
    add_store(work.session, OTHER_PLACE)
    kiosk_id, kiosk = enrol_device(work, "kiosk", PLACE.store_id, "counter-1")
    tablet_id, tablet = enrol_device(work, "tablet", PLACE.store_id, "counter-1")
    till_id, till = enrol_device(work, "till", PLACE.store_id, "till-1")
    desk_id, desk = enrol_device(work, "desk", None, "head-office")
    return World(
        kiosk_id=kiosk_id,
        kiosk=kiosk,
        tablet_id=tablet_id,
        tablet=tablet,
        till_id=till_id,
        till=till,
        rep_id=add_staff(work, REP_NUMBER, "Jordan", "rep", PLACE.store_id, REP_PIN),
        manager_id=add_staff(work, MANAGER_NUMBER, "Morgan", "manager", PLACE.store_id, MANAGER_PIN),
        other_kiosk=enrol_device(work, "kiosk", PLACE.store_id, "counter-2")[1],
        other_store_kiosk=enrol_device(work, "kiosk", OTHER_PLACE.store_id, "counter-1")[1],
        other_store_tablet=enrol_device(work, "tablet", OTHER_PLACE.store_id, "counter-1")[1],
        desk_id=desk_id,
        desk=desk,
        author_id=add_staff(work, AUTHOR_NUMBER, "Robin", "author", None, AUTHOR_PIN),
        other_author_id=add_staff(work, OTHER_AUTHOR_NUMBER, "Quinn", "author", None, OTHER_AUTHOR_PIN),
        region_id=add_staff(work, REGION_NUMBER, "Taylor", "region", None, REGION_PIN),
        other_region_id=add_staff(work, OTHER_REGION_NUMBER, "Avery", "region", None, OTHER_REGION_PIN),
        partner=add_partner(work, "billing", None)[1],
        care_id=add_staff(work, CARE_NUMBER, "Kim", "care", None, CARE_PIN),
        store_partner=add_partner(work, "till vendor", PLACE.store_id)[1],
    )


def add_customer(
    work: Work,
    telephone: str,
    first_name: str = "Dana",
    *,
    account_id: str | None = None,
    role: str = "member",
    pin: str = "2468",
    facts: dict[str, FactValue] | None = None,
) -> Customer:
    """A person with a line, on an account of their own unless one is given; `facts` are their line's."""
    account = account_id or accounts.add_account(work, PLACE.zone)
    person = accounts.add_person(work, account, role, first_name, born_on=dt.date(2006, 5, 1), pin=pin)
    line = accounts.add_line(work, account, telephone, first_name, person)
    for fact, value in (facts or {}).items():
        accounts.keep_fact(work, account, line, fact, value)
    return Customer(account, person, line, telephone, pin, first_name, facts or {})


def at(work: Work, now: dt.datetime) -> Work:
    """The same work at another moment."""
    return replace(work, now=now)
