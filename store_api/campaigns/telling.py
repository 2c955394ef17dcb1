"""Vouchers as rows of a file: CSV that no spreadsheet takes for a formula, or JSON lines.

What it must not know: where the rows go, Flask, the clock.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from store_api.campaigns.rows import Format
from store_api.money import to_money
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import ToldVoucher

PAGE = 1_000
COLUMNS = (
    *(
        "voucher_id",
        "campaign_id",
        "policy",
        "belongs_to",
        "account_id",
        "line_id",
        "code_last_four",
        "state",
    ),
    *("issued_on", "starts_on", "ends_on", "amount", "balance", "currency", "uses", "uses_allowed"),
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def tell(
    reading: Callable[[], AbstractContextManager[Session]],
    campaign_id: str | None,
    today: dt.date,
    form: Format,
) -> Iterator[str]:
    """The file in pieces, page by page; every page is read in a transaction of its own."""
    if form == "csv":
        yield _csv_line(COLUMNS)
    after = ("", "")
    while True:
        with reading() as session:
            page = vouchers.tell_page(session, campaign_id, after, PAGE)
            lines = [_line(_cells(told, today), form) for told in page]
        yield "".join(lines)
        if len(page) < PAGE:
            return
        after = (page[-1].row.account_id, page[-1].row.voucher_id)


def _line(cells: dict[str, str | int | None], form: Format) -> str:
    if form == "csv":
        return _csv_line(tuple("" if cell is None else _harmless(str(cell)) for cell in cells.values()))
    return json.dumps(cells, ensure_ascii=False) + "\n"


def _csv_line(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet shows as it is, and never works out."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def _cells(told: ToldVoucher, today: dt.date) -> dict[str, str | int | None]:
    row = told.row
    amount, balance = (to_money(minor, row.currency) for minor in (row.amount_minor, told.balance_minor))
    return {
        "voucher_id": row.voucher_id,
        "campaign_id": row.campaign_id,
        "policy": row.policy,
        "belongs_to": row.belongs_to,
        "account_id": None if row.belongs_to == "bearer" else row.account_id,
        "line_id": row.line_id,
        "code_last_four": row.code_last_four,
        "state": _state(told, today),
        "issued_on": row.issued_on.isoformat(),
        "starts_on": row.starts_on.isoformat() if row.starts_on else None,
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "amount": None if amount is None else str(amount.amount),
        "balance": None if balance is None else str(balance.amount),
        "currency": row.currency,
        "uses": told.full_uses,
        "uses_allowed": row.uses_allowed,
    }


def _state(told: ToldVoucher, today: dt.date) -> str:
    """As a voucher's own state, but a hold of minutes is not told in a file."""
    row = told.row
    if row.voided_at is not None:
        return "void"
    is_empty = row.amount_minor is not None and told.was_used and told.balance_minor == 0
    if told.full_uses >= row.uses_allowed or is_empty:
        return "used"
    if row.ends_on is not None and today > row.ends_on:
        return "expired"
    return "not_yet_valid" if row.starts_on is not None and today < row.starts_on else "usable"
