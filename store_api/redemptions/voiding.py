"""Undoing a redemption: what becomes of the voucher is what its policy says (`on_void`).

    restore           it comes back; where its last day has passed meanwhile, it lasts as many days more as it
                      had left when it was used, and at least today
    restore_if_valid  it comes back while it is good; after its last day it is lost
    forfeit           it is lost

A voucher that was withdrawn meanwhile never comes back. What comes back is all that the use took, what was
lost of its rest too; the use's number is never given out again, and its campaign gets its share back.
What it must not know: how a decision is made, visits, Flask.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from store_api.campaigns import service as campaigns
from store_api.decisions import service as decisions
from store_api.policies import service as policies
from store_api.redemptions import store
from store_api.redemptions.consuming import Actor, log
from store_api.redemptions.models import RedemptionRow
from store_api.stores import service as stores
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import VoucherKey, VoucherView
from store_api.work import Work


def void(work: Work, redemption_id: str, reason: str, actor: Actor) -> RedemptionRow | None:
    """Undo a redemption of the actor's store; null where it has none of that name.

    One that was undone before stays as it was undone.
    """
    row = store.lock_redemption(work.session, redemption_id)
    if row is None or row.store_id != actor.store_id:
        return None
    if row.voided_at is not None:
        return row
    key = VoucherKey(row.voucher_account_id, row.voucher_id)
    comes_back = _comes_back(work, row, key)
    row.balance_minor = vouchers.undo_use(work.session, key, row.redemption_id, comes_back, work.now)
    if comes_back:
        given = vouchers.grants.of_voucher(work.session, row.account_id, row.order_id, row.voucher_id)
        campaigns.give_back(work.session, given, work.now)
    row.voided_at, row.voided_by, row.void_reason = work.now, actor.who, reason
    row.void_became = "restored" if comes_back else "forfeited"
    work.session.flush()
    details = {"redemption": row.redemption_id, "reason": reason, "became": row.void_became}
    log(work, "redemption.voided", row.voucher_id, details)
    return row


def _comes_back(work: Work, row: RedemptionRow, key: VoucherKey) -> bool:
    """Whether the voucher comes back; one that does after its last day gets another one."""
    voucher = vouchers.find(work.session, key)
    if voucher is None or voucher.row.voided_at is not None:
        return False
    on_void = _on_void(work, row)
    place = stores.read_place(work.session, row.store_id)
    today, ends_on = place.today(work.now), voucher.row.ends_on
    if on_void == "forfeit" or ends_on is None or today <= ends_on:
        return on_void != "forfeit"
    if on_void == "restore":
        vouchers.let_last(work.session, key, today + _left_then(row, voucher, place.zone))
    return on_void == "restore"


def _left_then(row: RedemptionRow, voucher: VoucherView, zone: str) -> dt.timedelta:
    """The days that the voucher had left when it was used."""
    used_on = row.redeemed_at.astimezone(ZoneInfo(zone)).date()
    ends_on = voucher.row.ends_on or used_on
    return max(ends_on - used_on, dt.timedelta())


def _on_void(work: Work, row: RedemptionRow) -> str:
    """What the version says under which the voucher was used."""
    decision = decisions.find(work.session, row.decision_id)
    book = policies.open_book(work.session, work.settings.catalogue_files)
    version = book.version(decision.policy, decision.version) if decision and decision.version else None
    if version is None:
        raise LookupError(f"{row.redemption_id} was made under a version that is not there")
    return version.benefit.on_void
