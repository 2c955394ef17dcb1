"""Tables of the webhooks: subscriptions, their secrets, what is to be delivered to them, and every try.

What they must not know: any other feature's tables; an event is named by its identifier.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class WebhookRow(NodeMixin, Base):
    """A subscription. `owner` is a partner, or the store whose managers share it.

    `state` is awaiting_secret, active, paused or disabled; a deleted one has `deleted_at`. `failing_since` is
    the first failure after the last success.
    """

    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_by_owner", "owner"),)

    webhook_id: Mapped[Id] = mapped_column(primary_key=True)
    owner: Mapped[Id]
    store_id: Mapped[Id | None]
    url: Mapped[str] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(String(200))
    event_types: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(20))
    disabled_why: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[dt.datetime]
    failing_since: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]


class WebhookSecretRow(NodeMixin, Base):
    """A secret, sealed under the service's keys; it signs until `expires_at`, or for as long as it stands."""

    __tablename__ = "webhook_secrets"
    __table_args__ = (Index("ix_webhook_secrets_by_webhook", "webhook_id"),)

    secret_id: Mapped[Id] = mapped_column(primary_key=True)
    webhook_id: Mapped[Id]
    sealed: Mapped[str] = mapped_column(Text)
    made_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime | None]


class DeliveryRow(NodeMixin, Base):
    """One event for one subscription: pending, delivered or failed.

    `tries` counts since it was begun or replayed, `tried` all of them. A deliverer that has taken it holds
    `lease_id` until `leased_until`; after that another may take it.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_due", "state", "next_at"),
        Index("ix_webhook_deliveries_by_webhook", "webhook_id", "delivery_id"),
        Index("ix_webhook_deliveries_by_event", "webhook_id", "event_id", unique=True),
        Index("ix_webhook_deliveries_under_way", "webhook_id", "leased_until"),
    )

    delivery_id: Mapped[Id] = mapped_column(primary_key=True)
    webhook_id: Mapped[Id]
    event_id: Mapped[Id]
    event_type: Mapped[str] = mapped_column(String(60))
    happened_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int]
    tried: Mapped[int]
    next_at: Mapped[dt.datetime]
    lease_id: Mapped[Id | None]
    leased_until: Mapped[dt.datetime | None]
    delivered_at: Mapped[dt.datetime | None]
    last_status: Mapped[int | None]
    last_fault: Mapped[str | None] = mapped_column(String(40))


class TryRow(NodeMixin, Base):
    """One try of a delivery: its answer's status and first characters, or the fault that left it without."""

    __tablename__ = "webhook_tries"

    delivery_id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[dt.datetime]
    milliseconds: Mapped[int]
    status: Mapped[int | None]
    fault: Mapped[str | None] = mapped_column(String(40))
    answer: Mapped[str] = mapped_column(String(300))
