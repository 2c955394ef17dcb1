"""Policies on the wire: what anybody may read of a version."""

from __future__ import annotations

import datetime as dt

from store_api.contract.basis import Wire, Words


class PolicyText(Wire):
    """One version of a policy in words; `until` is the first day on which it is no longer in force."""

    policy: str
    version: int
    title: Words
    summary: Words
    effective_from: dt.date
    effective_until: dt.date | None
    binds_to_issue: bool
    terms: tuple[Words, ...]
    not_required: tuple[Words, ...]
    digest: str


class PolicyList(Wire):
    """The policies in force, by title."""

    policies: tuple[PolicyText, ...]
