"""Tables of the drafts: a policy document's text on its way to approval, its checks and confirmations.

What they must not know: any other feature's tables.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class DraftRow(NodeMixin, Base):
    """A draft. `revision` rises with every change of text or state; `text_digest` is of the exact text.

    `policy` and `version` are those that the text names, empty while it cannot be read. `state` is draft,
    checked, withdrawn or approved.
    """

    __tablename__ = "policy_drafts"

    draft_id: Mapped[Id] = mapped_column(primary_key=True)
    policy: Mapped[str | None] = mapped_column(sa.String(80))
    version: Mapped[int | None]
    state: Mapped[str] = mapped_column(sa.String(12))
    revision: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    text_digest: Mapped[str] = mapped_column(sa.String(80))
    author_id: Mapped[Id]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime] = mapped_column(index=True)


class DraftTextRow(NodeMixin, Base):
    """Who wrote which text: nobody in this list approves the draft."""

    __tablename__ = "policy_draft_texts"

    draft_id: Mapped[Id] = mapped_column(sa.ForeignKey("policy_drafts.draft_id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[Id]
    text_digest: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime]


class DraftCheckRow(NodeMixin, Base):
    """The newest result of one check. It holds while `basis` is what the draft stands on now."""

    __tablename__ = "policy_draft_checks"

    draft_id: Mapped[Id] = mapped_column(sa.ForeignKey("policy_drafts.draft_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(12))
    basis: Mapped[str] = mapped_column(sa.String(80))
    result: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[dt.datetime]


class ConfirmationRow(NodeMixin, Base):
    """One person has confirmed one sentence; `shown` is the digest of text, sentence and reading."""

    __tablename__ = "policy_draft_confirmations"

    draft_id: Mapped[Id] = mapped_column(sa.ForeignKey("policy_drafts.draft_id"), primary_key=True)
    sentence: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    staff_id: Mapped[Id] = mapped_column(primary_key=True)
    shown: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime]


class ImpactRunRow(NodeMixin, Base):
    """An impact preview that somebody asked for; its stream does the work."""

    __tablename__ = "policy_impact_runs"

    run_id: Mapped[Id] = mapped_column(primary_key=True)
    draft_id: Mapped[Id] = mapped_column(sa.ForeignKey("policy_drafts.draft_id"))
    text_digest: Mapped[str] = mapped_column(sa.String(80))
    days: Mapped[int]
    asked_by: Mapped[Id]
    asked_at: Mapped[dt.datetime]
