"""Two versions side by side: each changed term with its sentence before and after.

What it is for: the comparison says what kind of change it is; the sentences come from the two documents.
What it must not know: requests, sessions, the store's client, what a change means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from store_api.contract import ComparisonText, Draft, TermChangeText, VersionDocument, Words


@dataclass(frozen=True)
class Told:
    """A term in one version: its sentence and what its test says."""

    says: Words
    reading: Words | None


@dataclass(frozen=True)
class SideBySide:
    """One changed term; a side is null where the version has no such term."""

    change: TermChangeText
    before: Told | None
    after: Told | None


def terms_of(document: VersionDocument | None) -> Mapping[str, Told]:
    """The terms of a version by their id."""
    found = document.terms if document is not None else ()
    return {term.term: Told(term.says, term.reading) for term in found}


def terms_of_draft(draft: Draft) -> Mapping[str, Told]:
    """The terms of a draft by their id, from its sentences in each language."""
    says: dict[str, dict[str, str]] = {}
    readings: dict[str, dict[str, str]] = {}
    for sentence in draft.sentences:
        if sentence.kind == "term":
            says.setdefault(sentence.subject, {})[sentence.language] = sentence.says
            if sentence.reading is not None:
                readings.setdefault(sentence.subject, {})[sentence.language] = sentence.reading
    return {term: Told(said, readings.get(term)) for term, said in says.items()}


def sides(
    compared: ComparisonText, before: Mapping[str, Told], after: Mapping[str, Told]
) -> tuple[SideBySide, ...]:
    """Every changed term with both its sides, in the comparison's order."""
    return tuple(
        SideBySide(change, before.get(change.term), after.get(change.term)) for change in compared.terms
    )
