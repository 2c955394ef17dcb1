"""The log's entry of whatever happens to an override.

What it must not know: why it happens, Flask.
"""

from __future__ import annotations

from collections.abc import Mapping

from store_api.audit import service as audit
from store_api.overrides.models import OverrideRow
from store_api.work import Work


def record(
    work: Work, action: str, row: OverrideRow, more: Mapping[str, object], note: str | None = None
) -> None:
    """Write an entry; `more` are details beside those of the request, the note is a commitment."""
    audit.record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=row.override_id,
        now=work.now,
        details={
            "visit": row.visit_id,
            "store": row.store_id,
            "policy": row.policy,
            "version": row.version,
            "terms": list(row.terms),
            "reason": row.reason,
            "terms_code": row.terms_code,
            "payload": row.digest,
            "amount_minor": row.amount_minor,
            "currency": row.currency,
            **more,
        },
        personal={"note": note} if note is not None else None,
    )
