"""Tables of the append-only log, of its tree and of its signed checkpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, NodeMixin


class LogEntryRow(NodeMixin, Base):
    """One entry. `commitments` holds, per personal field, a salted digest; nothing else of a person.

    `leaf_index` is its place in its node's tree; null until the sequencer gave it one.
    """

    __tablename__ = "log_entries"
    __table_args__ = (
        sa.Index(
            "ix_log_entries_leaf",
            "node_id",
            "leaf_index",
            unique=True,
            sqlite_where=sa.text("leaf_index IS NOT NULL"),
            postgresql_where=sa.text("leaf_index IS NOT NULL"),
        ),
        sa.Index(
            "ix_log_entries_unsequenced",
            "node_id",
            "entry_id",
            sqlite_where=sa.text("leaf_index IS NULL"),
            postgresql_where=sa.text("leaf_index IS NULL"),
        ),
    )

    entry_id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(sa.String(60))
    actor: Mapped[str] = mapped_column(sa.String(80))
    subject: Mapped[str] = mapped_column(sa.String(80), index=True)
    details: Mapped[dict[str, Any]]
    commitments: Mapped[dict[str, Any]]
    leaf_index: Mapped[int | None] = mapped_column(sa.BigInteger)


class LogPersonalField(NodeMixin, Base):
    """A personal field of an entry with its salt. Erasing the row leaves the entry's digest standing."""

    __tablename__ = "log_personal_fields"

    entry_id: Mapped[str] = mapped_column(sa.ForeignKey("log_entries.entry_id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[str] = mapped_column(sa.Text)
    salt: Mapped[str] = mapped_column(sa.String(64))


class LogHeadRow(NodeMixin, Base):
    """How many leaves a node's tree has. Its row is the sequencer's lock."""

    __tablename__ = "log_heads"

    log: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)


class LogNodeRow(Base):
    """The root of one complete subtree of a node's tree; level 0 are the leaves. Written once."""

    __tablename__ = "log_nodes"

    log: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    level: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class LogCheckpointRow(Base):
    """A signed checkpoint as it was handed out: how many leaves, which root. Written once."""

    __tablename__ = "log_checkpoints"

    log: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(sa.Text)
