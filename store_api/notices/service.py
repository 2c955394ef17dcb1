"""What an account's owner is told: every use of the account's vouchers, and every check of somebody else's.

What it is for: rows written in the transaction of what they tell, read on the owner's phone. A use without
the customer's own tap is told outside at once, too, by an event of the log.
What it must not know: visits, how a voucher is used, HTTP.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.accounts import service as accounts
from store_api.audit.service import record
from store_api.contract import Notice
from store_api.errors import NotFound
from store_api.money import to_money
from store_api.notices.models import OwnerNoticeRow
from store_api.policies import service as policies
from store_api.rows import add_row
from store_api.stores import service as stores
from store_api.work import Work

USED, UNTAPPED, CHECKED = "used", "used_without_customer_face", "identity_checked"
SHOWN = 50
KEPT = dt.timedelta(days=400)


@dataclass(frozen=True)
class Use:
    """A use of a voucher as an owner is told of it; `tapped`: the customer agreed on a face of their own."""

    account_id: str
    redemption_id: str
    line_id: str | None
    policy: str
    amount_minor: int | None
    currency: str | None
    terms_code: str
    store_id: str
    by_whom: str
    tapped: bool


def tell_use(work: Work, use: Use) -> None:
    """Tell the owner that a voucher of the account was used."""
    kind = USED if use.tapped else UNTAPPED
    notice_id = work.new_id("not")
    add_row(
        work.session,
        OwnerNoticeRow,
        account_id=use.account_id,
        notice_id=notice_id,
        kind=kind,
        at=work.now,
        store_id=use.store_id,
        line_id=use.line_id,
        policy=use.policy,
        amount_minor=use.amount_minor,
        currency=use.currency,
        terms_code=use.terms_code,
        redemption_id=use.redemption_id,
        by_whom=use.by_whom,
    )
    if not use.tapped:
        _record(work, notice_id, use.account_id, {"kind": kind, "redemption": use.redemption_id})


def tell_check(work: Work, account_id: str, line_id: str, store_id: str) -> None:
    """Tell the owner that a member of staff, and not the person's own PIN, showed who somebody is."""
    notice_id = work.new_id("not")
    add_row(
        work.session,
        OwnerNoticeRow,
        account_id=account_id,
        notice_id=notice_id,
        kind=CHECKED,
        at=work.now,
        store_id=store_id,
        line_id=line_id,
        by_whom=work.caller.staff_name or "",
    )
    _record(work, notice_id, account_id, {"kind": CHECKED})


def read(work: Work, account_id: str) -> tuple[Notice, ...]:
    """What an owner was told, newest first."""
    rows = _rows(work.session, account_id, work.now - KEPT)
    book = policies.open_book(work.session, work.settings.catalogue_files)
    return tuple(_show(work.session, row, book) for row in rows)


def mark_seen(work: Work, account_id: str) -> None:
    """The owner has read what there is."""
    unseen = sa.update(OwnerNoticeRow).where(
        OwnerNoticeRow.account_id == account_id, OwnerNoticeRow.seen_at.is_(None)
    )
    work.session.execute(unseen.values(seen_at=work.now), execution_options={"synchronize_session": False})


def _rows(session: Session, account_id: str, since: dt.datetime) -> Sequence[OwnerNoticeRow]:
    chosen = sa.select(OwnerNoticeRow).where(
        OwnerNoticeRow.account_id == account_id, OwnerNoticeRow.at >= since
    )
    newest_first = (OwnerNoticeRow.at.desc(), OwnerNoticeRow.notice_id.desc())
    return session.scalars(chosen.order_by(*newest_first).limit(SHOWN)).all()


def _show(session: Session, row: OwnerNoticeRow, book: policies.PolicyBook) -> Notice:
    line = None
    if row.line_id is not None:
        try:
            line = accounts.line_choice(session, row.account_id, row.line_id)
        except NotFound:  # the line has left the account since
            line = None
    return Notice(
        notice_id=row.notice_id,
        kind=row.kind,  # type: ignore[arg-type]  # the model checks it
        at=row.at,
        store_name=stores.read_place(session, row.store_id).name,
        line=line,
        title=book.title(row.policy) if row.policy else None,
        amount=to_money(row.amount_minor, row.currency),
        terms_code=row.terms_code,
        by_whom=row.by_whom,
        is_new=row.seen_at is None,
    )


def _record(work: Work, notice_id: str, account_id: str, details: dict[str, str]) -> None:
    record(
        work.session,
        action="owner.notified",
        actor=work.caller.subject_id,
        subject=notice_id,
        now=work.now,
        details={"account": account_id, **details},
    )
