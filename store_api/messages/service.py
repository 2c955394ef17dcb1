"""Messages to a line: queued in the transaction that wants them, sent outside of any.

What it is for: a message and its reason commit together; it is handed over under a lease until it is taken or
has lost its use, and nothing of it is kept afterwards.
What it must not know: what a message is for, which message centre it is, Flask.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.db import Database, make_id
from store_api.keys import KeyRing
from store_api.messages.models import MessageRow
from store_api.messages.ports import Message, MessageFailed, Sender
from store_api.messages.senders import ConsoleSender, HttpSender, open_sender
from store_api.sealing import CannotOpen, seal, unseal
from store_api.work import Work

__all__ = [
    "ConsoleSender", "HttpSender", "Message", "MessageFailed", "NewMessage", "Sender", "Waiting",
    "open_sender", "queue", "step", "waiting",
]  # fmt: skip

PURPOSE = "message"
LEASE = dt.timedelta(minutes=1)
FIRST_WAIT = dt.timedelta(seconds=2)
LONGEST_WAIT = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class NewMessage:
    """A message to be sent. `is_real` is false where nobody has the number; see models.py."""

    kind: str
    to: str
    language: str
    text: str
    give_up_at: dt.datetime
    is_real: bool = True


@dataclass(frozen=True)
class Waiting:
    """How many messages wait, and the last fault of any of them."""

    count: int
    last_fault: str | None


def queue(work: Work, new: NewMessage) -> str:
    """Queue a message in this transaction; its identifier."""
    message_id = work.new_id("msg")
    told = json.dumps({"to": new.to, "language": new.language, "text": new.text}).encode()
    random_bytes = work.session.info["random_bytes"]
    row = MessageRow(
        message_id=message_id,
        kind=new.kind,
        sealed=seal(work.settings.keys, PURPOSE, told, message_id, random_bytes),
        is_real=new.is_real,
        tries=0,
        next_at=work.now,
        give_up_at=new.give_up_at,
    )
    work.session.add(row)
    work.session.flush()
    return message_id


def step(database: Database, keys: KeyRing, sender: Sender, now: dt.datetime, most: int = 20) -> int:
    """Send what is due; how many messages were looked at."""
    with database.reading() as session:
        if session.scalars(_due(now).limit(1)).first() is None:
            return 0
    done = 0
    while done < most:
        with database.transaction() as session:
            taken = _take(session, keys, now)
        if taken is None:
            break
        done += 1
        _send(database, sender, taken, now)
    return done


def waiting(session: Session) -> Waiting:
    """What waits to be sent."""
    counted = session.scalar(sa.select(sa.func.count()).select_from(MessageRow)) or 0
    faults = sa.select(MessageRow.last_fault).where(MessageRow.last_fault.is_not(None))
    return Waiting(counted, session.scalars(faults.order_by(MessageRow.next_at.desc()).limit(1)).first())


@dataclass(frozen=True)
class _Taken:
    """A message under a lease; `message` is null where there is nothing to hand over."""

    message_id: str
    lease_id: str
    message: Message | None


def _due(now: dt.datetime) -> sa.Select[MessageRow]:
    is_free = sa.or_(MessageRow.leased_until.is_(None), MessageRow.leased_until <= now)
    chosen = sa.select(MessageRow).where(MessageRow.next_at <= now, is_free)
    return chosen.order_by(MessageRow.next_at, MessageRow.message_id)


def _take(session: Session, keys: KeyRing, now: dt.datetime) -> _Taken | None:
    row = session.scalars(_due(now).limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.lease_id, row.leased_until = make_id(session, "lea", now), now + LEASE
    session.flush()
    has_use = row.is_real and row.give_up_at > now
    return _Taken(row.message_id, str(row.lease_id), _open(row, keys) if has_use else None)


def _open(row: MessageRow, keys: KeyRing) -> Message | None:
    try:
        told = json.loads(unseal(keys, PURPOSE, row.sealed, row.message_id))
    except CannotOpen:
        return None
    return Message(row.message_id, row.kind, told["to"], told["language"], told["text"])


def _send(database: Database, sender: Sender, taken: _Taken, now: dt.datetime) -> None:
    """Hand a message over outside of any transaction, then forget it, or note the fault, in one."""
    fault: str | None = None
    if taken.message is not None:
        try:
            sender.send(taken.message)
        except MessageFailed as error:
            fault = str(error)[:80]
    with database.transaction() as session:
        _settle(session, taken, fault, now)


def _settle(session: Session, taken: _Taken, fault: str | None, now: dt.datetime) -> None:
    row = session.get(MessageRow, taken.message_id, with_for_update=True)
    if row is None or row.lease_id != taken.lease_id:
        return
    if fault is None:
        session.delete(row)
        return
    row.tries += 1
    row.last_fault, row.lease_id, row.leased_until = fault, None, None
    row.next_at = now + min(FIRST_WAIT * float(2 ** min(row.tries, 8)), LONGEST_WAIT)
