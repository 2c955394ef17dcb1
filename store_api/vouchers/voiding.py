"""Making a voucher void: it cannot be used any more and does not come back, and what is left of it is taken.

What it is for: one way for the API and the command line, under the voucher's lock. A reservation that stands
on it is worth nothing from then on: what is reserved is decided again when it is to be used.
What it must not know: policies, decisions, Flask, the clock.
"""

from __future__ import annotations

from store_api.audit import service as audit
from store_api.contract import VoucherVoidReason
from store_api.errors import Conflict
from store_api.vouchers import ledger, store
from store_api.vouchers.models import Voucher
from store_api.vouchers.store import VoucherKey
from store_api.work import Work


def withdraw(work: Work, key: VoucherKey, reason: VoucherVoidReason = "other", used_too: bool = True) -> bool:
    """Make a voucher void and take what is left of it; False where it was void before, or is not there.

    One that is used up may be made void so that it does not come back when its use is undone; without
    `used_too` that raises Conflict.
    """
    session, row = work.session, store.lock_voucher(work.session, key)
    if row is None or row.voided_at is not None:
        return False
    left = store.sum_ledger(session, key)
    if not used_too:
        _refuse_used_up(work, row, key, left)
    row.voided_at = work.now
    ledger.add_entry(session, key, "withdrawn", -left, row.currency, work.now)
    session.flush()
    details = {"reason": reason, "policy": row.policy, "amount_minor": left, "currency": row.currency}
    audit.record(
        session, action="voucher.voided", actor=work.caller.subject_id, subject=key.voucher_id,
        now=work.now, details=details,
    )  # fmt: skip
    return True


def _refuse_used_up(work: Work, row: Voucher, key: VoucherKey, left: int) -> None:
    uses = store.find_uses(work.session, key)
    counted = sum(not use.is_part for use in uses)
    if counted >= row.uses_allowed or (uses and row.amount_minor is not None and not left):
        raise Conflict("voucher.nothing_left")
