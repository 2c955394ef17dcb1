"""Tables of the decisions: every answer as it was given, with its facts and its sentences.

What they must not know: any other feature's tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, JsonText, NodeMixin


class DecisionRow(NodeMixin, Base):
    """One decision, never changed. `on` is a day in `zone`.

    `subject_key` names what was asked (the policy, the voucher or the upgrade, the line); two rows with
    one subject key and one digest are one decision and share nonce and terms code. `facts` are those
    that were read, `presented` those of the visit itself, `coded` says that a reason outside the terms
    made it a no, `answer` is the decision as the policy core gave it, `wire` the whole of it as the API
    answers, as text, sentences in every language included. `inputs` is the digest of everything that it was
    made from, null where it is always made again; `gist` is the small part of `wire` that is asked for at
    each use.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_by_subject", "account_id", "subject_key", "digest"),
        Index("ix_decisions_by_id", "decision_id"),
        Index("ix_decisions_by_policy", "policy", "decided_at", "decision_id"),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    decision_id: Mapped[Id] = mapped_column(primary_key=True)
    subject_key: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(80))
    nonce: Mapped[str] = mapped_column(String(64))
    terms_code: Mapped[str] = mapped_column(String(20))
    policy: Mapped[str] = mapped_column(String(80))
    version: Mapped[int | None]
    coded: Mapped[bool] = mapped_column(default=False, server_default=false())
    on: Mapped[dt.date]
    zone: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[dt.datetime]
    lapses_at: Mapped[dt.datetime]
    visit_id: Mapped[Id]
    store_id: Mapped[Id]
    line_id: Mapped[Id]
    person_id: Mapped[Id]
    order_id: Mapped[Id | None]
    voucher_id: Mapped[Id | None]
    voucher_account_id: Mapped[Id | None]
    inputs: Mapped[str | None] = mapped_column(String(64))
    presented: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    answer: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    wire: Mapped[str] = mapped_column(JsonText)
    gist: Mapped[str | None] = mapped_column(JsonText)


class TermsCodeRow(NodeMixin, Base):
    """A terms code as people quote it, pointing to the first decision that carries it."""

    __tablename__ = "terms_codes"

    terms_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    account_id: Mapped[Id]
    decision_id: Mapped[Id]
