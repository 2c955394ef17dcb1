"""Reading the log.

What it must not know: HTTP, what the entries mean.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.audit.models import LogEntryRow


def read_entries(session: Session, after: str | None, limit: int) -> Sequence[LogEntryRow]:
    """Entries after an entry's identifier, oldest first. Identifiers sort by time within a node."""
    query = sa.select(LogEntryRow).order_by(LogEntryRow.entry_id).limit(limit)
    if after is not None:
        query = query.where(LogEntryRow.entry_id > after)
    return session.scalars(query).all()
