"""Policies: loading their versions and keeping them read in memory.

What it is for: the book of all policies as the core reads them, and their public words. A version is
read once in a process, under its digest; the database is asked at each use which versions there are.
What it must not know: vouchers, persons, decisions, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from store_api import outbox
from store_api.contract import PolicyText, Words
from store_api.errors import Conflict
from store_api.policies import store
from store_api.policies.models import PolicyVersionRow
from store_api.policies.words import put_in_words
from store_api.policy.document import read_policy
from store_api.policy.facts import Catalogue, load_catalogue
from store_api.policy.model import Policy, PolicyVersion

UPGRADE = "upgrade_right"


@dataclass(frozen=True)
class PolicyBook:
    """Every policy with all its versions, and the catalogue under which they are read."""

    catalogue: Catalogue
    policies: Mapping[str, Policy]

    def in_force(self, today: dt.date) -> tuple[PolicyVersion, ...]:
        """The versions in force on a day, by their English title."""
        found = (policy.in_force_on(today) for policy in self.policies.values())
        return tuple(sorted((version for version in found if version), key=_english_title))

    def upgrades(self, today: dt.date) -> tuple[PolicyVersion, ...]:
        """The versions in force that grant an upgrade of a line and need no voucher."""
        return tuple(version for version in self.in_force(today) if version.benefit.kind == UPGRADE)

    def version(self, policy: str, number: int) -> PolicyVersion | None:
        """One version by its number."""
        known = self.policies.get(policy)
        versions = known.versions if known else ()
        return next((version for version in versions if version.version == number), None)

    def title(self, policy: str) -> Words:
        """A policy's title, by its newest version; its name where there is no such policy."""
        known = self.policies.get(policy)
        return dict(known.versions[-1].title) if known else {"en": policy, "es": policy}

    def for_voucher(self, policy: str, issued_on: dt.date, today: dt.date) -> PolicyVersion | None:
        """The version that a voucher stands under: the one in force when it was issued, or today's."""
        known = self.policies.get(policy)
        if known is None:
            return None
        bound_to_today = known.versions[0].binds_to_today
        return known.in_force_on(today if bound_to_today else issued_on)


@lru_cache(maxsize=8)
def read_catalogue(files: tuple[Path, ...] = ()) -> Catalogue:
    """The shipped catalogue with a carrier's own files laid over it."""
    return load_catalogue(*files)


def open_book(session: Session, files: tuple[Path, ...] = ()) -> PolicyBook:
    """The book as the database has it now. `files` are the carrier's own catalogues."""
    catalogue = read_catalogue(files)
    versions = [_read_marked(session, mark, catalogue) for mark in store.find_marks(session)]
    return PolicyBook(catalogue, _bind_together(tuple(versions)))


def load_version(session: Session, text: str, filename: str, catalogue: Catalogue, now: dt.datetime) -> bool:
    """Add a version from its YAML text; False where the same text is there already.

    Raises PolicyErrors for a faulty text or versions that overlap, Conflict where that number has
    another text: a version is never changed.
    """
    version = read_policy(text, filename, catalogue)
    known = store.find_version(session, version.policy, version.version)
    if known is not None:
        if known.digest != version.digest:
            raise Conflict("policy.version_exists")
        return False
    siblings = [mark for mark in store.find_marks(session) if mark.policy == version.policy]
    Policy((version, *(_read_marked(session, mark, catalogue) for mark in siblings)))
    store.add_version(session, _to_row(version, text, now))
    effective_from = None if version.effective_from is None else version.effective_from.isoformat()
    told = {"version": version.version, "digest": version.digest, "effective_from": effective_from}
    outbox.publish(session, "policy.published", version.policy, told, now)
    return True


def show_text(book: PolicyBook, version: PolicyVersion) -> PolicyText:
    """The version's public words, in every language."""
    return put_in_words(version, book.catalogue)


_read: dict[tuple[str, int], PolicyVersion] = {}
"""Versions already read in this process, by digest and catalogue; the texts never change."""


def _read_marked(session: Session, mark: store.VersionMark, catalogue: Catalogue) -> PolicyVersion:
    key = (mark.digest, id(catalogue))
    known = _read.get(key)
    if known is None:
        row = store.find_version(session, mark.policy, mark.version)
        if row is None:
            raise LookupError(f"{mark.policy} version {mark.version} vanished while it was read")
        known = _read[key] = read_policy(row.text, f"{mark.policy}-{mark.version}.yaml", catalogue)
    return known


@lru_cache(maxsize=8)
def _bind_together(versions: tuple[PolicyVersion, ...]) -> Mapping[str, Policy]:
    by_policy: dict[str, list[PolicyVersion]] = {}
    for version in versions:
        by_policy.setdefault(version.policy, []).append(version)
    return {name: Policy(tuple(found)) for name, found in by_policy.items()}


def _to_row(version: PolicyVersion, text: str, now: dt.datetime) -> PolicyVersionRow:
    return PolicyVersionRow(
        policy=version.policy,
        version=version.version,
        digest=version.digest,
        text=text,
        effective_from=version.effective_from,
        effective_until=version.effective_until,
        loaded_at=now,
    )


def _english_title(version: PolicyVersion) -> str:
    return version.title["en"]
