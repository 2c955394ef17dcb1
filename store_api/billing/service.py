"""Billing: every credit that was used becomes one posting, and is chased until it is confirmed.

What it is for: postings come from the outbox, so that a redemption and the intent to bill it commit together;
they are handed to the port outside of any transaction, under a lease, as often as it takes; what billing says
of them is read back and kept.
What it must not know: which billing system it is, Flask.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.billing.models import PostingRow
from store_api.billing.ports import BillingFailed, BillingPort, Confirmation, Posting
from store_api.contract import Money
from store_api.db import Database, make_id
from store_api.money import to_minor, to_money
from store_api.outbox import OutboxEvent
from store_api.redemptions import service as redemptions
from store_api.redemptions.service import RedemptionRow

__all__ = ["PostingRow", "follow", "of_redemptions", "step"]

KINDS = {"voucher.redeemed": "credit", "redemption.voided": "reversal"}
"""The events that are billed, and the kind of posting that follows from each."""
LEASE = dt.timedelta(minutes=3)
FIRST_WAIT = dt.timedelta(seconds=10)
LONGEST_WAIT = dt.timedelta(hours=1)
POST_AGAIN_AFTER = dt.timedelta(hours=6)
"""A posting that billing has not confirmed for so long is handed over once more."""


@dataclass(frozen=True)
class Due:
    """A posting under a lease, and what is to be done with it: hand it over, or look it up."""

    posting: Posting
    lease_id: str
    is_posted: bool


def follow(session: Session, events: Sequence[OutboxEvent], now: dt.datetime) -> None:
    """Make a posting of every credit that was used, and of every use that was undone.

    All of them are read and written by a few statements: every redemption pays for this.
    """
    told = {_told_of(event): event.at for event in events if event.type in KINDS}
    named = [redemption_id for redemption_id, _ in told]
    used, known = redemptions.listing.by_ids(session, named), of_redemptions(session, named)
    forms = redemptions.listing.benefits_of(session, [row.decision_id for row in used.values()])
    fresh = [
        _posting_row(session, used[redemption_id], kind, forms, happened_at, now)
        for (redemption_id, kind), happened_at in told.items()
        if (redemption_id, kind) not in known and _has_amount(used.get(redemption_id))
    ]
    if fresh:
        session.execute(sa.insert(PostingRow), fresh)


def step(database: Database, port: BillingPort, now: dt.datetime, most: int = 20) -> int:
    """Hand over or look up what is due; how many postings were looked at."""
    with database.reading() as session:
        if session.scalars(_due(now).limit(1)).first() is None:
            return 0
    done = 0
    while done < most:
        with database.transaction() as session:
            due = _take(session, now)
        if due is None:
            break
        _do(database, port, due, now)
        done += 1
    return done


def of_redemptions(session: Session, redemption_ids: Sequence[str]) -> dict[tuple[str, str], PostingRow]:
    """The postings of redemptions, by (redemption, kind)."""
    found: dict[tuple[str, str], PostingRow] = {}
    for start in range(0, len(redemption_ids), 500):
        part = redemption_ids[start : start + 500]
        rows = session.scalars(sa.select(PostingRow).where(PostingRow.redemption_id.in_(part)))
        found.update({(row.redemption_id, row.kind): row for row in rows})
    return found


def _told_of(event: OutboxEvent) -> tuple[str, str]:
    """The redemption that an event tells of, and the kind of posting that follows from it."""
    return str(json.loads(event.body)["data"].get("redemption_id")), KINDS[event.type]


def _has_amount(used: RedemptionRow | None) -> bool:
    return used is not None and used.currency is not None and bool(used.amount_minor)


def _posting_row(
    session: Session,
    used: RedemptionRow,
    kind: str,
    forms: Mapping[str, str],
    happened_at: dt.datetime,
    now: dt.datetime,
) -> dict[str, Any]:
    return {
        "posting_id": make_id(session, "pst", now),
        "kind": kind,
        "redemption_id": used.redemption_id,
        "account_id": used.account_id,
        "voucher_id": used.voucher_id,
        "order_id": used.order_id,
        "store_id": used.store_id,
        "terms_code": used.terms_code,
        "form": forms[used.decision_id],
        "amount_minor": used.amount_minor,
        "currency": used.currency,
        "happened_at": happened_at,
        "state": "waiting",
        "tries": 0,
        "next_at": now,
        "node_id": session.info["node_id"],
    }


def _due(now: dt.datetime) -> sa.Select[PostingRow]:
    return (
        sa.select(PostingRow)
        .where(
            PostingRow.state.in_(("waiting", "posted")),
            PostingRow.next_at <= now,
            sa.or_(PostingRow.leased_until.is_(None), PostingRow.leased_until <= now),
        )
        .order_by(PostingRow.next_at, PostingRow.posting_id)
    )


def _take(session: Session, now: dt.datetime) -> Due | None:
    row = session.scalars(_due(now).limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.lease_id, row.leased_until = make_id(session, "lea", now), now + LEASE
    session.flush()
    return Due(_posting(row), str(row.lease_id), row.state == "posted")


def _do(database: Database, port: BillingPort, due: Due, now: dt.datetime) -> None:
    """Ask billing outside of any transaction, then record what it said in one."""
    said: Confirmation | None = None
    fault: str | None = None
    try:
        if due.is_posted:
            said = port.look_up(due.posting)
        else:
            port.post(due.posting)
    except BillingFailed as error:
        fault = str(error)[:200]
    with database.transaction() as session:
        _record(session, due, said, fault, now)


def _record(
    session: Session, due: Due, said: Confirmation | None, fault: str | None, now: dt.datetime
) -> None:
    chosen = sa.select(PostingRow).where(PostingRow.posting_id == due.posting.posting_id).with_for_update()
    row = session.scalars(chosen).one()
    if row.lease_id != due.lease_id:
        return
    row.lease_id = row.leased_until = None
    row.last_fault = fault
    if fault is None and not due.is_posted:
        row.state, row.posted_at, row.next_at = "posted", now, now + _pause(row.tries)
    elif said is not None and said.state != "pending":
        _settle(session, row, said, now)
    else:
        _wait(row, is_unknown=fault is None and said is None, now=now)


def _settle(session: Session, row: PostingRow, said: Confirmation, now: dt.datetime) -> None:
    row.state = "confirmed" if said.state == "accepted" else "rejected"
    row.confirmed_at, row.confirmation = now, said.reference
    row.last_fault = said.reason or None
    if row.state == "confirmed":
        row.billed_minor = _billed(row, said)
    audit.record(
        session,
        action="credit.confirmed" if row.state == "confirmed" else "credit.rejected",
        actor="billing",
        subject=row.posting_id,
        now=now,
        details={"redemption": row.redemption_id, "kind": row.kind, "reference": said.reference},
    )


def _billed(row: PostingRow, said: Confirmation) -> int:
    """What billing says that it credited; what was posted where it names no amount it can have credited."""
    if said.amount is None:
        return row.amount_minor
    try:
        return to_minor(Money.model_validate({"amount": said.amount, "currency": row.currency}))
    except ValueError:
        return 0


def _wait(row: PostingRow, is_unknown: bool, now: dt.datetime) -> None:
    """Look again later, each time twice as late; hand over again what billing does not know, or has not
    confirmed for long."""
    row.tries += 1
    row.next_at = now + _pause(row.tries)
    is_old = row.posted_at is not None and now - row.posted_at >= POST_AGAIN_AFTER
    if is_unknown or (row.state == "posted" and is_old):
        row.state = "waiting"


def _pause(tries: int) -> dt.timedelta:
    return min(FIRST_WAIT * float(2 ** min(tries, 16)), LONGEST_WAIT)


def _posting(row: PostingRow) -> Posting:
    amount = to_money(row.amount_minor, row.currency)
    return Posting(
        posting_id=row.posting_id,
        kind=row.kind,  # type: ignore[arg-type]  # one of the two
        account_id=row.account_id,
        redemption_id=row.redemption_id,
        voucher_id=row.voucher_id,
        order_id=row.order_id,
        store_id=row.store_id,
        terms_code=row.terms_code,
        form=row.form,
        amount=str(amount.amount) if amount else "0",
        currency=row.currency,
        happened_at=row.happened_at.isoformat(),
    )
