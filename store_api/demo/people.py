"""The people, accounts, vouchers and things for sale of the demo, as plain data.

What it is for: one place to read who is in the demo and what story each of them tells. Dates are given
as months before the day of loading. Telephone numbers are from the range 555-0100 to 555-0199, which is
set aside for fiction.
What it must not know: the database, how anything is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CREDIT = "upgrade-credit-50"
THANK_YOU = "wireline-thank-you-20"
WELCOME = "welcome-bonus-30"
HARBOR_DAYS = "harbor-days-10"
AUTUMN, TRY_OUT = "autumn-thanks", "winter-try-out"


@dataclass(frozen=True)
class DemoStore:
    """A store of the demo."""

    store_id: str
    name: str
    zone: str
    region: str


@dataclass(frozen=True)
class DemoStation:
    """A device that calls the service, in a store or, a desk, in none."""

    kind: str
    store_id: str | None
    station: str


@dataclass(frozen=True)
class DemoStaff:
    """A member of staff; the PIN is derived from the number."""

    staff_number: str
    name: str
    role: str
    store_id: str | None


@dataclass(frozen=True)
class DemoPerson:
    """A person with a line. Months count back from the day of loading; `plan` is a price a month.

    `may_use` says that the owner has allowed this line to use the account's upgrade credit.
    """

    name: str
    role: str
    telephone: str
    born_months_ago: int
    upgraded_months_ago: int
    plan: str = "35.00 USD"
    paid_percent: int = 100
    may_use: bool = False


@dataclass(frozen=True)
class DemoVoucher:
    """A voucher: the account's own, or a bearer's where the account has no name for it."""

    name: str
    policy: str
    amount: str
    issued_months_ago: int
    used_days_ago: int | None = None
    campaign: str | None = None


@dataclass(frozen=True)
class DemoCampaign:
    """A campaign: its policy, what its vouchers may be used for in all, and how often by one line."""

    campaign_id: str
    policy: str
    budget: str
    uses_of_a_line_a_month: int
    is_paused: bool = False


@dataclass(frozen=True)
class DemoAccount:
    """An account and the story that it is there for."""

    account_id: str
    story: str
    people: tuple[DemoPerson, ...]
    vouchers: tuple[DemoVoucher, ...] = ()
    past_due: str = "0.00 USD"
    locked: bool = False
    opened_months_ago: int = 84


@dataclass(frozen=True)
class DemoDevice:
    """A device for sale, before tax and fees."""

    sku: str
    name: str
    category: str
    price: str


@dataclass(frozen=True)
class DemoOffer:
    """Something optional for sale, in both languages."""

    title: Mapping[str, str]
    text: Mapping[str, str]
    price: str


@dataclass(frozen=True)
class Demo:
    """Everything that the demo is made of."""

    stores: tuple[DemoStore, ...]
    stations: tuple[DemoStation, ...]
    staff: tuple[DemoStaff, ...]
    accounts: tuple[DemoAccount, ...]
    bearer: tuple[DemoVoucher, ...]
    campaigns: tuple[DemoCampaign, ...]
    devices: tuple[DemoDevice, ...]
    agreement_months: tuple[int, ...]
    offers: tuple[DemoOffer, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


MAPLE, HARBOR = "maple-st", "harbor"

STORES = (
    DemoStore(MAPLE, "Maple St store", "America/New_York", "north"),
    DemoStore(HARBOR, "Harbor store", "America/Chicago", "lakes"),
)
STATIONS = (
    DemoStation("kiosk", MAPLE, "kiosk-1"),
    DemoStation("tablet", MAPLE, "tablet-1"),
    DemoStation("till", MAPLE, "till-1"),
    DemoStation("kiosk", HARBOR, "harbor-kiosk-1"),
    DemoStation("tablet", HARBOR, "harbor-tablet-1"),
    DemoStation("till", HARBOR, "harbor-till-1"),
    DemoStation("desk", None, "head-office"),
    DemoStation("desk", None, "care-desk"),
)
STAFF = (
    DemoStaff("1001", "Jordan", "rep", MAPLE),
    DemoStaff("1002", "Alex", "manager", MAPLE),
    DemoStaff("2001", "Casey", "rep", HARBOR),
    DemoStaff("9001", "Robin", "author", None),
    DemoStaff("9002", "Quinn", "author", None),
    DemoStaff("5001", "Kim", "care", None),
    DemoStaff("9101", "Morgan", "region", None),
    DemoStaff("9102", "Taylor", "region", None),
)
ACCOUNTS = (
    DemoAccount(
        "acc_demo_family",
        "Five lines. The owner has a $50 upgrade credit and has allowed Maya's and Sam's lines to use it.",
        (
            DemoPerson("Rosa", "owner", "+1 212 555 0101", 552, 22, plan="55.00 USD", paid_percent=90),
            DemoPerson("Daniel", "manager", "+1 212 555 0108", 566, 30, plan="55.00 USD"),
            DemoPerson("Maya", "member", "+1 212 555 0142", 245, 26, may_use=True),
            DemoPerson("Sam", "member", "+1 212 555 0177", 221, 20, paid_percent=41, may_use=True),
            DemoPerson("Leo", "member", "+1 212 555 0155", 184, 9, plan="25.00 USD", paid_percent=37),
        ),
        (DemoVoucher("family-credit", CREDIT, "50.00 USD", 8),),
    ),
    DemoAccount(
        "acc_demo_no_leave",
        "Tom is a member; the owner, Grace, has not allowed his line to use the account's credit.",
        (
            DemoPerson("Grace", "owner", "+1 212 555 0110", 610, 40, plan="60.00 USD"),
            DemoPerson("Tom", "member", "+1 212 555 0111", 268, 31),
        ),
        (DemoVoucher("no-leave-credit", CREDIT, "50.00 USD", 6),),
    ),
    DemoAccount(
        "acc_demo_past_due",
        "Omar's bill is $83.20 past due: no upgrade until it is paid.",
        (DemoPerson("Omar", "owner", "+1 212 555 0120", 480, 30, plan="45.00 USD"),),
        (DemoVoucher("past-due-thank-you", THANK_YOU, "20.00 USD", 5),),
        past_due="83.20 USD",
    ),
    DemoAccount(
        "acc_demo_locked",
        "Priya's account is locked.",
        (DemoPerson("Priya", "owner", "+1 212 555 0130", 400, 29, plan="45.00 USD"),),
        (DemoVoucher("locked-credit", CREDIT, "50.00 USD", 7),),
        locked=True,
    ),
    DemoAccount(
        "acc_demo_used",
        "Ben's credit was used twelve days ago at the Harbor store.",
        (DemoPerson("Ben", "owner", "+1 212 555 0144", 520, 28, plan="50.00 USD"),),
        (DemoVoucher("used-credit", CREDIT, "50.00 USD", 9, used_days_ago=12),),
    ),
    DemoAccount(
        "acc_demo_wireline",
        "Nora has home internet, and a $20 thank-you credit that any order can use.",
        (DemoPerson("Nora", "owner", "+1 212 555 0160", 700, 14, plan="40.00 USD", paid_percent=58),),
        (DemoVoucher("wireline-thank-you", THANK_YOU, "20.00 USD", 4),),
    ),
    DemoAccount(
        "acc_demo_combining",
        "Iris has several vouchers: two that go together (of the second, one a month), one that goes with no "
        "other, one for another store, and one of a campaign that is paused.",
        (DemoPerson("Iris", "owner", "+1 212 555 0170", 430, 30, plan="50.00 USD"),),
        (
            DemoVoucher("iris-credit", CREDIT, "50.00 USD", 5),
            DemoVoucher("iris-thank-you", THANK_YOU, "20.00 USD", 4, campaign=AUTUMN),
            DemoVoucher("iris-second-thank-you", THANK_YOU, "20.00 USD", 3, campaign=AUTUMN),
            DemoVoucher("iris-welcome", WELCOME, "30.00 USD", 3),
            DemoVoucher("iris-harbor", HARBOR_DAYS, "10.00 USD", 2),
            DemoVoucher("iris-paused", THANK_YOU, "20.00 USD", 1, campaign=TRY_OUT),
        ),
    ),
)
CAMPAIGNS = (
    DemoCampaign(AUTUMN, THANK_YOU, "2000.00 USD", 1),
    DemoCampaign(TRY_OUT, THANK_YOU, "500.00 USD", 5, is_paused=True),
)
BEARER = (DemoVoucher("bearer-thank-you", THANK_YOU, "20.00 USD", 2),)
DEVICES = (
    DemoDevice("orbit-5-128", "Orbit 5, 128 GB", "phone", "49.99 USD"),
    DemoDevice("orbit-5-256", "Orbit 5, 256 GB", "phone", "129.99 USD"),
    DemoDevice("orbit-5-max-256", "Orbit 5 Max, 256 GB", "phone", "349.00 USD"),
    DemoDevice("lumen-8-128", "Lumen 8, 128 GB", "phone", "199.00 USD"),
    DemoDevice("lumen-8-pro-256", "Lumen 8 Pro, 256 GB", "phone", "499.00 USD"),
    DemoDevice("pico-2-64", "Pico 2, 64 GB", "phone", "29.99 USD"),
    DemoDevice("fjord-fold-512", "Fjord Fold, 512 GB", "phone", "899.00 USD"),
    DemoDevice("canto-4-128", "Canto 4, 128 GB", "phone", "249.00 USD"),
    DemoDevice("slate-11-128", "Slate 11, 128 GB", "tablet", "329.00 USD"),
    DemoDevice("slate-mini-64", "Slate Mini, 64 GB", "tablet", "199.00 USD"),
    DemoDevice("ring-watch-3", "Ring Watch 3", "watch", "179.00 USD"),
)
OFFERS = (
    DemoOffer(
        {"en": "A clear case for your phone", "es": "Una funda transparente para su teléfono"},
        {
            "en": "It fits the Orbit and Lumen phones. You do not need it for anything that you asked about.",
            "es": "Sirve para los teléfonos Orbit y Lumen. No la necesita para nada de lo que consultó.",
        },
        "15.00 USD",
    ),
)
DEMO = Demo(STORES, STATIONS, STAFF, ACCOUNTS, BEARER, CAMPAIGNS, DEVICES, (24, 12, 0), OFFERS)
