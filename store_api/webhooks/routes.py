"""/v1/webhooks: being told of what happens, as it happens.

What it must not know: how anything is sent; it only asks the service and answers.
"""

from __future__ import annotations

from typing import Literal

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, ConfigDict

from store_api.auth import allow
from store_api.contract import (
    Identifier,
    Webhook,
    WebhookDeleted,
    WebhookDeliveries,
    WebhookDelivery,
    WebhookDeliveryStory,
    WebhookList,
    WebhookReplay,
    WebhookReplayRequest,
    WebhookRequest,
    WebhookSecret,
)
from store_api.webhooks import service
from store_api.work import Work, reads, writes, writes_without_key

api = APIBlueprint("webhooks", __name__)


class WebhookPath(BaseModel):
    """A subscription in an address."""

    webhook_id: Identifier


class DeliveryPath(BaseModel):
    """A delivery of a subscription."""

    webhook_id: Identifier
    delivery_id: Identifier


class DeliveryQuery(BaseModel):
    """Where to read on (the `next` of the page before), and which deliveries."""

    model_config = ConfigDict(extra="forbid")
    after: Identifier | None = None
    state: Literal["pending", "delivered", "failed"] | None = None


@api.post("/v1/webhooks", responses={201: Webhook})
@allow("manager", "partner")
@writes
def subscribe(work: Work, body: WebhookRequest) -> tuple[Webhook, int]:
    """Ask to be told of events; nothing is sent before a secret was asked for."""
    return service.show(work, service.subscribe(work, body)), 201


@api.get("/v1/webhooks", responses={200: WebhookList})
@allow("manager", "partner")
@reads
def list_webhooks(work: Work) -> WebhookList:
    """The caller's subscriptions, oldest first."""
    return WebhookList(webhooks=service.find_all(work))


@api.get("/v1/webhooks/<webhook_id>", responses={200: Webhook})
@allow("manager", "partner")
@reads
def show_webhook(work: Work, path: WebhookPath) -> Webhook:
    """One subscription."""
    return service.show(work, service.find(work, path.webhook_id))


@api.post("/v1/webhooks/<webhook_id>/secrets", responses={201: WebhookSecret})
@allow("manager", "partner")
@writes_without_key
def make_secret(work: Work, path: WebhookPath) -> tuple[WebhookSecret, int]:
    """A new secret, shown this once; the ones before it sign for another day."""
    return service.make_secret(work, path.webhook_id), 201


@api.post("/v1/webhooks/<webhook_id>/pause", responses={200: Webhook})
@allow("manager", "partner")
@writes
def pause_webhook(work: Work, path: WebhookPath) -> Webhook:
    """Send nothing for now; what happens is kept."""
    return service.show(work, service.pause(work, path.webhook_id))


@api.post("/v1/webhooks/<webhook_id>/resume", responses={200: Webhook})
@allow("manager", "partner")
@writes
def resume_webhook(work: Work, path: WebhookPath) -> Webhook:
    """Send again, and first what was kept; also where the service disabled it."""
    return service.show(work, service.resume(work, path.webhook_id))


@api.delete("/v1/webhooks/<webhook_id>", responses={200: WebhookDeleted})
@allow("manager", "partner")
@writes
def delete_webhook(work: Work, path: WebhookPath) -> WebhookDeleted:
    """End a subscription."""
    service.delete(work, path.webhook_id)
    return WebhookDeleted(webhook_id=path.webhook_id)


@api.post("/v1/webhooks/<webhook_id>/replay", responses={200: WebhookReplay})
@allow("manager", "partner")
@writes
def replay_since(work: Work, path: WebhookPath, body: WebhookReplayRequest) -> WebhookReplay:
    """Send again whatever happened since a moment."""
    return service.replay_since(work, path.webhook_id, body)


@api.get("/v1/webhooks/<webhook_id>/deliveries", responses={200: WebhookDeliveries})
@allow("manager", "partner")
@reads
def list_deliveries(work: Work, path: WebhookPath, query: DeliveryQuery) -> WebhookDeliveries:
    """What was and will be sent, newest first."""
    return service.list_deliveries(work, path.webhook_id, query.after, query.state)


@api.get("/v1/webhooks/<webhook_id>/deliveries/<delivery_id>", responses={200: WebhookDeliveryStory})
@allow("manager", "partner")
@reads
def show_delivery(work: Work, path: DeliveryPath) -> WebhookDeliveryStory:
    """One delivery with its text and every try."""
    return service.tell_story(work, path.webhook_id, path.delivery_id)


@api.post("/v1/webhooks/<webhook_id>/deliveries/<delivery_id>/replay", responses={200: WebhookDelivery})
@allow("manager", "partner")
@writes
def replay_delivery(work: Work, path: DeliveryPath) -> WebhookDelivery:
    """Send one delivery again, whatever became of it."""
    return service.replay(work, path.webhook_id, path.delivery_id)
