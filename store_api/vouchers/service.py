"""Vouchers: issuing, finding, holding and using them, and the ledger of their money.

What it is for: everything that another feature may do with a voucher; issuing is in issuing.py. States and
balances are derived from what stands in the tables, each time anew.
What it must not know: policies (beyond their names), decisions, persons, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from store_api.contract import VoucherState, VoucherSummary, Words
from store_api.keys import KeyRing
from store_api.money import to_money
from store_api.rows import add_row
from store_api.vouchers import bulk, grants, ledger, movements, store, tries
from store_api.vouchers.bulk import ToldVoucher
from store_api.vouchers.codes import check_character, draw_code, is_consistent, read_code, show_code
from store_api.vouchers.grants import Grant, Per
from store_api.vouchers.issuing import CODE_PURPOSE, NewVoucher, issue, issue_many, taken_codes
from store_api.vouchers.models import GrantRow, LedgerEntry, Voucher, VoucherUse
from store_api.vouchers.searching import Search, find_record, movements_of, record_of, search_in
from store_api.vouchers.store import HoldClaim, Taken, VoucherKey
from store_api.vouchers.symbols import VoucherSymbol, symbol_of
from store_api.vouchers.voiding import withdraw
from store_api.work import Work

__all__ = [
    "Grant", "GrantRow", "HoldClaim", "LedgerEntry", "NewVoucher", "Per", "Search", "Taken", "TakenUse",
    "ToldVoucher", "UseClaim", "VoucherKey", "VoucherSymbol", "VoucherView", "check_character", "draw_code",
    "find_record", "grants", "is_consistent", "issue", "issue_many", "ledger", "movements", "movements_of",
    "read_code", "record_of", "search_in", "show_code", "symbol_of", "taken_codes", "withdraw",
]  # fmt: skip


@dataclass(frozen=True)
class TakenUse:
    """A use that was granted: its number and what is left, in minor units (null without money)."""

    use_number: int
    balance_minor: int | None


@dataclass(frozen=True)
class UseClaim:
    """A use that is wanted: on which order, for how much, and how much stays on the account.

    Amounts are in the voucher's minor units; `amount_minor` is null for a benefit without money. What is
    neither used nor kept is forfeited. `is_part` says that the customer chose to use less than they could.
    """

    redemption_id: str
    order_id: str
    store_id: str
    store_name: str
    amount_minor: int | None
    kept_minor: int
    is_part: bool = False


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

    @property
    def is_used_up(self) -> bool:
        """Whether it was used as often as it may be, or nothing is left of it."""
        counted = sum(not use.is_part for use in self.uses)
        return counted >= self.row.uses_allowed or (bool(self.uses) and self.balance_minor == 0)

    def state(self, now: dt.datetime, zone: str) -> VoucherState:
        """The voucher's state at an instant; its days are days in `zone`."""
        today = now.astimezone(ZoneInfo(zone)).date()
        if self.row.voided_at is not None:
            return "void"
        if self.is_used_up:
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
    standing = store.find_standing(session, key)
    if standing is None:
        return None
    row = standing.row
    # The number of the last use never falls: while it is 0 there was none.
    uses = tuple(store.find_uses(session, key)) if row.last_use_number else ()
    return VoucherView(row, uses, standing.balance_minor if row.amount_minor is not None else None)


def find_for_line(session: Session, account_id: str, line_id: str) -> tuple[VoucherView, ...]:
    """The account's vouchers that are the account's own or this line's, newest first."""
    rows = store.find_vouchers(session, account_id)
    return tuple(_view(session, row) for row in rows if row.line_id in (None, line_id))


def lock(session: Session, key: VoucherKey) -> None:
    """Keep a voucher from everybody else until this transaction ends; lock several by their names."""
    store.lock_voucher(session, key)


def hold(session: Session, key: VoucherKey, claim: HoldClaim, now: dt.datetime) -> Taken | None:
    """Hold the voucher under its lock; None where another holds it, or it is used or void."""
    return store.take_hold(session, key, claim, now)


def release(session: Session, key: VoucherKey, hold_id: str) -> None:
    """Give a hold back; nothing happens where it no longer stands."""
    store.release_hold(session, key, hold_id)


def put_hold_back(session: Session, key: VoucherKey, claim: HoldClaim) -> None:
    """Let a hold stand again, where the use that was to end it did not come about."""
    store.put_hold_back(session, key, claim)


def extend(session: Session, key: VoucherKey, hold_id: str, until: dt.datetime, now: dt.datetime) -> bool:
    """Let a hold last until another moment; False where it stands no longer."""
    return store.extend_hold(session, key, hold_id, until, now)


def use(session: Session, key: VoucherKey, claim: UseClaim, now: dt.datetime) -> TakenUse | None:
    """Use the voucher under its lock, with its ledger entries; None where it may not be used."""
    taken = take(session, key, claim, now)
    return None if taken is None else record_use(session, key, claim, taken, now)


def take(session: Session, key: VoucherKey, claim: UseClaim, now: dt.datetime) -> Taken | None:
    """Lock the voucher for a use; None where it may not be used, or has less left than is wanted."""
    taken = store.take_use(session, key, claim.order_id, now)
    if taken is None or claim.amount_minor is None or taken.amount_minor is None:
        return taken
    return taken if taken.balance_minor >= claim.amount_minor + claim.kept_minor else None


def record_use(
    session: Session, key: VoucherKey, claim: UseClaim, taken: Taken, now: dt.datetime
) -> TakenUse:
    """Write a use for which the voucher was locked, and what it takes from the voucher's money."""
    add_row(
        session,
        VoucherUse,
        **key._asdict(),
        use_number=taken.use_number,
        redemption_id=claim.redemption_id,
        used_at=now,
        store_id=claim.store_id,
        store_name=claim.store_name,
        is_part=claim.is_part,
    )
    return TakenUse(taken.use_number, _charge(session, key, claim, taken, now))


def _charge(session: Session, key: VoucherKey, claim: UseClaim, taken: Taken, now: dt.datetime) -> int | None:
    """Write what the use takes from the voucher's money and return what is left."""
    uses, currency = int(not claim.is_part), taken.currency
    if taken.amount_minor is None or claim.amount_minor is None:
        ledger.add_entry(session, key, "redeemed", 0, None, now, claim.redemption_id, uses)
        return None
    used = claim.amount_minor
    lost = taken.balance_minor - used - claim.kept_minor
    if lost < 0:
        raise ArithmeticError("a use may not take or keep more than the voucher has")
    ledger.add_entry(session, key, "redeemed", -used, currency, now, claim.redemption_id, uses)
    if lost:
        ledger.add_entry(session, key, "forfeited", -lost, currency, now, claim.redemption_id)
    return claim.kept_minor


def undo_use(
    session: Session, key: VoucherKey, redemption_id: str, comes_back: bool, now: dt.datetime
) -> int | None:
    """Undo a use under the voucher's lock; what is left of its money then, in minor units.

    Where it comes back, what the use took is on the voucher again and the use counts no longer; its number
    is not given out again. Else the use stays, and what it took stays lost. Call it once for a use.
    """
    row, used = store.lock_voucher(session, key), store.find_use(session, key, redemption_id)
    if row is None or used is None:
        raise LookupError(f"{key.voucher_id} has no use of {redemption_id}")
    entries = store.find_entries(session, key, redemption_id)
    took = -sum(entry.amount_minor for entry in entries)
    uses = sum(entry.uses for entry in entries)
    if comes_back:
        used.voided_at = now
        ledger.add_entry(session, key, "returned", took, row.currency, now, redemption_id, -uses)
    else:
        ledger.add_entry(session, key, "returned", took, row.currency, now, redemption_id)
        ledger.add_entry(session, key, "forfeited", -took, row.currency, now, redemption_id)
    session.flush()
    return store.sum_ledger(session, key) if row.amount_minor is not None else None


def let_last(session: Session, key: VoucherKey, ends_on: dt.date) -> None:
    """Move a voucher's last day."""
    row = store.lock_voucher(session, key)
    if row is not None:
        row.ends_on = ends_on
        session.flush()


def holders_of(session: Session, campaign_id: str, accounts: Collection[str]) -> set[tuple[str, str | None]]:
    """Which of these accounts (with null) and of their lines have a voucher of a campaign."""
    return bulk.holders_of(session, campaign_id, accounts)


def tell_page(
    session: Session, campaign_id: str | None, after: tuple[str, str], limit: int
) -> list[ToldVoucher]:
    """A page of vouchers, of one campaign or of all; `after` is the key of the last of the page before."""
    return bulk.tell_page(session, campaign_id, after, limit)


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
