"""Table of the policies: the immutable text of each version.

What it must not know: any other feature's tables.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, NodeMixin


class PolicyVersionRow(NodeMixin, Base):
    """One version of a policy, never changed once it stands here; a correction is a new version.

    `text` is the policy document in YAML as it was loaded; `digest` is the policy core's digest of its
    content. `effective_until` is the first day on which it is no longer in force.
    """

    __tablename__ = "policy_versions"

    policy: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[dt.date]
    effective_until: Mapped[dt.date | None]
    loaded_at: Mapped[dt.datetime]
