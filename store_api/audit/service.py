"""Writing the log: one entry for whatever must be answered for later.

What it is for: an entry in the transaction of what it tells, with salted commitments in place of personal
fields, which stand in a table of their own and can be erased without breaking a proof.
What it must not know: the features whose actions it records.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from store_api.audit import store
from store_api.audit.models import LogEntryRow, LogPersonalField
from store_api.contract import LogEntry, LogPage
from store_api.db import make_id
from store_api.rows import add_row

PAGE = 100
"""Entries in one page of the log."""
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
    """
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
    return entry_id


def read_page(session: Session, after: str | None) -> LogPage:
    """A page of the log, oldest first, after a cursor (the identifier of the last entry seen)."""
    rows = store.read_entries(session, after, PAGE + 1)
    entries = tuple(_entry(row) for row in rows[:PAGE])
    return LogPage(entries=entries, next=entries[-1].entry_id if len(rows) > PAGE else None)


def commitment(name: str, value: str, salt: str) -> str:
    """The salted digest of a personal field: SHA-256 over the JSON array [salt, name, value]."""
    opened = json.dumps([salt, name, value], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(opened.encode()).hexdigest()


def _salt(session: Session) -> str:
    salt: bytes = session.info["random_bytes"](SALT_BYTES)
    return salt.hex()


def _entry(row: LogEntryRow) -> LogEntry:
    return LogEntry(
        entry_id=row.entry_id,
        node_id=row.node_id,
        at=row.at,
        action=row.action,
        actor=row.actor,
        subject=row.subject,
        details={**row.details, "commitments": row.commitments},
    )
