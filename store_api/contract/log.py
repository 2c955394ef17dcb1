"""The append-only log on the wire."""

from __future__ import annotations

import datetime as dt
from typing import Any

from store_api.contract.basis import Identifier, Wire


class LogEntry(Wire):
    """One entry of the append-only log. `subject` is an opaque identifier, never a person's data."""

    entry_id: Identifier
    node_id: str
    at: dt.datetime
    action: str
    actor: str
    subject: str
    details: dict[str, Any]


class LogPage(Wire):
    """A page of the log, oldest first; `next` is the cursor of the following page."""

    entries: tuple[LogEntry, ...]
    next: str | None
