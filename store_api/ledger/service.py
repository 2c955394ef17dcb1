"""The vouchers' ledger for finance, as CSV or JSON lines.

What it is for: every movement of a range of days in one steady order, its sums and a digest at the end, so
that a file that was cut off or changed is found out. Days are days in UTC. A movement of a voucher without
money has neither amount nor currency.
What it must not know: where the lines go, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from sqlalchemy.orm import Session

from store_api.csv_cells import text_cell, write_row
from store_api.money import NO_CURRENCY, to_money
from store_api.redemptions import service as redemptions
from store_api.vouchers import service as vouchers

Form = Literal["csv", "jsonl"]
Fields = dict[str, str]

COLUMNS = (
    "entry_id", "at", "kind", "amount", "currency", "voucher_id", "account_id", "redemption_id", "order_id",
    "store_id", "terms_code", "node_id",
)  # fmt: skip
PLAIN = frozenset({"at", "amount"})
"""Columns that hold what we write ourselves: a moment and a number."""


def write_ledger(session: Session, first: dt.date, last: dt.date, form: Form) -> Iterator[str]:
    """The lines of the ledger from a day to a day, both included, with sums and digest at the end."""
    start = dt.datetime.combine(first, dt.time(), dt.UTC)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), dt.UTC)
    count, sums, digest = 0, dict[str, int](), hashlib.sha256()
    line = _csv_line if form == "csv" else _json_line

    def written(text: str) -> str:
        digest.update(text.encode())
        return text

    if form == "csv":
        yield written(write_row(COLUMNS))
    for page in vouchers.movements.read_pages(session, start, end):
        used = redemptions.listing.by_ids(session, [row.redemption_id for row in page if row.redemption_id])
        lines = []
        for row in page:
            count += 1
            if row.currency != NO_CURRENCY:
                sums[row.currency] = sums.get(row.currency, 0) + row.amount_minor
            lines.append(line(_fields(row, used.get(row.redemption_id or ""))))
        yield written("".join(lines))
    for text in _totals(sums, line):
        yield written(text)
    yield line({"entry_id": "end", "kind": str(count), "terms_code": digest.hexdigest()})


def _fields(row: vouchers.LedgerEntry, used: redemptions.RedemptionRow | None) -> Fields:
    currency = "" if row.currency == NO_CURRENCY else row.currency
    amount = to_money(row.amount_minor, currency or None)
    return {
        "entry_id": row.entry_id,
        "at": row.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "kind": row.kind,
        "amount": "" if amount is None else str(amount.amount),
        "currency": currency,
        "voucher_id": row.voucher_id,
        "account_id": row.account_id,
        "redemption_id": row.redemption_id or "",
        "order_id": used.order_id if used else "",
        "store_id": used.store_id if used else "",
        "terms_code": used.terms_code if used else "",
        "node_id": row.node_id,
    }


def _totals(sums: dict[str, int], line: Callable[[Fields], str]) -> Iterable[str]:
    """One line a currency: the sum of its movements."""
    for currency, minor in sorted(sums.items()):
        amount = to_money(minor, currency)
        yield line(
            {
                "entry_id": "total",
                "amount": "" if amount is None else str(amount.amount),
                "currency": currency,
            }
        )


def _csv_line(fields: Fields) -> str:
    cells = [fields.get(name, "") for name in COLUMNS]
    return write_row(
        [cell if name in PLAIN else text_cell(cell) for name, cell in zip(COLUMNS, cells, strict=True)]
    )


def _json_line(fields: Fields) -> str:
    return json.dumps({name: fields[name] for name in COLUMNS if fields.get(name)}) + "\n"
