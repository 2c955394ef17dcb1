"""Tables of the directory: what a carrier's systems answered and when, their circuits, and files of a
directory.

The accounts, lines, persons and facts themselves stand in the tables of the accounts. What they must not
know: any other feature's tables.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class AnswerRow(NodeMixin, Base):
    """When a source was last asked about a subject, when it last answered, and what went wrong since.

    `reference` is the subject's own name in that source, where it has another one there.
    """

    __tablename__ = "directory_answers"

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    subject_id: Mapped[Id] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    asked_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
    fault: Mapped[str | None] = mapped_column(sa.String(40))
    reference: Mapped[str | None] = mapped_column(sa.String(80))


class CircuitRow(NodeMixin, Base):
    """A source's circuit: faults in a row, and until when it is not asked at all."""

    __tablename__ = "directory_circuits"

    source: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    faults: Mapped[int]
    open_until: Mapped[dt.datetime | None]
    last_fault: Mapped[str | None] = mapped_column(sa.String(40))
    last_fault_at: Mapped[dt.datetime | None]


class DirectoryJob(NodeMixin, Base):
    """A file of a directory, known by the digest of its bytes, and how far it has come."""

    __tablename__ = "directory_jobs"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    rows_done: Mapped[int]
    rows_added: Mapped[int]
    rows_changed: Mapped[int]
    rows_refused: Mapped[int]
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]


class DirectoryRefusal(NodeMixin, Base):
    """A row of such a file that was not taken: its line (from 1), the column to blame, the reason's code."""

    __tablename__ = "directory_refused_rows"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[str | None] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.String(40))
