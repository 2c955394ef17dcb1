"""Deliveries: spread over subscriptions, taken under a lease, recorded, tried again, replayed.

What it is for: the two short transactions around every try. The first takes what is due under a lease; then
it is sent, outside of any transaction; the second records what came of it. A deliverer that dies in between
leaves a lease that runs out, and the same event is sent again under the same id.
What it must not know: HTTP, Flask, threads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.db import make_id
from store_api.keys import KeyRing
from store_api.outbox import KEPT, OutboxEvent, concerns, find_event
from store_api.sealing import CannotOpen, unseal
from store_api.webhooks import store
from store_api.webhooks.models import DeliveryRow, TryRow, WebhookRow
from store_api.webhooks.sending import Sent
from store_api.webhooks.subscribing import SECRET_PURPOSE

MOST_TRIES = 12
"""Tries before a delivery is given up: about four and a quarter days after the first."""
FIRST_WAIT = dt.timedelta(seconds=5)
LONGEST_WAIT = dt.timedelta(hours=24)
GROWTH = 4
JITTER = 0.2
"""A wait is up to this much shorter or longer, so that many do not come back at the same moment."""
FAILING_FOR = dt.timedelta(days=5)
"""A subscription that failed for so long without one success is disabled."""
LEASE = dt.timedelta(minutes=3)
"""Longer than the longest time-out that may be set, with the look-up of the name before it."""
GONE = 410


@dataclass(frozen=True)
class Taken:
    """A delivery under a lease, with all that is needed to send it. `secrets` sign it, newest first."""

    webhook_id: str
    delivery_id: str
    lease_id: str
    url: str
    event_id: str
    body: bytes
    secrets: tuple[bytes, ...]


def spread(session: Session, events: Sequence[OutboxEvent], now: dt.datetime) -> None:
    """Make a delivery of every event for every subscription that wants it."""
    listening = store.find_listening(session)
    for event in events:
        for webhook in listening:
            if _wants(webhook, event):
                session.add(_delivery(session, webhook, event, now))
    session.flush()


def take(session: Session, keys: KeyRing, now: dt.datetime, limit: int) -> list[Taken]:
    """Take up to `limit` due deliveries under a lease."""
    taken = []
    for row in store.take_due(session, now, limit):
        row.lease_id, row.leased_until = make_id(session, "lea", now), now + LEASE
        found = _outgoing(session, keys, row, now)
        if found is None:
            _give_up(row, "cannot_be_sent")
        else:
            taken.append(found)
    session.flush()
    return taken


def settle(
    session: Session, taken: Taken, sent: Sent, begun: dt.datetime, now: dt.datetime, chance: float
) -> None:
    """Record a try, and what follows from it. `chance` between 0 and 1 spreads the next try.

    A try whose lease ran out is recorded too, but what follows is up to who has taken it since.
    """
    webhook = store.lock_webhook(session, taken.webhook_id)
    row = store.lock_delivery(session, taken.delivery_id)
    if row is None or webhook is None:
        return
    row.tried += 1
    session.add(_try(row, sent, begun))
    if row.lease_id != taken.lease_id:
        return
    row.lease_id = row.leased_until = None
    row.last_status, row.last_fault = sent.status, sent.fault
    if sent.is_taken:
        row.state, row.delivered_at, webhook.failing_since = "delivered", now, None
    else:
        _fail(session, row, webhook, sent, begun, now, chance)


def wait_before(tries: int, chance: float, asked_for: int | None = None) -> dt.timedelta:
    """The wait after so many failed tries: five seconds, then four times longer each, at most a day.

    It is never shorter than an answer asks for in seconds, up to that day.
    """
    grown = FIRST_WAIT * float(GROWTH ** min(tries - 1, 16))
    spread_out = min(grown, LONGEST_WAIT) * (1 - JITTER + 2 * JITTER * chance)
    return max(spread_out, min(dt.timedelta(seconds=asked_for or 0), LONGEST_WAIT))


def replay(row: DeliveryRow, now: dt.datetime) -> None:
    """Make a delivery due again, whatever became of it; one that is pending is tried at once."""
    row.state, row.tries, row.next_at, row.delivered_at = "pending", 0, now, None


def forget_old(session: Session, now: dt.datetime) -> None:
    """Delete the deliveries of events that are no longer kept."""
    store.delete_deliveries_before(session, now - KEPT)


def _wants(webhook: WebhookRow, event: OutboxEvent) -> bool:
    is_wanted = event.type in webhook.event_types and event.at >= webhook.created_at
    return is_wanted and concerns(event, webhook.store_id)


def _delivery(session: Session, webhook: WebhookRow, event: OutboxEvent, now: dt.datetime) -> DeliveryRow:
    return DeliveryRow(
        delivery_id=make_id(session, "dlv", now),
        webhook_id=webhook.webhook_id,
        event_id=event.event_id,
        event_type=event.type,
        happened_at=event.at,
        state="pending",
        tries=0,
        tried=0,
        next_at=now,
    )


def _outgoing(session: Session, keys: KeyRing, row: DeliveryRow, now: dt.datetime) -> Taken | None:
    """What is sent; None where the event is no longer kept or no secret can be opened."""
    event, webhook = find_event(session, row.event_id), session.get_one(WebhookRow, row.webhook_id)
    secrets = []
    for each in store.find_secrets(session, row.webhook_id, now):
        try:
            secrets.append(unseal(keys, SECRET_PURPOSE, each.sealed, row.webhook_id))
        except CannotOpen:
            continue
    if event is None or not secrets:
        return None
    return Taken(
        webhook_id=row.webhook_id,
        delivery_id=row.delivery_id,
        lease_id=str(row.lease_id),
        url=webhook.url,
        event_id=row.event_id,
        body=event.body.encode(),
        secrets=tuple(secrets),
    )


def _try(row: DeliveryRow, sent: Sent, begun: dt.datetime) -> TryRow:
    return TryRow(
        delivery_id=row.delivery_id,
        number=row.tried,
        started_at=begun,
        milliseconds=sent.milliseconds,
        status=sent.status,
        fault=sent.fault,
        answer=sent.answer[:300],
    )


def _fail(
    session: Session,
    row: DeliveryRow,
    webhook: WebhookRow,
    sent: Sent,
    begun: dt.datetime,
    now: dt.datetime,
    chance: float,
) -> None:
    row.tries += 1
    webhook.failing_since = webhook.failing_since or begun
    if row.tries >= MOST_TRIES:
        row.state = "failed"
    row.next_at = now + wait_before(row.tries, chance, sent.retry_after)
    if sent.status == GONE:
        row.state = "failed"
        _disable(session, webhook, "gone", now)
    elif now - webhook.failing_since >= FAILING_FOR:
        _disable(session, webhook, "failing", now)


def _give_up(row: DeliveryRow, fault: str) -> None:
    row.state, row.last_fault, row.lease_id, row.leased_until = "failed", fault, None, None


def _disable(session: Session, webhook: WebhookRow, why: str, now: dt.datetime) -> None:
    if webhook.state != "active":
        return
    webhook.state, webhook.disabled_why = "disabled", why
    audit.record(
        session,
        action="webhook.disabled",
        actor="deliverer",
        subject=webhook.webhook_id,
        now=now,
        details={"why": why, "failing_since": str(webhook.failing_since), "store_id": webhook.store_id},
    )


Chance = Callable[[], float]
"""A number between 0 and 1, each time another."""
