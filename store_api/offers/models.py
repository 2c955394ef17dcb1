"""Tables of the offers: what stores may offer, to whom each was shown, and who wants none.

No reason for a "no" is kept: there is no column for one. What they must not know: any other feature's tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Currency, Id, Minor, NodeMixin


class OfferRow(NodeMixin, Base):
    """Something optional for sale. `stores` and `regions` say where; both empty is everywhere.

    It is shown from `starts_on` to `ends_on` in the store's zone (null: until it is ended), and no more after
    `ended_at`.
    """

    __tablename__ = "offers"

    offer_id: Mapped[Id] = mapped_column(primary_key=True)
    title: Mapped[dict[str, Any]]
    text: Mapped[dict[str, Any]]
    price_minor: Mapped[Minor | None]
    currency: Mapped[Currency | None]
    stores: Mapped[list[Any]]
    regions: Mapped[list[Any]]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    made_by: Mapped[Id]
    made_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class OfferShowing(NodeMixin, Base):
    """That an offer was shown to a person, in one visit and in no other; `declined_at` where they said no."""

    __tablename__ = "offer_showings"
    __table_args__ = (sa.Index("ix_offer_showings_visit", "visit_id"),)

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id] = mapped_column(primary_key=True)
    offer_id: Mapped[Id] = mapped_column(primary_key=True)
    visit_id: Mapped[Id]
    shown_at: Mapped[dt.datetime]
    declined_at: Mapped[dt.datetime | None]


class NoOffers(NodeMixin, Base):
    """A person who wants to be shown no offers any more."""

    __tablename__ = "no_offers"

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id] = mapped_column(primary_key=True)
    since: Mapped[dt.datetime]
