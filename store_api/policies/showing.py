"""Versions on the wire: their state, their names for staff, their terms beside the readings of the tests.

What it must not know: the database's statements, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from store_api.contract import StopState, VersionDocument, VersionEntry, VersionState, VersionTerm
from store_api.policies.book import PolicyBook
from store_api.policies.models import PolicyVersionRow
from store_api.policy.model import PolicyVersion
from store_api.policy.readings import reading
from store_api.policy.words import Words as Phrases

LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class Shelf:
    """What entries are made with: the book, the day, and whom they are for."""

    book: PolicyBook
    today: dt.date
    for_staff: bool
    names: Mapping[str, str]

    def entry(self, row: PolicyVersionRow) -> VersionEntry:
        """One version in the history of its policy."""
        version = self.version(row)
        successor = self._successor(version)
        return VersionEntry(
            policy=row.policy,
            version=row.version,
            title=dict(version.title),
            state=self._state(row, version, successor),
            effective_from=row.effective_from,
            effective_until=row.effective_until,
            ends_on=version.effective_until,
            superseded_by=successor.version if successor else None,
            binds_to_issue=not version.binds_to_today,
            digest=row.digest,
            approved_at=row.approved_at,
            author=self._name(row.author_id),
            approver=self._name(row.approver_id),
            stopped_at=row.stopped_at,
            stop=self._stop(row) if self.for_staff else None,
        )

    def version(self, row: PolicyVersionRow) -> PolicyVersion:
        """The version as the book has it, ended by its successor."""
        found = self.book.version(row.policy, row.version)
        if found is None:
            raise LookupError(f"{row.policy} version {row.version} is not in the book")
        return found

    def _state(
        self, row: PolicyVersionRow, version: PolicyVersion, successor: PolicyVersion | None
    ) -> VersionState:
        if version.effective_until is not None and version.effective_until <= self.today:
            return "superseded" if successor is not None else "ended"
        if row.stopped_at is not None:
            return "stopped"
        return "in_force" if version.effective_from <= self.today else "approved"

    def _successor(self, version: PolicyVersion) -> PolicyVersion | None:
        """The version that begins on the day on which this one ends, however it ends."""
        later = self.book.policies[version.policy].next_after(version.effective_from)
        return later if later is not None and later.effective_from == version.effective_until else None

    def _stop(self, row: PolicyVersionRow) -> StopState | None:
        if row.stop_id is None:
            return None
        return StopState(
            stop_id=row.stop_id,
            asked_at=row.stop_asked_at,
            asked_by=self._name(row.stop_asked_by),
            reason=row.stop_reason,
            confirmed_at=row.stopped_at,
            confirmed_by=self._name(row.stopped_by),
        )

    def _name(self, staff_id: str | None) -> str | None:
        return self.names.get(staff_id) if self.for_staff and staff_id is not None else None


def document_of(row: PolicyVersionRow, shelf: Shelf) -> VersionDocument:
    """A version with its text and its terms, for staff."""
    version = shelf.version(row)
    phrases = _phrases(version, shelf.book)
    return VersionDocument(
        entry=shelf.entry(row),
        text=row.text,
        catalogue_digest=row.catalogue_digest,
        draft_id=row.draft_id,
        terms=_terms(version, phrases),
        agrees=tuple(
            {language: words.sentence_with_blanks(says) for language, words in phrases.items()}
            for says in version.agrees
        ),
    )


def _phrases(version: PolicyVersion, book: PolicyBook) -> dict[str, Phrases]:
    return {language: Phrases(language, book.catalogue_of(version)) for language in LANGUAGES}


def _terms(version: PolicyVersion, phrases: Mapping[str, Phrases]) -> tuple[VersionTerm, ...]:
    return tuple(
        VersionTerm(
            term=term.id,
            tier=version.tier_of.get(term.id),
            says={language: words.says(term, {}) for language, words in phrases.items()},
            reading={language: reading(term, words) for language, words in phrases.items()},
            line=term.place.line,
        )
        for term in version.terms
    )
