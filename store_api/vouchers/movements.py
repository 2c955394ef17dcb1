"""The ledger read for finance: every movement of every voucher, by time, a page at a time.

What it is for: a steady order (time, then identifier) and pages that begin where the last one ended, so that
a ledger of any length is read in little memory.
What it must not know: who reads, how it is written down, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.vouchers.models import LedgerEntry

PAGE = 1000


def read_pages(session: Session, start: dt.datetime, end: dt.datetime) -> Iterator[Sequence[LedgerEntry]]:
    """The movements from a moment until before another, in pages."""
    after: tuple[dt.datetime, str] | None = None
    while True:
        page = session.scalars(_page(start, end, after)).all()
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = (page[-1].at, page[-1].entry_id)
        session.expunge_all()


def _page(
    start: dt.datetime, end: dt.datetime, after: tuple[dt.datetime, str] | None
) -> sa.Select[LedgerEntry]:
    chosen = sa.select(LedgerEntry).where(LedgerEntry.at >= start, LedgerEntry.at < end)
    if after is not None:
        later = sa.and_(LedgerEntry.at == after[0], LedgerEntry.entry_id > after[1])
        chosen = chosen.where(LedgerEntry.at >= after[0], sa.or_(LedgerEntry.at > after[0], later))
    return chosen.order_by(LedgerEntry.at, LedgerEntry.entry_id).limit(PAGE)
