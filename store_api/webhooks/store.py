"""Reading and writing subscriptions, secrets, deliveries and tries.

What it must not know: HTTP, Flask, signatures, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from store_api.webhooks.models import DeliveryRow, TryRow, WebhookRow, WebhookSecretRow

UNDER_WAY = 4
"""Most deliveries of one subscription that are under way at once: one that hangs takes no more than these."""


def find_webhook(session: Session, owner: str, webhook_id: str) -> WebhookRow | None:
    """A subscription of an owner, locked until this transaction ends where it may write."""
    chosen = sa.select(WebhookRow).where(
        WebhookRow.webhook_id == webhook_id, WebhookRow.owner == owner, WebhookRow.deleted_at.is_(None)
    )
    return session.scalars(chosen).one_or_none()


def find_webhooks(session: Session, owner: str) -> Sequence[WebhookRow]:
    """The subscriptions of an owner, oldest first."""
    chosen = sa.select(WebhookRow).where(WebhookRow.owner == owner, WebhookRow.deleted_at.is_(None))
    return session.scalars(chosen.order_by(WebhookRow.webhook_id)).all()


def find_listening(session: Session) -> Sequence[WebhookRow]:
    """Every subscription for which events are kept."""
    return session.scalars(sa.select(WebhookRow).where(WebhookRow.deleted_at.is_(None))).all()


def lock_webhook(session: Session, webhook_id: str) -> WebhookRow | None:
    """A subscription that was not deleted, locked until this transaction ends."""
    chosen = sa.select(WebhookRow).where(WebhookRow.webhook_id == webhook_id, WebhookRow.deleted_at.is_(None))
    return session.scalars(chosen.with_for_update().execution_options(populate_existing=True)).one_or_none()


def find_secrets(session: Session, webhook_id: str, now: dt.datetime) -> Sequence[WebhookSecretRow]:
    """The secrets that sign now, newest first."""
    chosen = sa.select(WebhookSecretRow).where(
        WebhookSecretRow.webhook_id == webhook_id,
        sa.or_(WebhookSecretRow.expires_at.is_(None), WebhookSecretRow.expires_at > now),
    )
    return session.scalars(chosen.order_by(WebhookSecretRow.secret_id.desc())).all()


def delete_secrets(session: Session, webhook_id: str, but: Sequence[str] = ()) -> None:
    """Delete a subscription's secrets, but for some."""
    session.execute(
        sa.delete(WebhookSecretRow).where(
            WebhookSecretRow.webhook_id == webhook_id, WebhookSecretRow.secret_id.not_in(but)
        )
    )


def delete_deliveries(session: Session, webhook_id: str) -> None:
    """Delete everything that was or would be delivered to a subscription."""
    own = sa.select(DeliveryRow.delivery_id).where(DeliveryRow.webhook_id == webhook_id)
    session.execute(sa.delete(TryRow).where(TryRow.delivery_id.in_(own)))
    session.execute(sa.delete(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id))


def delete_deliveries_before(session: Session, moment: dt.datetime) -> None:
    """Delete the deliveries, with their tries, of events before a moment."""
    old = sa.select(DeliveryRow.delivery_id).where(DeliveryRow.happened_at < moment)
    session.execute(sa.delete(TryRow).where(TryRow.delivery_id.in_(old)))
    session.execute(sa.delete(DeliveryRow).where(DeliveryRow.happened_at < moment))


def count_waiting(session: Session, webhook_id: str) -> int:
    """How many deliveries of a subscription are still to be made."""
    waiting = sa.select(sa.func.count()).where(
        DeliveryRow.webhook_id == webhook_id, DeliveryRow.state == "pending"
    )
    return int(session.scalar(waiting) or 0)


def find_delivery(session: Session, webhook_id: str, delivery_id: str) -> DeliveryRow | None:
    """A delivery of a subscription."""
    found = session.get(DeliveryRow, delivery_id)
    return found if found is not None and found.webhook_id == webhook_id else None


def lock_delivery(session: Session, delivery_id: str) -> DeliveryRow | None:
    """A delivery, locked until this transaction ends."""
    chosen = sa.select(DeliveryRow).where(DeliveryRow.delivery_id == delivery_id)
    return session.scalars(chosen.with_for_update().execution_options(populate_existing=True)).one_or_none()


def find_deliveries(
    session: Session, webhook_id: str, before: str | None, state: str | None, limit: int
) -> Sequence[DeliveryRow]:
    """A subscription's deliveries, newest first, older than a cursor."""
    chosen = sa.select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id)
    if before is not None:
        chosen = chosen.where(DeliveryRow.delivery_id < before)
    if state is not None:
        chosen = chosen.where(DeliveryRow.state == state)
    return session.scalars(chosen.order_by(DeliveryRow.delivery_id.desc()).limit(limit)).all()


def find_tries(session: Session, delivery_id: str) -> Sequence[TryRow]:
    """The tries of a delivery, in their order."""
    chosen = sa.select(TryRow).where(TryRow.delivery_id == delivery_id)
    return session.scalars(chosen.order_by(TryRow.number)).all()


def has_due(session: Session, now: dt.datetime) -> bool:
    """Whether there is a delivery to be made now."""
    return session.scalars(_due(now).limit(1)).first() is not None


def take_due(session: Session, now: dt.datetime, limit: int) -> Sequence[DeliveryRow]:
    """Deliveries to be made now, locked; what another transaction has locked is passed over.

    Each subscription gives no more of them than it may have under way.
    """
    rows = session.scalars(_due(now).limit(limit).with_for_update(skip_locked=True, of=DeliveryRow)).all()
    taken: dict[str, int] = {}
    chosen = []
    for row in rows:
        running = taken.setdefault(row.webhook_id, _under_way(session, row.webhook_id, now))
        if running < UNDER_WAY:
            taken[row.webhook_id] = running + 1
            chosen.append(row)
    return chosen


def reset_since(session: Session, webhook_id: str, since: dt.datetime, now: dt.datetime) -> int:
    """Make every settled delivery of events since a moment due again; how many there were."""
    again = (
        sa.update(DeliveryRow)
        .where(
            DeliveryRow.webhook_id == webhook_id,
            DeliveryRow.happened_at >= since,
            DeliveryRow.state != "pending",
        )
        .values(state="pending", tries=0, next_at=now, delivered_at=None)
    )
    done = session.execute(again, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]


def _due(now: dt.datetime) -> sa.Select[DeliveryRow]:
    other = aliased(DeliveryRow)
    running = (
        sa.select(sa.func.count())
        .where(other.webhook_id == DeliveryRow.webhook_id, other.leased_until > now)
        .correlate(DeliveryRow)
        .scalar_subquery()
    )
    return (
        sa.select(DeliveryRow)
        .join(WebhookRow, WebhookRow.webhook_id == DeliveryRow.webhook_id)
        .where(
            DeliveryRow.state == "pending",
            DeliveryRow.next_at <= now,
            sa.or_(DeliveryRow.leased_until.is_(None), DeliveryRow.leased_until <= now),
            WebhookRow.state == "active",
            WebhookRow.deleted_at.is_(None),
            running < UNDER_WAY,
        )
        .order_by(DeliveryRow.next_at, DeliveryRow.delivery_id)
    )


def _under_way(session: Session, webhook_id: str, now: dt.datetime) -> int:
    running = sa.select(sa.func.count()).where(
        DeliveryRow.webhook_id == webhook_id, DeliveryRow.leased_until > now
    )
    return int(session.scalar(running) or 0)
