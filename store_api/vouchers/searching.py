"""Looking vouchers up by their own identifier, an account, a line or a campaign, with state and balance.

What it is for: one statement that gives a page of vouchers as they stand; states are derived in it, so that a
page of one state is found without reading the others out of the database.
What it must not know: who asks and what they may see, decisions, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.contract import VoucherMovement, VoucherRecord, VoucherState, Words
from store_api.money import NO_CURRENCY, to_money
from store_api.vouchers import store
from store_api.vouchers.models import LedgerEntry, Voucher, VoucherUse
from store_api.vouchers.store import VoucherKey


@dataclass(frozen=True)
class Search:
    """What to look for: every part that is not null must fit. `line_id` finds the account's own ones too."""

    voucher_id: str | None = None
    account_id: str | None = None
    line_id: str | None = None
    campaign_id: str | None = None
    state: VoucherState | None = None
    after: str | None = None
    limit: int = 1


@dataclass(frozen=True)
class FoundVoucher:
    """A voucher's row, its state, its balance in minor units (0 without money) and its uses that count."""

    row: Voucher
    state: VoucherState
    balance_minor: int
    uses: int

    @property
    def key(self) -> VoucherKey:
        """The voucher's whole key."""
        return VoucherKey(self.row.account_id, self.row.voucher_id)


def search_in(session: Session, search: Search, today: dt.date, now: dt.datetime) -> list[FoundVoucher]:
    """Vouchers by their identifiers, oldest first. `today` is the day by which they begin and end."""
    state, balance, uses = _state(today, now), _balance(), _uses(full=True)
    chosen = sa.select(Voucher, state, balance, uses).where(*_wanted(search))
    if search.state is not None:
        chosen = chosen.where(state == search.state)
    chosen = chosen.order_by(Voucher.voucher_id).limit(search.limit)
    found = session.execute(chosen.execution_options(populate_existing=True))
    return [FoundVoucher(row, told, int(left or 0), int(count)) for row, told, left, count in found]


def find_record(session: Session, voucher_id: str, today: dt.date, now: dt.datetime) -> FoundVoucher | None:
    """One voucher by its own identifier."""
    return next(iter(search_in(session, Search(voucher_id=voucher_id), today, now)), None)


def movements_of(session: Session, key: VoucherKey) -> tuple[VoucherMovement, ...]:
    """A voucher's ledger, oldest first."""
    return tuple(_movement(entry) for entry in store.find_entries(session, key))


def record_of(found: FoundVoucher, title: Words, with_owner: bool) -> VoucherRecord:
    """A voucher as the wire has it; whose it is only where that may be told."""
    row = found.row
    is_bearer = row.belongs_to == "bearer"
    money: dict[str, Any] = {
        "amount": to_money(row.amount_minor, row.currency),
        "balance": to_money(found.balance_minor, row.currency) if row.amount_minor is not None else None,
    }
    return VoucherRecord(
        voucher_id=row.voucher_id,
        policy=row.policy,
        title=title,
        campaign_id=row.campaign_id,
        belongs_to=row.belongs_to,  # type: ignore[arg-type]  # the model checks it
        account_id=row.account_id if with_owner and not is_bearer else None,
        line_id=row.line_id if with_owner else None,
        state=found.state,
        code_last_four=row.code_last_four,
        issued_on=row.issued_on,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        uses=found.uses,
        uses_allowed=row.uses_allowed,
        held_until=row.hold_until if found.state == "held" else None,
        voided_at=row.voided_at,
        **money,
    )


def _movement(entry: LedgerEntry) -> VoucherMovement:
    return VoucherMovement(
        kind=entry.kind,  # type: ignore[arg-type]  # the model checks it
        amount=to_money(entry.amount_minor, _currency(entry)),
        uses=entry.uses,
        at=entry.at,
        redemption_id=entry.redemption_id,
    )


def _currency(entry: LedgerEntry) -> str | None:
    return None if entry.currency == NO_CURRENCY else entry.currency


def _wanted(search: Search) -> Sequence[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    named = {"voucher_id": search.voucher_id, "account_id": search.account_id}
    for name, value in {**named, "campaign_id": search.campaign_id}.items():
        if value is not None:
            wanted.append(getattr(Voucher, name) == value)
    if search.line_id is not None:
        wanted.append(sa.or_(Voucher.line_id.is_(None), Voucher.line_id == search.line_id))
    if search.after is not None:
        wanted.append(Voucher.voucher_id > search.after)
    return wanted


def _state(today: dt.date, now: dt.datetime) -> sa.ColumnElement[VoucherState]:
    """The same as VoucherView.state, told by the database; a test holds the two together."""
    is_empty = sa.and_(Voucher.amount_minor.is_not(None), _uses(full=False) > 0, _balance() == 0)
    return sa.case(
        (Voucher.voided_at.is_not(None), "void"),
        (sa.or_(_uses(full=True) >= Voucher.uses_allowed, is_empty), "used"),
        (Voucher.ends_on < today, "expired"),
        (Voucher.starts_on > today, "not_yet_valid"),
        (Voucher.hold_until > now, "held"),
        else_="usable",
    )


def _uses(full: bool) -> sa.ScalarSelect[int]:
    counted = sa.select(sa.func.count()).where(
        VoucherUse.account_id == Voucher.account_id,
        VoucherUse.voucher_id == Voucher.voucher_id,
        VoucherUse.voided_at.is_(None),
    )
    return (counted.where(VoucherUse.is_part.is_(False)) if full else counted).scalar_subquery()


def _balance() -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0))
        .where(LedgerEntry.account_id == Voucher.account_id, LedgerEntry.voucher_id == Voucher.voucher_id)
        .scalar_subquery()
    )
