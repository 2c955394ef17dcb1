"""Fixtures of the webhooks' tests: a subscriber's server, and a courier that carries to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from store_api.connecting import FOLLOWERS
from store_api.db import Database
from store_api.outbox import hand_on
from store_api.settings import Settings
from store_api.webhooks.deliverer import Deliverer
from tests.store_api.clients import Client
from tests.store_api.factories import FakeClock, World, make_settings
from tests.store_api.story import body_of
from tests.store_api.webhooks.receiver import Receiver, receiving


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Webhooks may go to this machine, and are soon given up."""
    return make_settings(database_url, webhook_private_addresses=True, webhook_seconds=0.5)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A subscriber's server."""
    with receiving() as opened:
        yield opened


@dataclass
class Desk:
    """A partner with a subscription, and a hand that carries when it is told to."""

    app: Flask
    database: Database
    settings: Settings
    clock: FakeClock
    partner: Client
    webhook_id: str
    secret: str

    def close_a_visit(self, kiosk: Client) -> str:
        """Something happens: a visit ends. Its identifier."""
        visit_id: str = body_of(kiosk.post("/v1/visits", {}))["visit_id"]
        body_of(kiosk.post(f"/v1/visits/{visit_id}/close", {"outcome": "left"}))
        return visit_id

    def deliverer(self, chance: float = 0.5) -> Deliverer:
        """Another deliverer on the same database."""
        return Deliverer(self.database, self.settings, self.clock, chance=lambda: chance)

    def hand_on(self) -> int:
        """Hand on what is in the outbox."""
        return hand_on(self.database, FOLLOWERS, self.clock())

    def carry(self) -> int:
        """Hand on and send what is due; how many were sent."""
        self.hand_on()
        deliverer = self.deliverer()
        taken = deliverer.take(50)
        for each in taken:
            deliverer.deliver(each)
        return len(taken)

    def show(self) -> Any:
        """The subscription."""
        return body_of(self.partner.get(f"/v1/webhooks/{self.webhook_id}"))

    def deliveries(self, query: str = "") -> Any:
        """Its deliveries, newest first."""
        return body_of(self.partner.get(f"/v1/webhooks/{self.webhook_id}/deliveries{query}"))["deliveries"]

    def story(self, delivery_id: str) -> Any:
        """One delivery with its tries."""
        return body_of(self.partner.get(f"/v1/webhooks/{self.webhook_id}/deliveries/{delivery_id}"))

    def post(self, what: str, body: Any = None) -> Any:
        """POST below the subscription; the answer."""
        return self.partner.post(f"/v1/webhooks/{self.webhook_id}/{what}", body)


def subscribe(client: Client, url: str, *types: str) -> tuple[str, str]:
    """A new subscription with its first secret: identifier and secret."""
    body = {"url": url, "event_types": list(types or ["visit.closed"])}
    webhook_id = body_of(client.post("/v1/webhooks", body))["webhook_id"]
    return webhook_id, body_of(client.post(f"/v1/webhooks/{webhook_id}/secrets"))["secret"]


@pytest.fixture
def desk(
    app: Flask, database: Database, settings: Settings, clock: FakeClock, world: World, receiver: Receiver
) -> Desk:
    """A partner of the whole chain that is told of visits that end."""
    partner = Client(app, world.partner)
    webhook_id, secret = subscribe(partner, receiver.url)
    return Desk(app, database, settings, clock, partner, webhook_id, secret)
