"""Reading and writing campaigns, and the guarded statements on their budgets and limits.

What it must not know: policies, decisions, Flask, the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store_api.campaigns.models import CampaignRow, CampaignSlot, LimitLock


@dataclass(frozen=True)
class Share:
    """A part of a budget: an amount in minor units, and a number of uses."""

    money: int
    uses: int

    def minus(self, other: Share) -> Share:
        """What this is more than the other; below zero where it is less."""
        return Share(self.money - other.money, self.uses - other.uses)


def find_campaign(session: Session, campaign_id: str) -> CampaignRow | None:
    """A campaign as the database has it now."""
    return session.get(CampaignRow, campaign_id, populate_existing=True)


def lock_campaign(session: Session, campaign_id: str) -> CampaignRow | None:
    """The same, locked for a change."""
    chosen = sa.select(CampaignRow).where(CampaignRow.campaign_id == campaign_id).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).one_or_none()


def find_campaigns(session: Session) -> Sequence[CampaignRow]:
    """Every campaign, by name."""
    return session.scalars(sa.select(CampaignRow).order_by(CampaignRow.campaign_id)).all()


def find_left(session: Session, campaign_id: str) -> tuple[int | None, int | None]:
    """What is left in all slots: money in minor units, and uses; null where there is no such budget."""
    sums = sa.select(sa.func.sum(CampaignSlot.money_left), sa.func.sum(CampaignSlot.count_left))
    money, uses = session.execute(sums.where(CampaignSlot.campaign_id == campaign_id)).one()
    return (None if money is None else int(money)), (None if uses is None else int(uses))


def lock_subject(session: Session, campaign_id: str, subject: str) -> None:
    """Wait for one's turn to count against a limit, and keep it until this transaction ends."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    node_id = session.info["node_id"]
    turn = insert(LimitLock).values(campaign_id=campaign_id, subject=subject, turns=1, node_id=node_id)
    session.execute(
        turn.on_conflict_do_update(
            index_elements=[LimitLock.campaign_id, LimitLock.subject], set_={"turns": LimitLock.turns + 1}
        )
    )


def take_from_slot(session: Session, campaign_id: str, slot: int, share: Share) -> bool:
    """Take a share from one slot, if it has it; the statement locks the slot and decides."""
    taken = (
        sa.update(CampaignSlot)
        .where(
            CampaignSlot.campaign_id == campaign_id,
            CampaignSlot.slot == slot,
            sa.or_(CampaignSlot.money_left.is_(None), CampaignSlot.money_left >= share.money),
            sa.or_(CampaignSlot.count_left.is_(None), CampaignSlot.count_left >= share.uses),
        )
        .values(_less(share))
        .returning(CampaignSlot.slot)
        .execution_options(synchronize_session=False)
    )
    return session.execute(taken).first() is not None


def give_to_slot(session: Session, campaign_id: str, slot: int, share: Share) -> None:
    """Give a share back."""
    given = sa.update(CampaignSlot).where(CampaignSlot.campaign_id == campaign_id, CampaignSlot.slot == slot)
    values = _less(Share(-share.money, -share.uses))
    session.execute(given.values(values).execution_options(synchronize_session=False))


def lock_slots(session: Session, campaign_id: str) -> Sequence[CampaignSlot]:
    """All slots of a campaign, locked in their order."""
    chosen = sa.select(CampaignSlot).where(CampaignSlot.campaign_id == campaign_id)
    chosen = chosen.order_by(CampaignSlot.slot).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).all()


def _less(share: Share) -> dict[str, sa.ColumnElement[int | None]]:
    """Null stays null: what has no end is not counted down."""
    return {
        "money_left": CampaignSlot.money_left - share.money,
        "count_left": CampaignSlot.count_left - share.uses,
    }
