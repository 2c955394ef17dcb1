"""Codes on slips: made for a hold, scanned at a till, worth something once.

What it is for: a till that cannot be reached by its order id scans the slip and learns what is reserved. The
code is derived from the hold under the service's keys: asked for again it is the same, so nothing needs to be
stored but its hash, and a copy of the slip is no second code.
What it must not know: how a hold is made, how a slip is printed, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.contract import Order, SlipVoucher, TillCode, TillCodeAnswer
from store_api.errors import Conflict
from store_api.ids import ALPHABET, base32
from store_api.keys import KeyRing
from store_api.orders import service as orders
from store_api.redemptions import service as redemptions
from store_api.redemptions.service import HoldRow
from store_api.till_codes import store
from store_api.till_codes.models import TillCodeRow
from store_api.vouchers import service as vouchers
from store_api.work import Work

__all__ = ["TillCodeRow", "find_verified", "make_code", "verify"]

PURPOSE = "till-code"
MARK = "T"
"""The first character: with it no scanner takes a slip's code for a voucher's, which is one shorter."""
RANDOM_CHARACTERS = 12
"""Sixty bits, as a voucher's code has."""
LOOKALIKES = str.maketrans("OIL", "011")
"""Letters that the alphabet does not have, typed for the digits that they look like."""


def make_code(work: Work, hold: HoldRow) -> TillCode:
    """The code of a hold that stands. Raises Conflict for one that is over, used or given back."""
    if not redemptions.is_live(hold, work.now):
        raise Conflict("till_code.hold_over")
    row = store.find_of_hold(work.session, hold.hold_id)
    if row is None:
        row = _add(work, hold)
    row.expires_at = hold.expires_at
    work.session.flush()
    return TillCode(code=_derive(work.settings.keys, row.hold_id, row.key_id), expires_at=row.expires_at)


def verify(work: Work, scanned: str) -> TillCodeAnswer:
    """What a scanned code stands for, once. Raises TooMany where this device tried too many wrong ones."""
    code = _read(scanned)
    if code is None:
        return _nothing("till_code.wrong_check")
    hashes = [each.digest for each in work.settings.keys.hashes(PURPOSE, code)]
    vouchers.refuse_if_closed(work)
    row = store.verify(work.session, hashes, str(work.caller.store_id), work.caller.subject_id, work.now)
    if row is None:
        return _why_not(work, store.find(work.session, hashes))
    audit.record(
        work.session,
        action="till_code.verified",
        actor=work.caller.subject_id,
        subject=row.order_id,
        now=work.now,
        details={"hold": row.hold_id},
    )
    return _tell(work, row)


def find_verified(
    session: Session, store_id: str, start: dt.datetime, end: dt.datetime
) -> Sequence[TillCodeRow]:
    """The codes that a store's tills verified from a moment until before another, by time."""
    return store.find_verified(session, store_id, start, end)


def _add(work: Work, hold: HoldRow) -> TillCodeRow:
    key_id = work.settings.keys.secret(PURPOSE).key_id
    code = _derive(work.settings.keys, hold.hold_id, key_id)
    row = TillCodeRow(
        code_hash=work.settings.keys.hash(PURPOSE, code).digest,
        key_id=key_id,
        hold_id=hold.hold_id,
        account_id=hold.account_id,
        order_id=hold.order_id,
        store_id=hold.store_id,
        made_at=work.now,
        expires_at=hold.expires_at,
    )
    work.session.add(row)
    return row


def _derive(keys: KeyRing, hold_id: str, key_id: str) -> str:
    """Sixty bits that only the holder of the key can tell from the hold, with mark and check character."""
    digests = {each.key_id: each.digest for each in keys.hashes("till-code-of-hold", hold_id)}
    if key_id not in digests:
        raise Conflict("till_code.hold_over")
    bits = int(digests[key_id][:16], 16) >> (64 - 5 * RANDOM_CHARACTERS)
    body = base32(bits, RANDOM_CHARACTERS)
    return MARK + body + vouchers.check_character(body)


def _read(scanned: str) -> str | None:
    """A scanned text as a code; None where its check character does not fit, or it is no such code."""
    plain = "".join(scanned.replace("-", "").split()).upper()
    body = plain[1:].translate(LOOKALIKES)
    if not plain.startswith(MARK) or len(body) != RANDOM_CHARACTERS + 1 or not set(body) <= set(ALPHABET):
        return None
    return MARK + body if vouchers.is_consistent(body) else None


def _why_not(work: Work, row: TillCodeRow | None) -> TillCodeAnswer:
    """A code that nobody made, or of another store, is counted and answered alike."""
    if row is None or row.store_id != work.caller.store_id:
        vouchers.count_wrong(work)
        return _nothing("till_code.unknown")
    if row.verified_at is not None:
        return _nothing("till_code.verified_before", row.verified_at, row.verified_by)
    return _nothing("till_code.expired")


def _tell(work: Work, row: TillCodeRow) -> TillCodeAnswer:
    order = orders.find(work.session, row.account_id, row.order_id)
    shown = None if order is None else orders.show(order)
    told = _slip_vouchers(work, row)
    before = None if shown is None else shown.total
    return TillCodeAnswer(
        code=None,
        verified_at=row.verified_at,
        verified_by=row.verified_by,
        order=shown,
        vouchers=told,
        total_before=before,
        total_after=redemptions.listing.total_after(before, told),
    )


def _slip_vouchers(work: Work, row: TillCodeRow) -> tuple[SlipVoucher, ...]:
    listing = redemptions.listing
    used = listing.of_order(work.session, row.account_id, row.order_id)
    held = listing.live_holds(work.session, row.account_id, row.order_id, work.now)
    return (
        *(listing.show_used(work.session, each) for each in used),
        *(listing.show_reserved(work.session, each) for each in held),
    )


def _nothing(
    code: str, verified_at: dt.datetime | None = None, verified_by: str | None = None
) -> TillCodeAnswer:
    order: Order | None = None
    return TillCodeAnswer(
        code=code,
        verified_at=verified_at,
        verified_by=verified_by,
        order=order,
        vouchers=(),
        total_before=None,
        total_after=None,
    )
