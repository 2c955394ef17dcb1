"""Versions of policies on the wire: their history, the emergency stop, the counts beside their terms."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import StringConstraints

from store_api.contract.basis import Identifier, Wire, Words

VersionState = Literal["approved", "in_force", "superseded", "ended", "stopped"]
"""Of an approved version: to come, deciding, replaced by a later one, run out, or issuing stopped."""

Reason = Annotated[str, StringConstraints(min_length=3, max_length=400)]
"""Why somebody asks for something, in their own words."""

Pin = Annotated[str, StringConstraints(min_length=1, max_length=12)]


class StopConfirmation(Wire):
    """Another person confirms the stop that was asked for, with their own PIN again."""

    stop_id: Identifier
    pin: Pin


class StopRequest(Wire):
    """Ask for the emergency stop of a version."""

    reason: Reason


class StopState(Wire):
    """The emergency stop of a version: asked for, and confirmed by another person. Names for staff only."""

    stop_id: Identifier | None
    asked_at: dt.datetime | None
    asked_by: str | None
    reason: str | None
    confirmed_at: dt.datetime | None
    confirmed_by: str | None


class VersionEntry(Wire):
    """One version in the history of a policy.

    `effective_until` is the text's own end; `ends_on` the first day on which it no longer decides, by that
    end or by the version `superseded_by`. Author, approver and an open stop are for staff only.
    """

    policy: str
    version: int
    title: Words
    state: VersionState
    effective_from: dt.date
    effective_until: dt.date | None
    ends_on: dt.date | None
    superseded_by: int | None
    binds_to_issue: bool
    digest: str
    approved_at: dt.datetime | None
    author: str | None
    approver: str | None
    stopped_at: dt.datetime | None
    stop: StopState | None


class VersionList(Wire):
    """Every version of a policy, the newest first."""

    policy: str
    title: Words
    versions: tuple[VersionEntry, ...]


class VersionShelf(Wire):
    """Every version of every policy, by title, the newest first."""

    policies: tuple[VersionList, ...]


class VersionDocument(Wire):
    """A version for staff: its text, the catalogue entries frozen with it, and its sentences."""

    entry: VersionEntry
    text: str
    catalogue_digest: str | None
    draft_id: Identifier | None
    terms: tuple[VersionTerm, ...]


class VersionTerm(Wire):
    """A term of a version: its sentence beside the reading of its test, and where it stands."""

    term: str
    tier: str | None
    says: Words
    reading: Words
    line: int


class StopAnswer(Wire):
    """`code` is null where it was done: identity.wrong, identity.locked or stop.own_asking for a no."""

    code: str | None
    says: Words | None = None
    locked_until: dt.datetime | None = None
    version: VersionEntry | None = None


class TermCount(Wire):
    """How often a term of a version was unmet or waived, and misquoted to customers."""

    term: str
    unmet: int
    waived: int
    misquoted: int


class TermCounts(Wire):
    """Counts beside the terms of a version over some days, of `decisions` recorded decisions."""

    policy: str
    version: int
    days: int
    since: dt.date
    decisions: int
    terms: tuple[TermCount, ...]


VersionDocument.model_rebuild()
