"""Reading offers and to whom they were shown.

What it must not know: visits, decisions, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.offers.models import NoOffers, OfferRow, OfferShowing


def find_all(session: Session) -> Sequence[OfferRow]:
    """Every offer, the newest first."""
    query = sa.select(OfferRow).order_by(OfferRow.made_at.desc(), OfferRow.offer_id.desc())
    return session.scalars(query).all()


def find(session: Session, offer_id: str) -> OfferRow | None:
    """One offer."""
    return session.get(OfferRow, offer_id)


def find_in_force(session: Session, today: dt.date) -> Sequence[OfferRow]:
    """The offers of a day, the one that began last first."""
    query = sa.select(OfferRow).where(
        OfferRow.starts_on <= today,
        sa.or_(OfferRow.ends_on.is_(None), OfferRow.ends_on >= today),
        OfferRow.ended_at.is_(None),
    )
    return session.scalars(query.order_by(OfferRow.starts_on.desc(), OfferRow.offer_id)).all()


def find_showing(session: Session, visit_id: str, person_id: str) -> OfferShowing | None:
    """What was shown to a person in a visit."""
    query = sa.select(OfferShowing).where(
        OfferShowing.visit_id == visit_id, OfferShowing.person_id == person_id
    )
    return session.scalars(query.order_by(OfferShowing.shown_at).limit(1)).first()


def find_shown(session: Session, account_id: str, person_id: str) -> set[str]:
    """Which offers a person was ever shown."""
    query = sa.select(OfferShowing.offer_id).where(
        OfferShowing.account_id == account_id, OfferShowing.person_id == person_id
    )
    return set(session.scalars(query))


def wants_none(session: Session, account_id: str, person_id: str) -> bool:
    """Whether a person wants to be shown no offers any more."""
    return session.get(NoOffers, (account_id, person_id)) is not None
