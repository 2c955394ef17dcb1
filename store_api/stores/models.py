"""Table of the stores."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class StoreRow(NodeMixin, Base):
    """A store. `zone` is an IANA time zone; `languages` are the ones that its faces offer."""

    __tablename__ = "stores"

    store_id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    zone: Mapped[str] = mapped_column(sa.String(60))
    region: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(40))
    languages: Mapped[list[Any]]
    default_language: Mapped[str] = mapped_column(sa.String(8))
