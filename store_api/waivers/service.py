"""Waivers: what a decision reads of an override, and nothing else of it.

What it is for: terms that count as met once, for one subject on one order exactly as it stood when somebody
agreed. A waiver names terms; it cannot add one, nor change what a term asks. It ends by itself, when it is
used, when it is stopped, and when the order is another one.
What it must not know: who asked, who agreed, how a decision is made, Flask.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store_api.contract import Words
from store_api.waivers import store
from store_api.waivers.models import WaiverRow
from store_api.waivers.reasons import REASONS

__all__ = ["REASONS", "Limit", "Waiver", "WaiverRow", "end_used", "find", "give", "standing", "stop"]


@dataclass(frozen=True)
class Limit:
    """The most that a waiver may release, in minor units of a currency."""

    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Waiver:
    """Terms that count as met, as a decision reads them; `role` and `reason` are for the sheet."""

    waiver_id: str
    version: int
    terms: tuple[str, ...]
    role: str
    reason: str
    limit: Limit | None

    @property
    def reason_words(self) -> Words:
        """Why, in words for the customer."""
        return REASONS[self.reason]


def give(session: Session, row: WaiverRow) -> None:
    """Keep a waiver that was agreed to."""
    session.add(row)
    session.flush()


def find(session: Session, account_id: str, waiver_id: str) -> WaiverRow | None:
    """A waiver by its whole key, as the database has it now."""
    return store.find(session, account_id, waiver_id)


def standing(
    session: Session, account_id: str, order_id: str, subject_key: str, order_digest: str, now: dt.datetime
) -> Waiver | None:
    """The newest waiver that holds now for a subject on an order with this digest, or None."""
    row = store.find_standing(session, account_id, order_id, subject_key, order_digest, now)
    return None if row is None else _read(row)


def end_used(session: Session, account_id: str, waiver_id: str, now: dt.datetime) -> None:
    """Its benefit was used: it holds no longer."""
    store.end(session, account_id, waiver_id, "used_at", now)


def stop(session: Session, account_id: str, waiver_id: str, now: dt.datetime) -> bool:
    """End a waiver before it is used; False where it was used or stopped already."""
    return store.end(session, account_id, waiver_id, "stopped_at", now)


def _read(row: WaiverRow) -> Waiver:
    limit = None
    if row.limit_minor is not None and row.currency is not None:
        limit = Limit(row.limit_minor, row.currency)
    return Waiver(row.waiver_id, row.version, tuple(row.terms), row.role, row.reason, limit)
