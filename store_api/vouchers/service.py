"""Vouchers: issuing, finding, holding and using them, and the ledger of their money.

What it is for: everything that another feature may do with a voucher. States and balances are derived
from what stands in the tables, each time anew.
What it must not know: policies (beyond their names), decisions, persons, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from store_api import outbox
from store_api.contract import VoucherSummary, Words
from store_api.db import make_id
from store_api.keys import KeyRing
from store_api.money import to_money
from store_api.vouchers import movements, store, tries
from store_api.vouchers.codes import check_character, draw_code, is_consistent, read_code, show_code
from store_api.vouchers.models import LedgerEntry, Voucher, VoucherCodeRow, VoucherUse
from store_api.vouchers.store import HoldClaim, VoucherKey
from store_api.work import Work

__all__ = [
    "HoldClaim",
    "LedgerEntry",
    "NewVoucher",
    "TakenUse",
    "UseClaim",
    "VoucherKey",
    "VoucherView",
    "check_character",
    "draw_code",
    "is_consistent",
    "movements",
    "read_code",
    "show_code",
]

CODE_PURPOSE = "voucher-code"
State = Literal["usable", "held", "used", "expired", "void", "not_yet_valid"]


@dataclass(frozen=True)
class NewVoucher:
    """A voucher to be issued. Without an account it is a bearer's; with a line it is that line's.

    `amount_minor` is in minor units of `currency`; the days are days in the store's zone.
    """

    policy: str
    issued_on: dt.date
    account_id: str | None = None
    line_id: str | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    amount_minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True)
class TakenUse:
    """A use that was granted: its number and what is left, in minor units (null without money)."""

    use_number: int
    balance_minor: int | None


@dataclass(frozen=True)
class UseClaim:
    """A use that is wanted: on which order, for how much, and how much stays on the account.

    Amounts are in the voucher's minor units; `amount_minor` is null for a benefit without money. What is
    neither used nor kept is forfeited.
    """

    redemption_id: str
    order_id: str
    store_id: str
    store_name: str
    amount_minor: int | None
    kept_minor: int


@dataclass(frozen=True)
class VoucherView:
    """A voucher as it stands: its row, its uses that count, and its balance in minor units."""

    row: Voucher
    uses: tuple[VoucherUse, ...]
    balance_minor: int | None

    @property
    def key(self) -> VoucherKey:
        """The voucher's whole key."""
        return VoucherKey(self.row.account_id, self.row.voucher_id)

    def state(self, now: dt.datetime, zone: str) -> State:
        """The voucher's state at an instant; its days are days in `zone`."""
        today = now.astimezone(ZoneInfo(zone)).date()
        if self.row.voided_at is not None:
            return "void"
        if len(self.uses) >= self.row.uses_allowed:
            return "used"
        if self.row.ends_on is not None and today > self.row.ends_on:
            return "expired"
        if self.row.starts_on is not None and today < self.row.starts_on:
            return "not_yet_valid"
        return "held" if self.is_held(now) else "usable"

    def is_held(self, now: dt.datetime) -> bool:
        """Whether a hold stands on it; a hold that ran out stands no longer, without anybody's doing."""
        return self.row.hold_until is not None and self.row.hold_until > now

    def is_held_for_another(self, order_id: str | None, now: dt.datetime) -> bool:
        """Whether a hold of another order stands on it."""
        return self.is_held(now) and self.row.hold_order_id != order_id


def issue(
    session: Session,
    new: NewVoucher,
    keys: KeyRing,
    random_bytes: Callable[[int], bytes],
    now: dt.datetime,
) -> tuple[VoucherKey, str]:
    """Issue a voucher and return its key and its code, which is kept as a keyed hash only."""
    voucher_id = make_id(session, "vou", now)
    key = VoucherKey(new.account_id or voucher_id, voucher_id)
    code = draw_code(random_bytes)
    hashed = keys.hash(CODE_PURPOSE, code)
    session.add(_voucher_row(new, key, code))
    session.flush()
    session.add(VoucherCodeRow(code_hash=hashed.digest, key_id=hashed.key_id, **key._asdict()))
    if new.amount_minor is not None and new.currency is not None:
        _write_ledger(session, key, "issued", new.amount_minor, new.currency, now, None)
    outbox.publish(session, "voucher.issued", key.voucher_id, _announced(new), now)
    session.flush()
    return key, code


def _announced(new: NewVoucher) -> dict[str, str | int | None]:
    """What is told outside of a new voucher: never its code, nor whose it is."""
    last_day = None if new.ends_on is None else new.ends_on.isoformat()
    return {
        "policy": new.policy,
        "ends_on": last_day,
        "amount_minor": new.amount_minor,
        "currency": new.currency,
    }


def _voucher_row(new: NewVoucher, key: VoucherKey, code: str) -> Voucher:
    belongs_to = "line" if new.line_id else "account" if new.account_id else "bearer"
    return Voucher(
        **key._asdict(),
        belongs_to=belongs_to,
        line_id=new.line_id,
        policy=new.policy,
        code_last_four=code[-4:],
        issued_on=new.issued_on,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        amount_minor=new.amount_minor,
        currency=new.currency,
        uses_allowed=1,
        last_use_number=0,
    )


def refuse_if_closed(work: Work) -> None:
    """Raise TooMany where the caller's device or the fleet has tried too many unknown codes in this hour."""
    device = work.caller.station or work.caller.subject_id
    tries.refuse_if_closed(work.session, device, work.now, work.settings.wrong_codes)


def count_wrong(work: Work) -> None:
    """Count a code that nobody was given, for the caller's device."""
    tries.count_wrong(work.session, work.caller.station or work.caller.subject_id, work.now)


def look_up_code(work: Work, code: str) -> VoucherKey | None:
    """The voucher that a code points to, for the caller's device; a code that nobody issued is counted.

    Raises TooMany where the device or the fleet has tried too many of those in this hour.
    """
    refuse_if_closed(work)
    key = find_by_code(work.session, work.settings.keys, code)
    if key is None:
        count_wrong(work)
    return key


def find_by_code(session: Session, keys: KeyRing, code: str) -> VoucherKey | None:
    """The voucher that a code points to; a hash under an older key is written anew under the newest."""
    hashes = keys.hashes(CODE_PURPOSE, code)
    row = store.find_code(session, [hashed.digest for hashed in hashes])
    if row is None:
        return None
    if row.code_hash != hashes[0].digest:
        row.code_hash, row.key_id = hashes[0].digest, hashes[0].key_id
    return VoucherKey(row.account_id, row.voucher_id)


def find(session: Session, key: VoucherKey) -> VoucherView | None:
    """The voucher as the database has it now, or None."""
    row = store.find_voucher(session, key)
    return None if row is None else _view(session, row)


def find_for_line(session: Session, account_id: str, line_id: str) -> tuple[VoucherView, ...]:
    """The account's vouchers that are the account's own or this line's, newest first."""
    rows = store.find_vouchers(session, account_id)
    return tuple(_view(session, row) for row in rows if row.line_id in (None, line_id))


def hold(session: Session, key: VoucherKey, claim: HoldClaim, now: dt.datetime) -> bool:
    """Hold the voucher under its lock; False where another holds it, or it is used or void."""
    return store.take_hold(session, key, claim, now)


def release(session: Session, key: VoucherKey, hold_id: str) -> None:
    """Give a hold back; nothing happens where it no longer stands."""
    store.release_hold(session, key, hold_id)


def use(session: Session, key: VoucherKey, claim: UseClaim, now: dt.datetime) -> TakenUse | None:
    """Use the voucher under its lock, with its ledger entries; None where it may not be used."""
    number = store.take_use(session, key, claim.order_id, now)
    if number is None:
        return None
    session.add(_use_row(key, number, claim, now))
    balance = _charge(session, key, claim, now)
    session.flush()
    return TakenUse(number, balance)


def _use_row(key: VoucherKey, number: int, claim: UseClaim, now: dt.datetime) -> VoucherUse:
    return VoucherUse(
        **key._asdict(),
        use_number=number,
        redemption_id=claim.redemption_id,
        used_at=now,
        store_id=claim.store_id,
        store_name=claim.store_name,
    )


def _charge(session: Session, key: VoucherKey, claim: UseClaim, now: dt.datetime) -> int | None:
    """Write what the use takes from the voucher's money and return what is left."""
    row = store.find_voucher(session, key)
    if row is None or row.amount_minor is None or row.currency is None or claim.amount_minor is None:
        return None
    before = store.sum_ledger(session, key)
    lost = before - claim.amount_minor - claim.kept_minor
    if lost < 0:
        raise ArithmeticError("a use may not take or keep more than the voucher has")
    _write_ledger(session, key, "redeemed", -claim.amount_minor, row.currency, now, claim.redemption_id)
    if lost:
        _write_ledger(session, key, "forfeited", -lost, row.currency, now, claim.redemption_id)
    return claim.kept_minor


def _write_ledger(
    session: Session,
    key: VoucherKey,
    kind: str,
    amount_minor: int,
    currency: str,
    now: dt.datetime,
    redemption_id: str | None,
) -> None:
    session.add(
        LedgerEntry(
            **key._asdict(),
            entry_id=make_id(session, "led", now),
            kind=kind,
            amount_minor=amount_minor,
            currency=currency,
            at=now,
            redemption_id=redemption_id,
        )
    )


def _view(session: Session, row: Voucher) -> VoucherView:
    key = VoucherKey(row.account_id, row.voucher_id)
    balance = store.sum_ledger(session, key) if row.amount_minor is not None else None
    return VoucherView(row, tuple(store.find_uses(session, key)), balance)


def summarise(view: VoucherView, title: Words, now: dt.datetime, zone: str) -> VoucherSummary:
    """The voucher as a person who passed the identity check may see it."""
    row, last = view.row, view.uses[-1] if view.uses else None
    return VoucherSummary(
        voucher_id=row.voucher_id,
        policy=row.policy,
        title=title,
        belongs_to=row.belongs_to,  # type: ignore[arg-type]  # the model checks it
        state=view.state(now, zone),
        code_last_four=row.code_last_four,
        issued_on=row.issued_on,
        ends_on=row.ends_on,
        amount=to_money(row.amount_minor, row.currency),
        balance=to_money(view.balance_minor, row.currency),
        used_at=last.used_at if last else None,
        used_at_store=last.store_name if last else None,
    )
