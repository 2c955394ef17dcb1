"""Webhooks on the wire: who is told what, under which secret, and what became of every delivery."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from store_api.contract.basis import Identifier, ShortText, Wire

WebhookEventType = Literal[
    "campaign.ended",
    "campaign.paused",
    "campaign.resumed",
    "consent.given",
    "consent.withdrawn",
    "decision.made",
    "hold.extended",
    "order.captured",
    "override.approved",
    "override.asked",
    "override.declined",
    "override.disowned",
    "override.withdrawn",
    "owner.approved",
    "owner.asked",
    "owner.declined",
    "owner.notified",
    "owner.withdrawn",
    "policy.published",
    "redemption.voided",
    "refusal.answered",
    "refusal.explained",
    "refusal.noted",
    "visit.closed",
    "voucher.held",
    "voucher.issued",
    "voucher.redeemed",
    "voucher.released",
    "voucher.voided",
]

WebhookUrl = Annotated[
    str,
    StringConstraints(max_length=500, pattern=r"^https?://[A-Za-z0-9._~:\[\]-]+(/[!-\"$-~]*)?$"),
]
"""An address without a user's name and without a fragment."""


def _without_repeats(types: tuple[WebhookEventType, ...]) -> tuple[WebhookEventType, ...]:
    return tuple(sorted(set(types)))


EventTypes = Annotated[
    tuple[WebhookEventType, ...], Field(min_length=1, max_length=40), AfterValidator(_without_repeats)
]


class WebhookRequest(Wire):
    """Ask to be told of events at an address. Nothing is sent before a secret was asked for."""

    url: WebhookUrl
    event_types: EventTypes
    description: ShortText = ""


class Webhook(Wire):
    """A subscription. `store_id` is null where it hears every store.

    `state` is awaiting_secret until the first secret was asked for; disabled (by the service, `disabled_why`
    says why) and paused (by its owner) keep what happens for later.
    """

    webhook_id: Identifier
    url: str
    event_types: tuple[WebhookEventType, ...]
    description: str
    store_id: Identifier | None
    state: Literal["awaiting_secret", "active", "paused", "disabled"]
    disabled_why: Literal["failing", "gone"] | None
    created_at: dt.datetime
    failing_since: dt.datetime | None
    waiting: int


class WebhookList(Wire):
    """The caller's subscriptions, oldest first."""

    webhooks: tuple[Webhook, ...]


class WebhookSecret(Wire):
    """A new secret, shown this once. The ones before it sign too until `others_until`."""

    webhook_id: Identifier
    secret: str
    others_until: dt.datetime | None


class WebhookTry(Wire):
    """One try: the answer's status and first bytes, or why there was no answer."""

    number: int
    started_at: dt.datetime
    milliseconds: int
    status: int | None
    fault: str | None
    answer: str


class WebhookDelivery(Wire):
    """One event for one subscription. `webhook_id` of the messages is `event_id`, at every try."""

    delivery_id: Identifier
    event_id: Identifier
    event_type: WebhookEventType
    happened_at: dt.datetime
    state: Literal["pending", "delivered", "failed"]
    tried: int
    next_try_at: dt.datetime | None
    delivered_at: dt.datetime | None
    last_status: int | None
    last_fault: str | None


class WebhookDeliveries(Wire):
    """A page of a subscription's deliveries, newest first; `next` is the cursor of the page after it."""

    deliveries: tuple[WebhookDelivery, ...]
    next: Identifier | None


class WebhookDeliveryStory(Wire):
    """A delivery with the exact text that is sent and every try so far."""

    delivery: WebhookDelivery
    body: str
    tries: tuple[WebhookTry, ...]


class WebhookReplayRequest(Wire):
    """Send again whatever happened since a moment, whether it was delivered or given up."""

    since: Annotated[AwareDatetime, Field(ge=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))]


class WebhookReplay(Wire):
    """How many deliveries will be sent again."""

    deliveries: int


class WebhookDeleted(Wire):
    """A subscription that is no more; nothing of it is sent from now on."""

    webhook_id: Identifier
