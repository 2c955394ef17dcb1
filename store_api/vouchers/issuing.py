"""Issuing vouchers: one with a code for somebody, or many in few statements.

What it is for: a voucher, its code's hash, the first entry of its ledger and the event that tells other
systems of it are written together.
What it must not know: policies (beyond their names), decisions, persons, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store_api import outbox
from store_api.db import make_id
from store_api.errors import Conflict
from store_api.keys import KeyRing
from store_api.policies import service as policies
from store_api.vouchers import bulk, ledger
from store_api.vouchers.codes import draw_code
from store_api.vouchers.models import Voucher, VoucherCodeRow
from store_api.vouchers.store import VoucherKey
from store_api.work import Work

CODE_PURPOSE = "voucher-code"


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
    uses_allowed: int = 1
    campaign_id: str | None = None


def issue(
    session: Session,
    new: NewVoucher,
    keys: KeyRing,
    random_bytes: Callable[[int], bytes],
    now: dt.datetime,
) -> tuple[VoucherKey, str]:
    """Issue a voucher and return its key and its code, which is kept as a keyed hash only.

    Raises Conflict where the version in force on its day was stopped.
    """
    if not policies.may_issue(session, new.policy, new.issued_on):
        raise Conflict("policy.issuing_stopped")
    voucher_id = make_id(session, "vou", now)
    key = VoucherKey(new.account_id or voucher_id, voucher_id)
    code = draw_code(random_bytes)
    hashed = keys.hash(CODE_PURPOSE, code)
    session.add(_voucher_row(new, key, code))
    session.flush()
    session.add(VoucherCodeRow(code_hash=hashed.digest, key_id=hashed.key_id, **key._asdict()))
    ledger.add_entry(session, key, "issued", new.amount_minor or 0, new.currency, now)
    outbox.publish(session, "voucher.issued", key.voucher_id, _announced(new), now)
    session.flush()
    return key, code


def issue_many(work: Work, new: Sequence[NewVoucher], codes: Sequence[str | None]) -> None:
    """Issue many vouchers in few statements, each with its code, or with none where nobody is to know one."""
    session, keys = work.session, work.settings.keys
    rows, hashed = [], []
    for each, code in zip(new, codes, strict=True):
        voucher_id = make_id(session, "vou", work.now)
        key = VoucherKey(each.account_id or voucher_id, voucher_id)
        row = _voucher_row(each, key, code or "")
        values = {column.key: getattr(row, column.key) for column in Voucher.__mapper__.columns}
        rows.append({**values, "node_id": session.info["node_id"]})
        if code is not None:
            its = keys.hash(CODE_PURPOSE, code)
            node = {"node_id": session.info["node_id"]}
            hashed.append({"code_hash": its.digest, "key_id": its.key_id, **key._asdict(), **node})
    bulk.insert_vouchers(session, rows, work.now)
    bulk.insert_codes(session, hashed)
    told = [(row["voucher_id"], _announced(each)) for row, each in zip(rows, new, strict=True)]
    outbox.publish_many(session, "voucher.issued", told, work.now)


def taken_codes(work: Work, codes: Sequence[str]) -> set[str]:
    """Which of these codes point to a voucher already."""
    by_hash = {
        hashed.digest: code for code in codes for hashed in work.settings.keys.hashes(CODE_PURPOSE, code)
    }
    return {by_hash[found] for found in bulk.known_hashes(work.session, list(by_hash))}


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
        uses_allowed=new.uses_allowed,
        last_use_number=0,
        campaign_id=new.campaign_id,
    )
