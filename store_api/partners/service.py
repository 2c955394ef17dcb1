"""Partners: the carrier's other systems as callers, with a token that is shown once.

What it is for: who may subscribe to events and read reconciliations and the ledger without being a person.
What it must not know: what they ask for, HTTP.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.audit.service import record
from store_api.auth import Caller, hash_token, new_token
from store_api.errors import NotFound
from store_api.partners.models import PartnerRow
from store_api.stores.service import read_place
from store_api.work import Work

CALLER_KIND = "partner"


def add_partner(work: Work, name: str, store_id: str | None) -> tuple[str, str]:
    """Add a partner of one store, or of every store; its identifier and its token.

    Raises NotFound for an unknown store.
    """
    if store_id is not None:
        read_place(work.session, store_id)
    partner_id = work.new_id("par")
    token = new_token(CALLER_KIND, work.session.info["random_bytes"])
    work.session.add(
        PartnerRow(
            partner_id=partner_id,
            name=name,
            store_id=store_id,
            token_hash=hash_token(token),
            added_at=work.now,
        )
    )
    work.session.flush()
    _record(work, "partner.added", partner_id, {"name": name, "store_id": store_id})
    return partner_id, token


def revoke_partner(work: Work, partner_id: str) -> None:
    """End a partner's token at once. Raises NotFound."""
    partner = work.session.get(PartnerRow, partner_id)
    if partner is None:
        raise NotFound
    partner.revoked_at = partner.revoked_at or work.now
    _record(work, "partner.revoked", partner_id, {})


def find_caller(session: Session, token_hash: str, _now: datetime) -> Caller | None:
    """The partner of a token, unless it was revoked."""
    query = sa.select(PartnerRow).where(PartnerRow.token_hash == token_hash, PartnerRow.revoked_at.is_(None))
    partner = session.scalars(query).first()
    if partner is None:
        return None
    return Caller("partner", partner.partner_id, store_id=partner.store_id)


def _record(work: Work, action: str, partner_id: str, details: dict[str, str | None]) -> None:
    record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=partner_id,
        now=work.now,
        details=details,
    )
