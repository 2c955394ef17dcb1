"""Holds and redemptions read for others: of an order, of a store's day, by their names.

What it is for: what a till, a slip, billing and a reconciliation need to know of what was used.
What it must not know: how anything is used, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.contract import AppliedVoucher, Money, SlipVoucher
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.money import to_minor, to_money
from store_api.redemptions.models import HoldRow, RedemptionRow

PART = 500
"""Names in one question to the database."""
OFF_THE_PRICE = frozenset({"instant_credit", "percent_off", "fee_waiver"})
"""Kinds of benefit that lower what is paid now; the others are credited on bills."""


def of_order(session: Session, account_id: str, order_id: str) -> Sequence[RedemptionRow]:
    """What was used on an order and not undone, in its sequence."""
    chosen = sa.select(RedemptionRow).where(
        RedemptionRow.account_id == account_id,
        RedemptionRow.order_id == order_id,
        RedemptionRow.voided_at.is_(None),
    )
    return session.scalars(chosen.order_by(RedemptionRow.redeemed_at, RedemptionRow.redemption_id)).all()


def of_store(
    session: Session, store_id: str, start: dt.datetime, end: dt.datetime
) -> Sequence[RedemptionRow]:
    """What was used in a store from a moment until before another, by time; what was undone too."""
    chosen = sa.select(RedemptionRow).where(
        RedemptionRow.store_id == store_id,
        RedemptionRow.redeemed_at >= start,
        RedemptionRow.redeemed_at < end,
    )
    return session.scalars(chosen.order_by(RedemptionRow.redeemed_at, RedemptionRow.redemption_id)).all()


def of_orders(session: Session, order_ids: Sequence[str]) -> dict[str, list[RedemptionRow]]:
    """What was used on several orders, by the order; what was undone too."""
    found: dict[str, list[RedemptionRow]] = {}
    for part in _parts(order_ids):
        chosen = sa.select(RedemptionRow).where(RedemptionRow.order_id.in_(part))
        for row in session.scalars(chosen.order_by(RedemptionRow.redemption_id)):
            found.setdefault(row.order_id, []).append(row)
    return found


def by_ids(session: Session, redemption_ids: Sequence[str]) -> dict[str, RedemptionRow]:
    """Redemptions by their identifiers; one that is not there is left out."""
    found: dict[str, RedemptionRow] = {}
    for part in _parts(redemption_ids):
        rows = session.scalars(sa.select(RedemptionRow).where(RedemptionRow.redemption_id.in_(part)))
        found.update({row.redemption_id: row for row in rows})
    return found


def live_holds(session: Session, account_id: str, order_id: str, now: dt.datetime) -> Sequence[HoldRow]:
    """What is reserved for an order now, oldest first."""
    chosen = sa.select(HoldRow).where(
        HoldRow.account_id == account_id,
        HoldRow.order_id == order_id,
        HoldRow.ended_at.is_(None),
        HoldRow.expires_at > now,
    )
    return session.scalars(chosen.order_by(HoldRow.held_at, HoldRow.hold_id)).all()


def show_applied(session: Session, row: RedemptionRow) -> AppliedVoucher:
    """A redemption as a till needs it."""
    policy, kind, _ = benefit_of(session, row.decision_id)
    return AppliedVoucher(
        redemption_id=row.redemption_id,
        voucher_id=row.voucher_id,
        policy=policy,
        terms_code=row.terms_code,
        amount=to_money(row.amount_minor, row.currency),
        comes_off=kind in OFF_THE_PRICE,
    )


def show_used(session: Session, row: RedemptionRow) -> SlipVoucher:
    """A redemption as a slip's code tells of it."""
    fields = show_applied(session, row).model_dump(exclude={"redemption_id", "amount"})
    return SlipVoucher(**fields, amount=to_money(row.amount_minor, row.currency), state="used")


def show_reserved(session: Session, row: HoldRow) -> SlipVoucher:
    """A hold as a slip's code tells of it."""
    policy, kind, terms_code = benefit_of(session, row.decision_id)
    return SlipVoucher(
        voucher_id=row.voucher_id,
        policy=policy,
        terms_code=terms_code,
        amount=to_money(row.amount_minor, row.currency),
        comes_off=kind in OFF_THE_PRICE,
        state="reserved",
    )


def benefit_of(session: Session, decision_id: str) -> tuple[str, str, str]:
    """A decision's policy, kind of benefit ("" without one) and terms code."""
    row = decisions.find(session, decision_id)
    if row is None:
        raise LookupError(f"{decision_id} is not there")
    return row.policy, _kind_of(row), row.terms_code


def benefits_of(session: Session, decision_ids: Sequence[str]) -> dict[str, str]:
    """The kind of benefit ("" without one) of decisions, by their identifiers."""
    found: dict[str, str] = {}
    for part in _parts(decision_ids):
        found |= {row.decision_id: _kind_of(row) for row in decisions.find_many(session, part)}
    return found


def total_after(before: Money | None, applied: Iterable[AppliedVoucher | SlipVoucher]) -> Money | None:
    """What an order costs once what comes off it is taken off; never below nothing."""
    if before is None:
        return None
    off = [each.amount for each in applied if each.comes_off and each.amount is not None]
    taken = sum(to_minor(amount) for amount in off if amount.currency == before.currency)
    return to_money(max(0, to_minor(before) - taken), before.currency)


def _kind_of(row: DecisionRow) -> str:
    benefit = decisions.gist(row).benefit
    return "" if benefit is None else benefit.kind


def _parts(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + PART] for start in range(0, len(names), PART))
