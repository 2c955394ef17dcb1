"""Writing the log: one entry for whatever must be answered for later.

What it is for: an entry in the transaction of what it tells, with salted commitments in place of personal
fields, which stand in a table of their own and can be erased without breaking a proof. An entry whose
action is an event type is also told outside, from the same transaction.
What it must not know: the features whose actions it records.

`sequencing.py` gives entries their place in the tree, `reading.py` reads and proves, `verifying.py` checks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from store_api import outbox
from store_api.audit import store
from store_api.audit.leaves import commitment, refuse_fractions
from store_api.audit.models import LogEntryRow, LogPersonalField
from store_api.db import make_id
from store_api.rows import add_row

SALT_BYTES = 16
"""128 bits: a commitment to a field of few possible values cannot be opened by trying them all."""


def record(
    session: Session,
    *,
    action: str,
    actor: str,
    subject: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
) -> str:
    """Append an entry; its identifier. `action` is listed in docs/log.md (`subject.verb_past`).

    `details` are plain JSON values without personal data; `personal` fields go in as commitments.
    Raises ValueError for a number with a fraction.
    """
    refuse_fractions(details)
    entry_id = make_id(session, "log", now)
    fields = [
        LogPersonalField(entry_id=entry_id, name=name, value=value, salt=_salt(session))
        for name, value in (personal or {}).items()
    ]
    add_row(
        session,
        LogEntryRow,
        entry_id=entry_id,
        at=now,
        action=action,
        actor=actor,
        subject=subject,
        details=dict(details or {}),
        commitments={field.name: commitment(field.name, field.value, field.salt) for field in fields},
    )
    for field in fields:
        kept = {"entry_id": entry_id, "name": field.name, "value": field.value, "salt": field.salt}
        add_row(session, LogPersonalField, **kept)
    outbox.publish(session, action, subject, details or {}, now)
    return entry_id


def has_acted(session: Session, actor: str, subjects: Collection[str]) -> bool:
    """Whether somebody has done anything that the log tells of one of these subjects."""
    return store.has_acted(session, actor, subjects)


def _salt(session: Session) -> str:
    salt: bytes = session.info["random_bytes"](SALT_BYTES)
    return salt.hex()
