"""Many vouchers at once: making them in few statements, and reading them page by page.

What it is for: a million vouchers are made and told without a statement for each.
What it must not know: campaigns beyond their names, policies, Flask, the clock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.db import make_id
from store_api.money import NO_CURRENCY
from store_api.vouchers.models import LedgerEntry, Voucher, VoucherCodeRow


@dataclass(frozen=True)
class ToldVoucher:
    """A voucher with what its ledger says: balance in minor units, uses that count, and all that stand."""

    row: Voucher
    balance_minor: int
    full_uses: int
    was_used: bool


def insert_vouchers(session: Session, vouchers: Sequence[dict[str, Any]], now: Any) -> None:
    """Insert vouchers and the issue of each in the ledger; `vouchers` hold the columns of their rows."""
    if not vouchers:
        return
    session.execute(sa.insert(Voucher), vouchers)
    entries = [
        {
            "account_id": row["account_id"],
            "entry_id": make_id(session, "led", now),
            "voucher_id": row["voucher_id"],
            "kind": "issued",
            "amount_minor": row["amount_minor"] or 0,
            "currency": row["currency"] or NO_CURRENCY,
            "at": now,
            "redemption_id": None,
            "uses": 0,
            "node_id": row["node_id"],
        }
        for row in vouchers
    ]
    session.execute(sa.insert(LedgerEntry), entries)


def insert_codes(session: Session, codes: Sequence[dict[str, Any]]) -> None:
    """Insert codes, each with the voucher that it points to."""
    if codes:
        session.execute(sa.insert(VoucherCodeRow), codes)


def known_hashes(session: Session, hashes: Collection[str]) -> set[str]:
    """Which of these hashes of codes are there."""
    chosen = sa.select(VoucherCodeRow.code_hash).where(VoucherCodeRow.code_hash.in_(hashes))
    return set(session.scalars(chosen)) if hashes else set()


def holders_of(session: Session, campaign_id: str, accounts: Collection[str]) -> set[tuple[str, str | None]]:
    """Which of these accounts, and which of their lines, have a voucher of a campaign."""
    if not accounts:
        return set()
    chosen = sa.select(Voucher.account_id, Voucher.line_id).where(
        Voucher.account_id.in_(accounts), Voucher.campaign_id == campaign_id
    )
    return {(row.account_id, row.line_id) for row in session.execute(chosen)}


def tell_page(
    session: Session, campaign_id: str | None, after: tuple[str, str], limit: int
) -> list[ToldVoucher]:
    """A page of vouchers, of one campaign or of all, each with what its ledger says."""
    chosen = sa.select(Voucher)
    if campaign_id is None:
        chosen = chosen.where(sa.tuple_(Voucher.account_id, Voucher.voucher_id) > after)
        chosen = chosen.order_by(Voucher.account_id, Voucher.voucher_id)
    else:
        chosen = chosen.where(Voucher.campaign_id == campaign_id, Voucher.voucher_id > after[1])
        chosen = chosen.order_by(Voucher.voucher_id)
    rows = session.scalars(chosen.limit(limit).execution_options(populate_existing=True)).all()
    told = _told(session, rows)
    return [ToldVoucher(row, *told.get(row.voucher_id, (0, 0, False))) for row in rows]


def _told(session: Session, rows: Sequence[Voucher]) -> dict[str, tuple[int, int, bool]]:
    entry = LedgerEntry
    redeemed = sa.func.sum(sa.case((entry.kind == "redeemed", 1), (entry.kind == "returned", -1), else_=0))
    chosen = sa.select(entry.voucher_id, sa.func.sum(entry.amount_minor), sa.func.sum(entry.uses), redeemed)
    chosen = chosen.where(
        entry.account_id.in_({row.account_id for row in rows}),
        entry.voucher_id.in_([row.voucher_id for row in rows]),
    )
    found = session.execute(chosen.group_by(entry.voucher_id)).all() if rows else []
    return {name: (int(balance), int(uses), int(used) > 0) for name, balance, uses, used in found}
