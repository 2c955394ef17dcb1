"""The stores: where they are, which time they keep, which languages they offer.

What it is for: every other feature's questions about a store.
What it must not know: devices, staff, visits.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.contract import Store
from store_api.errors import NotFound
from store_api.stores.models import StoreRow


@dataclass(frozen=True)
class Place:
    """A store as the features see it. `kind` and `region` are facts that policies may test."""

    store_id: str
    name: str
    zone: str
    region: str
    kind: str = "company"
    languages: tuple[str, ...] = ("en", "es")
    default_language: str = "en"

    def today(self, now: datetime) -> date:
        """The day that it is in the store's own time zone."""
        return now.astimezone(ZoneInfo(self.zone)).date()


def add_store(session: Session, place: Place) -> None:
    """Add a store. Raises zoneinfo.ZoneInfoNotFoundError for an unknown time zone."""
    ZoneInfo(place.zone)
    session.add(
        StoreRow(
            store_id=place.store_id,
            name=place.name,
            zone=place.zone,
            region=place.region,
            kind=place.kind,
            languages=list(place.languages),
            default_language=place.default_language,
        )
    )
    session.flush()


def read_place(session: Session, store_id: str | None) -> Place:
    """A store by its identifier, as this process read it seconds ago at most. Raises NotFound."""
    places, now = session.info["database"].places, time.monotonic()
    known: Place | None = places.recall(store_id, now)
    if known is None:
        known = _find_place(session, store_id)
        places.keep(store_id, known, now, places.generation)
    return known


def _find_place(session: Session, store_id: str | None) -> Place:
    row = session.get(StoreRow, store_id) if store_id else None
    if row is None:
        raise NotFound
    return Place(
        store_id=row.store_id,
        name=row.name,
        zone=row.zone,
        region=row.region,
        kind=row.kind,
        languages=tuple(row.languages),
        default_language=row.default_language,
    )


def places_in(session: Session, stores: Sequence[str], regions: Sequence[str]) -> tuple[Place, ...]:
    """The stores with these identifiers or in these regions, by name."""
    chosen = sa.select(StoreRow).where(sa.or_(StoreRow.store_id.in_(stores), StoreRow.region.in_(regions)))
    rows = session.scalars(chosen.order_by(StoreRow.name)).all()
    return tuple(read_place(session, row.store_id) for row in rows)


def find_places(session: Session) -> list[Place]:
    """Every store, by identifier."""
    ids = session.scalars(sa.select(StoreRow.store_id).order_by(StoreRow.store_id)).all()
    return [read_place(session, store_id) for store_id in ids]


def earliest_day(session: Session, now: datetime) -> date:
    """The day that it still is somewhere in the chain."""
    return min((place.today(now) for place in find_places(session)), default=now.date())


def read_store(session: Session, store_id: str | None) -> Store:
    """A store as it goes over the wire. Raises NotFound."""
    place = read_place(session, store_id)
    return Store(
        store_id=place.store_id,
        name=place.name,
        zone=place.zone,
        region=place.region,
        languages=place.languages,
        default_language=place.default_language,
    )


def names_of(session: Session, store_ids: Iterable[str]) -> dict[str, str]:
    """The names of stores by their identifiers; unknown ones are left out."""
    query = sa.select(StoreRow.store_id, StoreRow.name).where(StoreRow.store_id.in_(sorted(store_ids)))
    return {row.store_id: row.name for row in session.execute(query)}
