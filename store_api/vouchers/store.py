"""Reading and writing vouchers, and the two guarded statements that hold and use one.

What it is for: every statement on the voucher tables. `take_use` and `take_hold` both check and lock in
one UPDATE and count the uses under that lock; the caller learns from the result whether it won.
What it must not know: policies, decisions, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.prepared import Prepared
from store_api.rows import plain_row
from store_api.vouchers.models import LedgerEntry, Voucher, VoucherCodeRow, VoucherUse


class VoucherKey(NamedTuple):
    """A voucher's whole key: its account (its own identifier for a bearer voucher) and identifier."""

    account_id: str
    voucher_id: str


@dataclass(frozen=True)
class HoldClaim:
    """Who wants to hold a voucher, on which order and until when."""

    hold_id: str
    order_id: str
    store_id: str
    held_by: str
    until: dt.datetime


class Taken(NamedTuple):
    """A voucher that was locked for a use or a hold: the number of its last use, and its campaign.

    Of one that was locked for a use also its money: `amount_minor` is null for a voucher without, and
    `balance_minor` what is left of it under the lock.
    """

    use_number: int
    campaign_id: str | None
    amount_minor: int | None = None
    currency: str | None = None
    balance_minor: int = 0


class Standing(NamedTuple):
    """A voucher's row, and the sum of its ledger entries in minor units."""

    row: Voucher
    balance_minor: int


def find_voucher(session: Session, key: VoucherKey) -> Voucher | None:
    """The voucher as the database has it now, never as this session remembers it."""
    return session.get(Voucher, tuple(key), populate_existing=True)


def find_standing(session: Session, key: VoucherKey) -> Standing | None:
    """The voucher and its balance as the database has them now, in one statement."""
    named = {"account": key.account_id, "voucher": key.voucher_id}
    found = _FIND_STANDING.first(session, named)
    return None if found is None else Standing(plain_row(Voucher, found), int(found.balance))


def find_vouchers(session: Session, account_id: str) -> Sequence[Voucher]:
    """Every voucher of an account, newest first."""
    newest_first = (Voucher.issued_on.desc(), Voucher.voucher_id.desc())
    chosen = sa.select(Voucher).where(Voucher.account_id == account_id).order_by(*newest_first)
    return session.scalars(chosen.execution_options(populate_existing=True)).all()


def find_uses(session: Session, key: VoucherKey) -> Sequence[VoucherUse]:
    """The voucher's uses that were not voided, first to last."""
    chosen = sa.select(VoucherUse).where(*_standing_uses(key)).order_by(VoucherUse.use_number)
    return session.scalars(chosen.execution_options(populate_existing=True)).all()


def sum_ledger(session: Session, key: VoucherKey) -> int:
    """The voucher's balance in minor units: the sum of its ledger entries."""
    total = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0)).where(
        LedgerEntry.account_id == key.account_id, LedgerEntry.voucher_id == key.voucher_id
    )
    return int(session.scalar(total) or 0)


def find_code(session: Session, hashes: Sequence[str]) -> VoucherCodeRow | None:
    """The row of a code by its hash under any key of the ring, given newest first."""
    rows = session.scalars(sa.select(VoucherCodeRow).where(VoucherCodeRow.code_hash.in_(hashes))).all()
    return min(rows, key=lambda row: hashes.index(row.code_hash), default=None)


def find_use(session: Session, key: VoucherKey, redemption_id: str) -> VoucherUse | None:
    """The use that a redemption made."""
    chosen = sa.select(VoucherUse).where(
        VoucherUse.account_id == key.account_id,
        VoucherUse.voucher_id == key.voucher_id,
        VoucherUse.redemption_id == redemption_id,
    )
    return session.scalars(chosen.execution_options(populate_existing=True)).one_or_none()


def find_entries(
    session: Session, key: VoucherKey, redemption_id: str | None = None
) -> Sequence[LedgerEntry]:
    """The voucher's ledger entries, oldest first; those of one redemption where it is named."""
    chosen = sa.select(LedgerEntry).where(
        LedgerEntry.account_id == key.account_id, LedgerEntry.voucher_id == key.voucher_id
    )
    if redemption_id is not None:
        chosen = chosen.where(LedgerEntry.redemption_id == redemption_id)
    return session.scalars(chosen.order_by(LedgerEntry.at, LedgerEntry.entry_id)).all()


def lock_voucher(session: Session, key: VoucherKey) -> Voucher | None:
    """The voucher, locked until this transaction ends."""
    chosen = sa.select(Voucher).where(*_is(key)).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).one_or_none()


def take_use(session: Session, key: VoucherKey, order_id: str, now: dt.datetime) -> Taken | None:
    """Lock the voucher for one use; the use's number, or None where it may not be used.

    The UPDATE locks the row and decides on the row's own columns and on the uses that stand. On
    PostgreSQL a rival that waited for the lock decides on the new row but still counts the uses of its
    old snapshot, so the uses are counted once more, under the lock.
    """
    named = {"account": key.account_id, "voucher": key.voucher_id}
    taken = _TAKE_USE.first(session, {**named, "by_order": order_id, "at": now})
    if taken is None:
        return None
    uses, balance = _COUNT_UNDER_LOCK.first(session, named)
    if uses >= taken.uses_allowed:
        return None
    money = (taken.amount_minor, taken.currency, int(balance))
    return Taken(taken.last_use_number, taken.campaign_id, *money)


def take_hold(session: Session, key: VoucherKey, claim: HoldClaim, now: dt.datetime) -> Taken | None:
    """Lock the voucher and write the hold on it; None where it may not be held. Guarded as a use is.

    A live hold of the same order keeps out too: of two requests of one order the first makes the hold.
    """
    guarded = (
        sa.update(Voucher)
        .where(*_may_be_taken(key, None, now))
        .values(**_held(claim))
        .returning(Voucher.last_use_number, Voucher.uses_allowed, Voucher.campaign_id)
        .execution_options(synchronize_session=False)
    )
    taken = session.execute(guarded).one_or_none()
    if taken is None:
        return None
    if _count_uses(session, key) >= taken.uses_allowed:
        release_hold(session, key, claim.hold_id)
        return None
    return Taken(taken.last_use_number, taken.campaign_id)


def put_hold_back(session: Session, key: VoucherKey, claim: HoldClaim) -> None:
    """Write a hold anew that the lock of a use took off, where the use did not come about."""
    put_back = sa.update(Voucher).where(*_is(key), Voucher.hold_id.is_(None)).values(**_held(claim))
    session.execute(put_back.execution_options(synchronize_session=False))


def extend_hold(
    session: Session, key: VoucherKey, hold_id: str, until: dt.datetime, now: dt.datetime
) -> bool:
    """Let a hold that stands last until another moment; False where it stands no longer."""
    extended = (
        sa.update(Voucher)
        .where(*_is(key), Voucher.hold_id == hold_id, Voucher.hold_until > now)
        .values(hold_until=until)
        .returning(Voucher.voucher_id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(extended).first() is not None


def release_hold(session: Session, key: VoucherKey, hold_id: str) -> None:
    """Take a hold off its voucher, if it is still the one that stands there."""
    session.execute(
        sa.update(Voucher)
        .where(*_is(key), Voucher.hold_id == hold_id)
        .values(**_NO_HOLD)
        .execution_options(synchronize_session=False)
    )


def _held(claim: HoldClaim) -> dict[str, object]:
    return {
        "hold_id": claim.hold_id,
        "hold_order_id": claim.order_id,
        "hold_store_id": claim.store_id,
        "hold_by": claim.held_by,
        "hold_until": claim.until,
    }


_NO_HOLD = {
    "hold_id": None,
    "hold_order_id": None,
    "hold_store_id": None,
    "hold_by": None,
    "hold_until": None,
}


def _is(key: VoucherKey) -> tuple[sa.ColumnElement[bool], ...]:
    return Voucher.account_id == key.account_id, Voucher.voucher_id == key.voucher_id


def _may_be_taken(
    key: VoucherKey, order_id: str | None, now: dt.datetime
) -> tuple[sa.ColumnElement[bool], ...]:
    """The guard: not void, no live hold (but of the order that wants to use it), fewer uses than allowed."""
    uses = sa.select(sa.func.count()).select_from(VoucherUse).where(*_full_uses(key)).scalar_subquery()
    free = sa.or_(Voucher.hold_id.is_(None), Voucher.hold_until <= now)
    if order_id is not None:
        free = sa.or_(free, Voucher.hold_order_id == order_id)
    return *_is(key), Voucher.voided_at.is_(None), free, uses < Voucher.uses_allowed


def _standing_uses(key: VoucherKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        VoucherUse.account_id == key.account_id,
        VoucherUse.voucher_id == key.voucher_id,
        VoucherUse.voided_at.is_(None),
    )


def _full_uses(key: VoucherKey) -> tuple[sa.ColumnElement[bool], ...]:
    """The uses that count towards what is allowed: a part that the customer chose does not."""
    return *_standing_uses(key), VoucherUse.is_part.is_(False)


def _count_uses(session: Session, key: VoucherKey) -> int:
    counted = sa.select(sa.func.count()).select_from(VoucherUse).where(*_full_uses(key))
    return int(session.scalar(counted) or 0)


_V, _U, _L = Voucher.__table__.c, VoucherUse.__table__.c, LedgerEntry.__table__.c
_IS_NAMED = (_V.account_id == sa.bindparam("account"), _V.voucher_id == sa.bindparam("voucher"))
_FULL_USES = sa.select(sa.func.count()).where(
    _U.account_id == sa.bindparam("account"),
    _U.voucher_id == sa.bindparam("voucher"),
    _U.voided_at.is_(None),
    _U.is_part.is_(False),
)
_BALANCE = sa.select(sa.func.coalesce(sa.func.sum(_L.amount_minor), 0)).where(
    _L.account_id == sa.bindparam("account"), _L.voucher_id == sa.bindparam("voucher")
)
_COUNT_UNDER_LOCK = Prepared(sa.select(_FULL_USES.scalar_subquery(), _BALANCE.scalar_subquery()))
_FREE = sa.or_(
    _V.hold_id.is_(None),
    _V.hold_until <= sa.bindparam("at", type_=_V.hold_until.type),
    _V.hold_order_id == sa.bindparam("by_order"),
)
_TAKE_USE = Prepared(
    sa.update(Voucher.__table__)  # type: ignore[arg-type]  # a mapped class's table
    .where(*_IS_NAMED, _V.voided_at.is_(None), _FREE, _FULL_USES.scalar_subquery() < _V.uses_allowed)
    .values(last_use_number=_V.last_use_number + 1, **_NO_HOLD)
    .returning(_V.last_use_number, _V.uses_allowed, _V.campaign_id, _V.amount_minor, _V.currency)
)
_FIND_STANDING = Prepared(sa.select(*_V, _BALANCE.scalar_subquery().label("balance")).where(*_IS_NAMED))
