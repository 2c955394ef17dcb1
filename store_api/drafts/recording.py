"""Writing down what happens to a draft: its text with who wrote it, a check's result, the log.

What it must not know: HTTP, what a check means.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.contract import DraftCheck
from store_api.drafts import store
from store_api.drafts.models import DraftCheckRow, DraftRow, DraftTextRow
from store_api.drafts.standing import text_digest
from store_api.errors import Conflict, NotFound
from store_api.policy.model import PolicyVersion
from store_api.work import Work


def write_text(work: Work, row: DraftRow, text: str) -> None:
    """Give a draft its text, and note who wrote it."""
    row.text, row.text_digest = text, text_digest(text)
    work.session.flush()
    work.session.add(
        DraftTextRow(
            draft_id=row.draft_id,
            revision=row.revision,
            staff_id=work.caller.subject_id,
            text_digest=row.text_digest,
            at=work.now,
        )
    )
    work.session.flush()


def note_name(row: DraftRow, version: PolicyVersion | None) -> None:
    """Note which version a text names; an unreadable one leaves the name before."""
    if version is not None:
        row.policy, row.version = version.policy, version.version


def lock_open(work: Work, draft_id: str, revision: int | None) -> DraftRow:
    """An open draft, locked, as it was read. Raises NotFound, Conflict."""
    row = store.lock_draft(work.session, draft_id)
    if row is None:
        raise NotFound
    refuse_changed(row, revision)
    return row


def refuse_changed(row: DraftRow, revision: int | None) -> None:
    """Raise Conflict where a draft is closed, or was changed since it was read."""
    if row.state != "draft":
        raise Conflict("draft.closed")
    if revision is not None and row.revision != revision:
        raise Conflict("draft.changed")


def put_check(session: Session, draft_id: str, made: DraftCheck, basis: str, now: datetime) -> None:
    """Keep a check's result in place of the one before."""
    row = DraftCheckRow(
        draft_id=draft_id,
        kind=made.kind,
        state=made.state,
        basis=basis,
        result=made.model_dump_json(),
        made_at=now,
    )
    store.put_check(session, row)


def record(work: Work, action: str, row: DraftRow, details: Mapping[str, Any]) -> None:
    """Append an entry on a draft, with the digest of its text."""
    audit.record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=row.draft_id,
        now=work.now,
        details={"text_digest": row.text_digest, **details},
    )
