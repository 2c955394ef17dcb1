"""Tables of the policies: the immutable text of each version, and what is counted beside its terms.

What it must not know: any other feature's tables.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class PolicyVersionRow(NodeMixin, Base):
    """One version of a policy. Its text never changes once it stands here; a correction is a new version.

    `text` is the policy document in YAML as it was loaded or approved; `digest` is the policy core's digest
    of its content. `effective_until` is the text's own first day out of force; a later version may end it
    sooner. `catalogue` holds the entries under which it is read and decided, as JSON; versions from before
    there were any are read under the catalogue of the day. `comparison` tells what it changed against the
    version before it, as JSON. Of the emergency stop: who asked and why, and who confirmed.
    """

    __tablename__ = "policy_versions"

    policy: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[dt.date]
    effective_until: Mapped[dt.date | None]
    loaded_at: Mapped[dt.datetime]
    catalogue: Mapped[str | None] = mapped_column(Text)
    catalogue_digest: Mapped[str | None] = mapped_column(String(80))
    comparison: Mapped[str | None] = mapped_column(Text)
    draft_id: Mapped[Id | None]
    author_id: Mapped[Id | None]
    approver_id: Mapped[Id | None]
    approved_at: Mapped[dt.datetime | None]
    stop_id: Mapped[Id | None]
    stop_asked_by: Mapped[Id | None]
    stop_asked_at: Mapped[dt.datetime | None]
    stop_reason: Mapped[str | None] = mapped_column(String(400))
    stopped_by: Mapped[Id | None]
    stopped_at: Mapped[dt.datetime | None]


class TermDayRow(NodeMixin, Base):
    """What happened to one term of a version on one day, in one of a few slots that are added up.

    Slots keep decisions of different stores from waiting for one another's row. `decided` is counted in the
    row of the empty term, once a decision; the other three in the term's own row.
    """

    __tablename__ = "policy_term_days"

    policy: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(String(80), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    decided: Mapped[int]
    unmet: Mapped[int]
    waived: Mapped[int]
    misquoted: Mapped[int]
