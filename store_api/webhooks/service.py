"""Webhooks: the door to the feature.

What it is for: subscriptions are in subscribing.py, deliveries in delivering.py; here they are shown and
replayed for their owner.
What it must not know: HTTP to subscribers, Flask.
"""

from __future__ import annotations

from store_api.contract import (
    WebhookDeliveries,
    WebhookDelivery,
    WebhookDeliveryStory,
    WebhookReplay,
    WebhookReplayRequest,
    WebhookTry,
)
from store_api.errors import NotFound
from store_api.outbox import find_event
from store_api.webhooks import delivering, store
from store_api.webhooks.delivering import forget_old, spread
from store_api.webhooks.models import DeliveryRow, TryRow
from store_api.webhooks.subscribing import (
    delete,
    find,
    find_all,
    make_secret,
    pause,
    resume,
    show,
    subscribe,
)
from store_api.work import Work

__all__ = [
    "delete", "find", "find_all", "forget_old", "list_deliveries", "make_secret", "pause", "replay",
    "replay_since", "resume", "show", "spread", "subscribe", "tell_story",
]  # fmt: skip

PAGE = 50


def list_deliveries(work: Work, webhook_id: str, before: str | None, state: str | None) -> WebhookDeliveries:
    """A page of a subscription's deliveries, newest first. Raises NotFound."""
    row = find(work, webhook_id)
    rows = store.find_deliveries(work.session, row.webhook_id, before, state, PAGE + 1)
    shown = tuple(_show(each) for each in rows[:PAGE])
    return WebhookDeliveries(deliveries=shown, next=shown[-1].delivery_id if len(rows) > PAGE else None)


def tell_story(work: Work, webhook_id: str, delivery_id: str) -> WebhookDeliveryStory:
    """A delivery with its text and every try. Raises NotFound."""
    row = _delivery(work, webhook_id, delivery_id)
    event = find_event(work.session, row.event_id)
    tries = store.find_tries(work.session, delivery_id)
    return WebhookDeliveryStory(
        delivery=_show(row),
        body="" if event is None else event.body,
        tries=tuple(_show_try(each) for each in tries),
    )


def replay(work: Work, webhook_id: str, delivery_id: str) -> WebhookDelivery:
    """Send a delivery again, whatever became of it. Raises NotFound."""
    _delivery(work, webhook_id, delivery_id)
    row = store.lock_delivery(work.session, delivery_id)
    if row is None:
        raise NotFound
    delivering.replay(row, work.now)
    return _show(row)


def replay_since(work: Work, webhook_id: str, body: WebhookReplayRequest) -> WebhookReplay:
    """Send again whatever happened since a moment. Raises NotFound."""
    row = find(work, webhook_id)
    return WebhookReplay(deliveries=store.reset_since(work.session, row.webhook_id, body.since, work.now))


def _delivery(work: Work, webhook_id: str, delivery_id: str) -> DeliveryRow:
    row = store.find_delivery(work.session, find(work, webhook_id).webhook_id, delivery_id)
    if row is None:
        raise NotFound
    return row


def _show(row: DeliveryRow) -> WebhookDelivery:
    return WebhookDelivery(
        delivery_id=row.delivery_id,
        event_id=row.event_id,
        event_type=row.event_type,  # type: ignore[arg-type]  # the model checks it
        happened_at=row.happened_at,
        state=row.state,  # type: ignore[arg-type]  # the model checks it
        tried=row.tried,
        next_try_at=row.next_at if row.state == "pending" else None,
        delivered_at=row.delivered_at,
        last_status=row.last_status,
        last_fault=row.last_fault,
    )


def _show_try(row: TryRow) -> WebhookTry:
    return WebhookTry(
        number=row.number,
        started_at=row.started_at,
        milliseconds=row.milliseconds,
        status=row.status,
        fault=row.fault,
        answer=row.answer,
    )
