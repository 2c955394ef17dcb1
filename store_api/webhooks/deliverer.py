"""The deliverer: sends what is due, a few at a time, and holds no transaction while it sends.

What it is for: one pass over what is due, for the command line and for the thread of a running service.
What it must not know: Flask, routes.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from concurrent.futures import Executor, Future

from store_api.db import Database
from store_api.settings import Settings
from store_api.webhooks import delivering, store
from store_api.webhooks.delivering import Chance, Taken
from store_api.webhooks.sending import Limits, Send, make_sender
from store_api.webhooks.signing import sign

Clock = Callable[[], dt.datetime]


def any_chance() -> float:
    """A number between 0 and 1."""
    return secrets.randbelow(1_000_001) / 1_000_000


class Deliverer:
    """Takes due deliveries, sends them and records what came of it."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Clock,
        *,
        send: Send | None = None,
        chance: Chance = any_chance,
    ) -> None:
        limits = Limits(settings.webhook_seconds, settings.webhook_private_addresses)
        self._database = database
        self._keys = settings.keys
        self._clock = clock
        self._send = send or make_sender(limits)
        self._chance = chance

    def take(self, limit: int) -> list[Taken]:
        """Take up to `limit` due deliveries under a lease."""
        with self._database.reading() as session:
            if limit < 1 or not store.has_due(session, self._clock()):
                return []
        with self._database.transaction() as session:
            return delivering.take(session, self._keys, self._clock(), limit)

    def deliver(self, taken: Taken) -> None:
        """Send one that was taken, and record what came of it."""
        begun = self._clock()
        headers = sign(taken.secrets, taken.event_id, begun, taken.body)
        sent = self._send(taken.url, headers, taken.body)
        with self._database.transaction() as session:
            delivering.settle(session, taken, sent, begun, self._clock(), self._chance())

    def deliver_due(self, pool: Executor, most: int) -> list[Future[None]]:
        """Take up to `most` and have a pool deliver them; what is under way."""
        return [pool.submit(self.deliver, taken) for taken in self.take(most)]
