"""Subscriptions: made, shown, paused, resumed, deleted, and given secrets.

What it is for: what an owner does with a subscription. A partner owns its own; the managers of a store share
the store's.
What it must not know: how anything is sent, Flask.
"""

from __future__ import annotations

import datetime as dt

from store_api.audit import service as audit
from store_api.contract import FieldError, Webhook, WebhookRequest, WebhookSecret
from store_api.errors import Conflict, Invalid, NotFound
from store_api.sealing import seal
from store_api.webhooks import store
from store_api.webhooks.addresses import BadAddress, read_target
from store_api.webhooks.models import WebhookRow, WebhookSecretRow
from store_api.webhooks.signing import SECRET_BYTES, show_secret
from store_api.work import Work

SECRET_PURPOSE = "webhook-secret"  # noqa: S105 - the name of a purpose
OVERLAP = dt.timedelta(hours=24)
"""How long the secrets before a new one still sign."""
MOST_WEBHOOKS = 20
MOST_SECRETS = 3


def subscribe(work: Work, body: WebhookRequest) -> WebhookRow:
    """Add a subscription of the caller's. Raises Invalid for its address, Conflict where there are many."""
    try:
        read_target(body.url, work.settings.webhook_private_addresses)
    except BadAddress as error:
        raise Invalid(errors=(FieldError(pointer="/url", detail=error.fault),)) from None
    if len(store.find_webhooks(work.session, owner_of(work))) >= MOST_WEBHOOKS:
        raise Conflict("webhook.too_many")
    row = WebhookRow(
        webhook_id=work.new_id("whk"),
        owner=owner_of(work),
        store_id=work.caller.store_id,
        url=body.url,
        description=body.description,
        event_types=list(body.event_types),
        state="awaiting_secret",
        disabled_why=None,
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _log(work, "webhook.added", row)
    return row


def owner_of(work: Work) -> str:
    """Whose subscriptions a caller sees: a partner's its own, a manager's those of the store."""
    return work.caller.subject_id if work.caller.role == "partner" else str(work.caller.store_id)


def find(work: Work, webhook_id: str) -> WebhookRow:
    """A subscription of the caller's. Raises NotFound."""
    row = store.find_webhook(work.session, owner_of(work), webhook_id)
    if row is None:
        raise NotFound
    return row


def find_all(work: Work) -> tuple[Webhook, ...]:
    """The caller's subscriptions, oldest first."""
    return tuple(show(work, row) for row in store.find_webhooks(work.session, owner_of(work)))


def make_secret(work: Work, webhook_id: str) -> WebhookSecret:
    """A new secret; the ones before it sign for a while longer, so that nothing is refused meanwhile."""
    row = _lock(work, webhook_id)
    until = work.now + OVERLAP
    before = store.find_secrets(work.session, row.webhook_id, work.now)
    for each in before:
        each.expires_at = min(each.expires_at or until, until)
    secret: bytes = work.session.info["random_bytes"](SECRET_BYTES)
    added = WebhookSecretRow(
        secret_id=work.new_id("whs"),
        webhook_id=row.webhook_id,
        sealed=seal(
            work.settings.keys, SECRET_PURPOSE, secret, row.webhook_id, work.session.info["random_bytes"]
        ),
        made_at=work.now,
        expires_at=None,
    )
    work.session.add(added)
    work.session.flush()
    kept = [added.secret_id, *(each.secret_id for each in before[: MOST_SECRETS - 1])]
    store.delete_secrets(work.session, row.webhook_id, kept)
    row.state = "active" if row.state == "awaiting_secret" else row.state
    _log(work, "webhook.secret_made", row)
    return WebhookSecret(
        webhook_id=row.webhook_id, secret=show_secret(secret), others_until=until if before else None
    )


def pause(work: Work, webhook_id: str) -> WebhookRow:
    """Send nothing for now; what happens is kept. Raises Conflict for one that is not active."""
    row = _lock(work, webhook_id)
    if row.state not in ("active", "paused"):
        raise Conflict("webhook.not_active")
    if row.state == "active":
        row.state = "paused"
        _log(work, "webhook.paused", row)
    return row


def resume(work: Work, webhook_id: str) -> WebhookRow:
    """Send again, and first what was kept. Raises Conflict for one that has no secret yet."""
    row = _lock(work, webhook_id)
    if row.state == "awaiting_secret":
        raise Conflict("webhook.without_secret")
    if row.state != "active":
        row.state, row.disabled_why, row.failing_since = "active", None, None
        _log(work, "webhook.resumed", row)
    return row


def delete(work: Work, webhook_id: str) -> None:
    """End a subscription; its secrets and what was to be delivered go with it."""
    row = _lock(work, webhook_id)
    row.deleted_at = work.now
    store.delete_secrets(work.session, row.webhook_id)
    store.delete_deliveries(work.session, row.webhook_id)
    _log(work, "webhook.deleted", row)


def show(work: Work, row: WebhookRow) -> Webhook:
    """The subscription as the wire has it."""
    return Webhook(
        webhook_id=row.webhook_id,
        url=row.url,
        event_types=tuple(row.event_types),
        description=row.description,
        store_id=row.store_id,
        state=row.state,  # type: ignore[arg-type]  # the model checks it
        disabled_why=row.disabled_why,  # type: ignore[arg-type]  # the model checks it
        created_at=row.created_at,
        failing_since=row.failing_since,
        waiting=store.count_waiting(work.session, row.webhook_id),
    )


def _lock(work: Work, webhook_id: str) -> WebhookRow:
    find(work, webhook_id)
    row = store.lock_webhook(work.session, webhook_id)
    if row is None:
        raise NotFound
    return row


def _log(work: Work, action: str, row: WebhookRow) -> None:
    audit.record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=row.webhook_id,
        now=work.now,
        details={"event_types": row.event_types, "store_id": row.store_id},
    )
