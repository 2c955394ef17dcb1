"""The outbox: what happened, written in the transaction in which it happened, to be told outside afterwards.

What it is for: every entry of the log whose action is an event type becomes a row with the exact bytes that
are sent later. It commits with what it tells or not at all, so nothing is announced that did not happen and
nothing that happened is left out. Events carry opaque identifiers, codes and amounts, nothing of a person.
What it must not know: who is told (webhooks, billing), HTTP, any feature's tables.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from store_api.db import Base, Database, Id, NodeMixin, make_id
from store_api.money import to_money
from store_api.prepared import Prepared

KEPT = dt.timedelta(days=30)
"""How long an event is kept after it was handed on; until then it can be replayed."""
PAGE = 200
"""Most events that are handed on in one transaction."""


@dataclass(frozen=True)
class EventType:
    """A kind of event: the version of its data, the name of its subject there, and its further fields.

    `fields` are pairs of the detail's name in the log and its name in the event.
    """

    version: int
    subject: str
    fields: Mapping[str, str]
    is_public: bool = False


_ORDER = {"order": "order_id", "terms_code": "terms_code"}
_ASK = {"account": "account_id", "visit": "visit_id", "terms_code": "terms_code"}
_CONSENT = {"visit": "visit_id"}

_OVERRIDE = EventType(
    1,
    "override_id",
    {
        "visit": "visit_id",
        "store": "store_id",
        "policy": "policy",
        "version": "version",
        "terms": "terms",
        "reason": "reason",
        "terms_code": "terms_code",
    },
)
_REFUSAL = EventType(
    1,
    "refusal_id",
    {
        "visit": "visit_id",
        "store": "store_id",
        "policy": "policy",
        "version": "version",
        "terms_code": "terms_code",
        "reason": "reason",
        "word": "word",
    },
)
_CAMPAIGN = EventType(1, "campaign_id", {"policy": "policy"}, is_public=True)

EVENT_TYPES: Mapping[str, EventType] = {
    "campaign.ended": _CAMPAIGN,
    "campaign.paused": _CAMPAIGN,
    "campaign.resumed": _CAMPAIGN,
    "consent.given": EventType(1, "consent_id", _CONSENT),
    "consent.withdrawn": EventType(1, "consent_id", _CONSENT),
    "decision.made": EventType(
        1,
        "decision_id",
        {name: name for name in ("terms_code", "outcome", "codes", "policy", "version")},
    ),
    "hold.extended": EventType(
        1, "voucher_id", {"hold": "hold_id", "order": "order_id", "until": "expires_at"}
    ),
    "order.captured": EventType(
        1, "order_id", {"till_reference": "till_reference", "redemptions": "redemption_ids"}
    ),
    "override.approved": _OVERRIDE,
    "override.asked": _OVERRIDE,
    "override.declined": _OVERRIDE,
    "override.disowned": _OVERRIDE,
    "override.withdrawn": _OVERRIDE,
    "owner.approved": EventType(1, "ask_id", _ASK),
    "owner.asked": EventType(1, "ask_id", _ASK),
    "owner.declined": EventType(1, "ask_id", _ASK),
    "owner.notified": EventType(
        1, "notice_id", {"account": "account_id", "kind": "kind", "redemption": "redemption_id"}
    ),
    "owner.withdrawn": EventType(1, "ask_id", _ASK),
    "policy.published": EventType(
        1, "policy", {name: name for name in ("version", "digest", "effective_from")}, is_public=True
    ),
    "redemption.voided": EventType(
        1, "voucher_id", {"redemption": "redemption_id", "reason": "reason", "became": "became"}
    ),
    "refusal.answered": _REFUSAL,
    "refusal.explained": _REFUSAL,
    "refusal.noted": _REFUSAL,
    "visit.closed": EventType(1, "visit_id", {"outcome": "outcome"}),
    "voucher.held": EventType(1, "voucher_id", {"hold": "hold_id", **_ORDER}),
    "voucher.issued": EventType(1, "voucher_id", {"policy": "policy", "ends_on": "ends_on"}),
    "voucher.redeemed": EventType(
        1, "voucher_id", {"redemption": "redemption_id", "use_number": "use_number", **_ORDER}
    ),
    "voucher.released": EventType(1, "voucher_id", {"hold": "hold_id", "order": "order_id"}),
    "voucher.voided": EventType(1, "voucher_id", {"policy": "policy", "reason": "reason"}),
}
"""Every event type, by its name; docs/webhooks.md describes them for those who receive them."""


class OutboxEvent(NodeMixin, Base):
    """One event. `body` is what is sent, byte for byte, at every try; `told_at` is when it was handed on."""

    __tablename__ = "outbox_events"
    __table_args__ = (sa.Index("ix_outbox_events_untold", "told_at", "event_id"),)

    event_id: Mapped[Id] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(80))
    store_id: Mapped[Id | None]
    at: Mapped[dt.datetime]
    body: Mapped[str] = mapped_column(sa.Text)
    told_at: Mapped[dt.datetime | None]


_INSERT = sa.insert(OutboxEvent.__table__)  # type: ignore[arg-type]  # a table, as declared
_INSERT_ONE = Prepared(_INSERT)

Follower = Callable[[Session, Sequence[OutboxEvent], dt.datetime], None]
"""Takes events over, in the transaction that marks them as told: (session, events, now)."""


def publish(
    session: Session, action: str, subject: str, details: Mapping[str, Any], now: dt.datetime
) -> str | None:
    """Write an event where the action is an event type; its identifier, else None.

    The store is that of the caller whose transaction this is; none for whoever acts without a store.
    """
    kind = EVENT_TYPES.get(action)
    if kind is None:
        return None
    row = _row(session, action, kind, subject, details, now)
    _INSERT_ONE.count(session, row)
    session.info["published"] = True
    return str(row["event_id"])


def publish_many(
    session: Session, action: str, told: Sequence[tuple[str, Mapping[str, Any]]], now: dt.datetime
) -> None:
    """Write an event of one type for each of many subjects with its details, in one statement."""
    kind = EVENT_TYPES[action]
    rows = [_row(session, action, kind, subject, details, now) for subject, details in told]
    if rows:
        session.connection().execute(_INSERT, rows)
        session.info["published"] = True


def hand_on(database: Database, followers: Sequence[Follower], now: dt.datetime) -> int:
    """Hand the oldest events that nobody was told of to every follower; how many there were.

    Several processes may do so at once: an event goes to one of them.
    """
    with database.reading() as session:
        if session.scalars(_untold().limit(1)).first() is None:
            return 0
    with database.transaction() as session:
        rows = session.scalars(_untold().limit(PAGE).with_for_update(skip_locked=True)).all()
        for follower in followers:
            follower(session, rows, now)
        names = [row.event_id for row in rows]
        told = sa.update(OutboxEvent).where(OutboxEvent.event_id.in_(names)).values(told_at=now)
        session.execute(told, execution_options={"synchronize_session": False})
        return len(rows)


def forget_old(database: Database, now: dt.datetime) -> int:
    """Delete the events that were handed on longer ago than they are kept; how many."""
    with database.transaction() as session:
        old = sa.delete(OutboxEvent).where(OutboxEvent.told_at < now - KEPT)
        return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def find_event(session: Session, event_id: str) -> OutboxEvent | None:
    """An event by its identifier, for as long as it is kept."""
    return session.get(OutboxEvent, event_id)


def concerns(event: OutboxEvent, store_id: str | None) -> bool:
    """Whether an event is one of a store (None: of every store), or of everybody."""
    return store_id is None or event.store_id == store_id or EVENT_TYPES[event.type].is_public


def _untold() -> sa.Select[OutboxEvent]:
    return sa.select(OutboxEvent).where(OutboxEvent.told_at.is_(None)).order_by(OutboxEvent.event_id)


def _row(
    session: Session,
    action: str,
    kind: EventType,
    subject: str,
    details: Mapping[str, Any],
    now: dt.datetime,
) -> dict[str, Any]:
    store_id = session.info.get("store_id")
    return {
        "event_id": make_id(session, "evt", now),
        "type": action,
        "subject": subject,
        "store_id": store_id,
        "at": now,
        "body": _body(action, kind, subject, store_id, details, now),
        "told_at": None,
        "node_id": session.info["node_id"],
    }


def _body(
    action: str,
    kind: EventType,
    subject: str,
    store_id: str | None,
    details: Mapping[str, Any],
    now: dt.datetime,
) -> str:
    data: dict[str, Any] = {kind.subject: subject, "store_id": store_id}
    data.update({name: details[detail] for detail, name in kind.fields.items() if detail in details})
    if "amount_minor" in details:
        amount = to_money(details["amount_minor"], details.get("currency"))
        data["amount"] = None if amount is None else amount.model_dump(mode="json")
    told = {
        "type": action,
        "version": kind.version,
        "timestamp": now.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
