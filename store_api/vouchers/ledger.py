"""The ledger of the vouchers: what is added to it, and what it says of a voucher's balance and uses.

What it is for: one function that adds entries, and one that finds vouchers whose rows tell another story than
their entries. Entries are never changed or taken away.
What it must not know: policies, decisions, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.db import make_id
from store_api.money import NO_CURRENCY
from store_api.rows import add_row
from store_api.vouchers.models import LedgerEntry, Voucher, VoucherUse
from store_api.vouchers.store import VoucherKey

Kind = Literal["issued", "redeemed", "forfeited", "returned", "withdrawn"]
"""What can happen to a voucher: given out, used, its rest lost, a use undone, itself taken back."""


def add_entry(
    session: Session,
    key: VoucherKey,
    kind: Kind,
    amount_minor: int,
    currency: str | None,
    now: dt.datetime,
    redemption_id: str | None = None,
    uses: int = 0,
) -> None:
    """Add an entry. `amount_minor` is what the balance grows by, `uses` by how many more uses stand."""
    add_row(
        session,
        LedgerEntry,
        **key._asdict(),
        entry_id=make_id(session, "led", now),
        kind=kind,
        amount_minor=amount_minor,
        currency=currency or NO_CURRENCY,
        at=now,
        redemption_id=redemption_id,
        uses=uses,
    )


def find_faults(session: Session) -> Iterator[str]:
    """Each voucher whose row or uses differ from its ledger, by its identifier, in words."""
    told = _totals_of_ledger()
    used = _counts_of_uses()
    both = (Voucher.account_id == told.c.account_id) & (Voucher.voucher_id == told.c.voucher_id)
    uses = (Voucher.account_id == used.c.account_id) & (Voucher.voucher_id == used.c.voucher_id)
    standing = sa.func.coalesce(used.c.standing, 0)
    faults = {
        "has no issue in its ledger": told.c.issued.is_(None) | (told.c.issued != 1),
        "was issued for another amount than its ledger says": told.c.issued_minor
        != sa.func.coalesce(Voucher.amount_minor, 0),
        "has a balance below nothing or above its amount": (told.c.balance < 0)
        | (told.c.balance > sa.func.coalesce(Voucher.amount_minor, 0)),
        "has other uses than its ledger": sa.func.coalesce(told.c.uses, 0) != standing,
        "was used more often than it may be": standing > Voucher.uses_allowed,
        "has a use number above its counter": sa.func.coalesce(used.c.last, 0) > Voucher.last_use_number,
        "is void in its row or in its ledger alone": Voucher.voided_at.is_(None) != (told.c.withdrawn == 0),
    }
    joined = sa.select(Voucher.voucher_id, *faults.values()).join(told, both, isouter=True)
    found = session.execute(joined.join(used, uses, isouter=True).where(sa.or_(*faults.values())))
    for voucher_id, *wrong in found:
        told_wrong = [words for words, is_wrong in zip(faults, wrong, strict=True) if is_wrong]
        yield f"voucher {voucher_id} {', '.join(told_wrong)}"


def _totals_of_ledger() -> sa.Subquery:
    entry = LedgerEntry

    def counted(kind: Kind) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((entry.kind == kind, 1), else_=0))

    issued = sa.func.sum(sa.case((entry.kind == "issued", entry.amount_minor), else_=0))
    return (
        sa.select(
            entry.account_id,
            entry.voucher_id,
            sa.func.sum(entry.amount_minor).label("balance"),
            sa.func.sum(entry.uses).label("uses"),
            counted("issued").label("issued"),
            issued.label("issued_minor"),
            counted("withdrawn").label("withdrawn"),
        )
        .group_by(entry.account_id, entry.voucher_id)
        .subquery("told")
    )


def _counts_of_uses() -> sa.Subquery:
    use = VoucherUse
    standing = sa.and_(use.voided_at.is_(None), use.is_part.is_(False))
    return (
        sa.select(
            use.account_id,
            use.voucher_id,
            sa.func.sum(sa.case((standing, 1), else_=0)).label("standing"),
            sa.func.max(use.use_number).label("last"),
        )
        .group_by(use.account_id, use.voucher_id)
        .subquery("used")
    )
