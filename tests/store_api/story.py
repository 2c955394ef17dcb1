"""The demo as a stage for tests: its people walk into its stores and ask over the API.

Everything goes through the HTTP API; the database is looked at only where a test says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask

from store_api.db import Database
from store_api.demo.service import demo_people
from store_api.settings import Settings
from tests.store_api.clients import Client, sign_in
from tests.store_api.factories import FakeClock

PHONE = "orbit-5-128"
"""A phone of $49.99."""
CREDIT = "upgrade-credit-50"


@dataclass
class Story:
    """The demo's stores with their devices and staff, and its people."""

    app: Flask
    database: Database
    settings: Settings
    clock: FakeClock
    clients: dict[str, Client] = field(default_factory=dict)

    @cached_property
    def cast(self) -> dict[str, Any]:
        """What `demo show --json` prints."""
        return demo_people(self.settings)

    def device(self, station: str) -> Client:
        """The device of a station."""
        token = next(each["token"] for each in self.cast["devices"] if each["station"] == station)
        return Client(self.app, token)

    @property
    def kiosk(self) -> Client:
        """The kiosk of Maple St."""
        return self.device("kiosk-1")

    @property
    def till(self) -> Client:
        """The till of Maple St."""
        return self.device("till-1")

    def staff(self, name: str, station: str = "tablet-1") -> Client:
        """A member of staff, signed in once on a tablet."""
        if name not in self.clients:
            found = next(each for each in self.cast["staff"] if each["name"] == name)
            self.clients[name] = sign_in(self.device(station), found["staff_number"], found["pin"])
        return self.clients[name]

    @property
    def rep(self) -> Client:
        """Jordan, a rep of Maple St."""
        return self.staff("Jordan")

    def person(self, name: str) -> dict[str, str]:
        """A person's number and PIN."""
        return next(
            each for account in self.cast["accounts"] for each in account["people"] if each["name"] == name
        )

    def code(self, name: str) -> str:
        """A voucher's code as it is printed."""
        vouchers = [each for account in self.cast["accounts"] for each in account["vouchers"]]
        return next(
            each["code"] for each in [*vouchers, *self.cast["bearer_vouchers"]] if each["name"] == name
        )

    def walk_in(self, name: str, station: str = "kiosk-1") -> Visitor:
        """A person opens a visit at a kiosk and is identified by their own PIN."""
        visitor = self.stranger(station)
        person = self.person(name)
        answer = visitor.post("identity", {"telephone": person["telephone"], "pin": person["pin"]})
        assert answer["checked"], answer
        return visitor

    def stranger(self, station: str = "kiosk-1") -> Visitor:
        """Somebody opens a visit and has not said who they are."""
        client = self.device(station)
        return Visitor(self, client, body_of(client.post("/v1/visits", {}))["visit_id"])


@dataclass
class Visitor:
    """A person in a visit, at a kiosk."""

    story: Story
    client: Client
    visit_id: str

    def post(self, what: str, body: Any = None) -> Any:
        """POST below the visit; the answer's body."""
        return body_of(self.client.post(f"/v1/visits/{self.visit_id}/{what}", body))

    def look(self) -> Any:
        """The visit as the kiosk sees it."""
        return body_of(self.client.get(f"/v1/visits/{self.visit_id}"))

    def choices(self) -> Any:
        """What the person can ask about."""
        return body_of(self.client.get(f"/v1/visits/{self.visit_id}/choices"))

    def say(self, sku: str | None = PHONE, months: int | None = 24) -> Any:
        """Answer the two questions: which phone, how many months."""
        facts = {"order.agreement_months": months}
        path = f"/v1/visits/{self.visit_id}/order"
        return body_of(self.client.put(path, {"sku": sku, "facts": facts}))

    def ask(self, policy: str = CREDIT) -> Any:
        """Ask for a decision on the person's voucher of a policy."""
        found = [each for each in self.choices()["vouchers"] if each["policy"] == policy]
        return self.ask_about({"voucher_id": found[0]["voucher_id"]})

    def ask_about(self, what: dict[str, str]) -> Any:
        """Ask for a decision on a named voucher or policy."""
        return body_of(self.client.post("/v1/decisions", {"visit_id": self.visit_id, **what}))

    def get_yes(self) -> Any:
        """Choose the phone and 24 months, and ask for the credit."""
        self.say()
        decision = self.ask()
        assert decision["outcome"] == "eligible", decision["codes"]
        return decision

    def reserve(self, decision: Any) -> Any:
        """Ask for a hold on what a decision granted."""
        return body_of(self.client.post("/v1/holds", {"decision_id": decision["decision_id"]}))


def body_of(answer: Any) -> Any:
    """The JSON body of an answer that is no problem."""
    assert answer.status_code < 300, f"{answer.status_code}: {answer.text}"
    return answer.get_json()


def lines_of(decision: Any, kind: str, language: str = "en") -> list[str]:
    """The texts of a decision's sheet of one kind."""
    return [line["text"] for line in decision["sheets"][language]["lines"] if line["kind"] == kind]


def verdict_of(decision: Any, language: str = "en") -> str:
    """The first line of a decision's sheet."""
    return lines_of(decision, "verdict", language)[0]
