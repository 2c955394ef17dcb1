"""What vouchers take of orders: kept while a voucher is held, for good once it was used.

What it is for: the rows from which it is counted what stands on an order, and how often and for how much a
campaign was used. A grant whose `until` has passed counts no longer, without anybody's doing.
What it must not know: campaigns beyond their names, policies, decisions, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.db import make_id
from store_api.prepared import Prepared
from store_api.rows import add_row, plain_row
from store_api.vouchers.models import GrantRow
from store_api.vouchers.store import VoucherKey

Per = Literal["account", "line", "person", "store"]


@dataclass(frozen=True)
class Grant:
    """What a voucher takes of an order, for whom, and under which version of its policy.

    `amount_minor` is in minor units; `until` is null once the voucher was used. `granted_on` is a day in the
    store's zone.
    """

    key: VoucherKey
    account_id: str
    order_id: str
    line_id: str
    person_id: str
    store_id: str
    campaign_id: str | None
    policy: str
    version: int
    granted_on: dt.date
    amount_minor: int
    currency: str
    until: dt.datetime | None


def on_order(
    session: Session, account_id: str, order_id: str, now: dt.datetime, but: str | None = None
) -> Sequence[GrantRow]:
    """The grants that stand on an order, oldest first, but for a voucher's own."""
    named = {"account": account_id, "of_order": order_id, "at": now, "but": but or ""}
    return [plain_row(GrantRow, found) for found in _ON_ORDER.rows(session, named)]


def of_voucher(session: Session, account_id: str, order_id: str, voucher_id: str) -> GrantRow | None:
    """The grant of a voucher on an order that nobody ended, though its time may be over."""
    chosen = sa.select(GrantRow).where(
        GrantRow.account_id == account_id,
        GrantRow.order_id == order_id,
        GrantRow.voucher_id == voucher_id,
        GrantRow.ended_at.is_(None),
    )
    newest = chosen.order_by(GrantRow.grant_id.desc()).limit(1)
    return session.scalars(newest.execution_options(populate_existing=True)).first()


def lock_of_voucher(session: Session, account_id: str, order_id: str, voucher_id: str) -> GrantRow | None:
    """The same, locked: nobody else ends it before this transaction does."""
    row = of_voucher(session, account_id, order_id, voucher_id)
    if row is None:
        return None
    chosen = sa.select(GrantRow).where(
        GrantRow.account_id == row.account_id, GrantRow.grant_id == row.grant_id, GrantRow.ended_at.is_(None)
    )
    return session.scalars(chosen.with_for_update().execution_options(populate_existing=True)).first()


def keep(session: Session, grant: Grant, now: dt.datetime) -> None:
    """Write a grant: the one that stands for this voucher on this order is renewed, or a new one made."""
    named = {
        "account": grant.account_id, "of_order": grant.order_id, "of_voucher": grant.key.voucher_id,
        "amount": grant.amount_minor, "lasts": grant.until, "day": grant.granted_on,
    }  # fmt: skip
    if not _RENEW.count(session, named):
        add_row(session, GrantRow, grant_id=make_id(session, "gra", now), **_values(grant))


def end(session: Session, row: GrantRow, now: dt.datetime) -> bool:
    """End a grant; False where somebody ended it before."""
    ended = sa.update(GrantRow).where(
        GrantRow.account_id == row.account_id, GrantRow.grant_id == row.grant_id, GrantRow.ended_at.is_(None)
    )
    ended = ended.values(ended_at=now).returning(GrantRow.grant_id)
    return session.execute(ended.execution_options(synchronize_session=False)).first() is not None


def end_expired(session: Session, campaign_id: str, now: dt.datetime) -> tuple[int, int]:
    """End a campaign's grants whose time is over; how many, and how much in minor units.

    One that somebody is using at this moment is locked, and passed over.
    """
    over = (GrantRow.campaign_id == campaign_id, GrantRow.ended_at.is_(None), GrantRow.until <= now)
    free = sa.select(GrantRow).where(*over).with_for_update(skip_locked=True)
    rows = session.scalars(free.execution_options(populate_existing=True)).all()
    for row in rows:
        row.ended_at = now
    session.flush()
    return len(rows), sum(row.amount_minor for row in rows)


def count(
    session: Session,
    campaign_id: str,
    grant: Grant,
    per: Per,
    since: dt.date | None,
    now: dt.datetime,
) -> int:
    """How often a campaign was granted to the account, line, person or store of a grant, but for its own.

    `since` is the first day that counts, null for ever.
    """
    whose = {
        "account": (GrantRow.account_id == grant.account_id,),
        "line": (GrantRow.account_id == grant.account_id, GrantRow.line_id == grant.line_id),
        "person": (GrantRow.account_id == grant.account_id, GrantRow.person_id == grant.person_id),
        "store": (GrantRow.store_id == grant.store_id,),
    }[per]
    own = sa.and_(GrantRow.order_id == grant.order_id, GrantRow.voucher_id == grant.key.voucher_id)
    # A part of a voucher that was used before on this very order is final and counts.
    own = sa.and_(own, GrantRow.until.is_not(None))
    counted = sa.select(sa.func.count()).select_from(GrantRow)
    counted = counted.where(GrantRow.campaign_id == campaign_id, *whose, *_standing(now), sa.not_(own))
    if since is not None:
        counted = counted.where(GrantRow.granted_on >= since)
    return int(session.scalar(counted) or 0)


def unended(session: Session, campaign_id: str) -> tuple[int, int]:
    """How many grants of a campaign were not ended, those whose time is over too, and how much they are."""
    counted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(GrantRow.amount_minor), 0))
    found = session.execute(
        counted.where(GrantRow.campaign_id == campaign_id, GrantRow.ended_at.is_(None))
    ).one()
    return int(found[0]), int(found[1])


def expired(session: Session, campaign_id: str, now: dt.datetime) -> tuple[int, int]:
    """How many grants of a campaign are over and were not ended yet, and how much they are."""
    counted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(GrantRow.amount_minor), 0))
    over = (GrantRow.campaign_id == campaign_id, GrantRow.ended_at.is_(None), GrantRow.until <= now)
    found = session.execute(counted.where(*over)).one()
    return int(found[0]), int(found[1])


def _standing(now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return GrantRow.ended_at.is_(None), sa.or_(GrantRow.until.is_(None), GrantRow.until > now)


def _values(grant: Grant) -> dict[str, Any]:
    """A grant as the table has it, but for its identifier."""
    values = {each.name: getattr(grant, each.name) for each in fields(grant) if each.name != "key"}
    key = {"voucher_account_id": grant.key.account_id, "voucher_id": grant.key.voucher_id}
    return {**values, **key}


_G = GrantRow.__table__.c
_RENEW = Prepared(
    sa.update(GrantRow.__table__)  # type: ignore[arg-type]  # a mapped class's table
    .where(
        _G.account_id == sa.bindparam("account"),
        _G.order_id == sa.bindparam("of_order"),
        _G.voucher_id == sa.bindparam("of_voucher"),
        _G.until.is_not(None),
        _G.ended_at.is_(None),
    )
    .values(amount_minor=sa.bindparam("amount"), until=sa.bindparam("lasts"), granted_on=sa.bindparam("day"))
)
_ON_ORDER = Prepared(
    sa.select(*_G)
    .where(
        _G.account_id == sa.bindparam("account"),
        _G.order_id == sa.bindparam("of_order"),
        _G.ended_at.is_(None),
        sa.or_(_G.until.is_(None), _G.until > sa.bindparam("at", type_=_G.until.type)),
        _G.voucher_id != sa.bindparam("but"),
    )
    .order_by(_G.grant_id)
)
