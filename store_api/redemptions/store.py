"""Reading and writing holds and redemptions.

What it must not know: policies, decisions, Flask, the clock.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.prepared import Prepared
from store_api.redemptions.models import HoldRow, RedemptionRow

_H = HoldRow.__table__.c
_HOLD_OF_ORDER = Prepared(
    sa.select(_H.hold_id)
    .where(
        _H.account_id == sa.bindparam("account"),
        _H.order_id == sa.bindparam("of_order"),
        _H.voucher_id == sa.bindparam("of_voucher"),
        _H.ended_at.is_(None),
    )
    .order_by(_H.held_at.desc())
    .limit(1)
)


def find_hold(session: Session, hold_id: str) -> HoldRow | None:
    """A hold by its identifier."""
    return session.scalars(sa.select(HoldRow).where(HoldRow.hold_id == hold_id)).one_or_none()


def find_hold_of_order(session: Session, account_id: str, order_id: str, voucher_id: str) -> HoldRow | None:
    """The newest hold of an order on a voucher that was not ended by anybody."""
    named = {"account": account_id, "of_order": order_id, "of_voucher": voucher_id}
    found = _HOLD_OF_ORDER.first(session, named)
    return None if found is None else find_hold(session, found.hold_id)


def find_holds_of_order(session: Session, account_id: str, order_id: str) -> Sequence[HoldRow]:
    """The holds of an order that were not ended by anybody, oldest first."""
    chosen = sa.select(HoldRow).where(
        HoldRow.account_id == account_id, HoldRow.order_id == order_id, HoldRow.ended_at.is_(None)
    )
    return session.scalars(chosen.order_by(HoldRow.held_at, HoldRow.hold_id)).all()


def lock_redemption(session: Session, redemption_id: str) -> RedemptionRow | None:
    """A redemption by its identifier, locked until this transaction ends."""
    chosen = sa.select(RedemptionRow).where(RedemptionRow.redemption_id == redemption_id).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).one_or_none()


def find_redemption(session: Session, redemption_id: str) -> RedemptionRow | None:
    """A redemption by its identifier."""
    chosen = sa.select(RedemptionRow).where(RedemptionRow.redemption_id == redemption_id)
    return session.scalars(chosen).one_or_none()


def find_redemption_of_order(session: Session, account_id: str, order_id: str) -> RedemptionRow | None:
    """The redemption that settled an order, if one did."""
    chosen = sa.select(RedemptionRow).where(
        RedemptionRow.account_id == account_id, RedemptionRow.order_id == order_id
    )
    return session.scalars(chosen.order_by(RedemptionRow.redeemed_at.desc()).limit(1)).first()
