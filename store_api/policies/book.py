"""The book of all policies as the core reads them: which version decides on a day, and under which entries.

What it is for: a version is read once in a process, under its own frozen catalogue entries; a later version
ends an earlier one from its first day on.
What it must not know: vouchers, persons, decisions, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from sqlalchemy.orm import Session

from store_api.contract import Words
from store_api.policies import store
from store_api.policies.store import VersionMark
from store_api.policy.document import read_policy
from store_api.policy.errors import Refused
from store_api.policy.facts import Catalogue
from store_api.policy.frozen import laid_over, readable, thaw
from store_api.policy.model import Policy, PolicyVersion
from store_api.policy.values import read_date
from store_api.policy.vocabulary import Fact

UPGRADE = "upgrade_right"
_KEPT_BOOKS = 8


@dataclass(frozen=True)
class PolicyBook:
    """Every policy with all its versions, and the catalogue of today.

    `frozen` are the entries kept with a version, by policy and number. `stopped` are the versions under which
    nothing new is issued.
    """

    catalogue: Catalogue
    policies: Mapping[str, Policy]
    frozen: Mapping[tuple[str, int], Catalogue] = field(default_factory=dict)
    stopped: frozenset[tuple[str, int]] = frozenset()

    def in_force(self, today: dt.date) -> tuple[PolicyVersion, ...]:
        """The versions in force on a day, by their English title."""
        found = (policy.in_force_on(today) for policy in self.policies.values())
        return tuple(sorted((version for version in found if version), key=_english_title))

    def upgrades(self, today: dt.date) -> tuple[PolicyVersion, ...]:
        """The versions in force that grant an upgrade and need no voucher; a stopped one does not."""
        found = (version for version in self.in_force(today) if version.benefit.kind == UPGRADE)
        return tuple(version for version in found if not self.is_stopped(version))

    def version(self, policy: str, number: int) -> PolicyVersion | None:
        """One version by its number."""
        known = self.policies.get(policy)
        versions = known.versions if known else ()
        return next((version for version in versions if version.version == number), None)

    def version_before(self, policy: str, begins: dt.date) -> PolicyVersion | None:
        """The last version that begins before a day."""
        known = self.policies.get(policy)
        earlier = [
            version for version in (known.versions if known else ()) if version.effective_from < begins
        ]
        return earlier[-1] if earlier else None

    def joined(self, *versions: PolicyVersion) -> Catalogue:
        """The entries of several versions together, the last one's first: enough to put all in words."""
        facts, claims = dict(self.catalogue.facts), dict(self.catalogue.claims)
        for version in versions:
            own = self.catalogue_of(version)
            facts, claims = facts | dict(own.facts), claims | dict(own.claims)
        return Catalogue(facts, claims)

    def title(self, policy: str) -> Words:
        """A policy's title, by its newest version; its name where there is no such policy."""
        known = self.policies.get(policy)
        return dict(known.versions[-1].title) if known else {"en": policy, "es": policy}

    def rivals_of(self, version: PolicyVersion) -> tuple[Words, ...]:
        """The titles of the other policies whose vouchers a version's group keeps off the same order."""
        group = version.combines.group
        newest = (each.versions[-1] for name, each in self.policies.items() if name != version.policy)
        return tuple(dict(each.title) for each in newest if group and each.combines.group == group)

    def for_voucher(self, policy: str, issued_on: dt.date, today: dt.date) -> PolicyVersion | None:
        """The version that a voucher stands under: the one in force when it was issued, or today's."""
        known = self.policies.get(policy)
        if known is None:
            return None
        bound_to_today = known.versions[0].binds_to_today
        return known.in_force_on(today if bound_to_today else issued_on)

    def is_stopped(self, version: PolicyVersion) -> bool:
        """Whether nothing new is issued under a version."""
        return (version.policy, version.version) in self.stopped

    def catalogue_of(self, version: PolicyVersion) -> Catalogue:
        """The entries under which a version is decided and told, and today's for every other fact."""
        mine = (version.policy, version.version)
        if mine not in self.frozen:
            return self.catalogue
        if mine not in self._laid:
            others = [each for key, each in self.frozen.items() if key[0] == version.policy]
            self._laid[mine] = laid_over(self.catalogue, self.frozen[mine], others)
        return self._laid[mine]

    def for_facts(
        self, policy: Policy, facts: Mapping[str, object], on: dt.date
    ) -> tuple[Catalogue, dict[str, object]]:
        """The catalogue of the version that the facts pick, and the facts that can be read under it."""
        version = policy.in_force_on(on) if policy.versions[0].binds_to_today else self._picked(policy, facts)
        catalogue = self.catalogue_of(version or policy.versions[-1])
        return catalogue, readable(facts, catalogue)

    @cached_property
    def answerable(self) -> Catalogue:
        """Today's catalogue with every option that some version still asks for."""
        facts = dict(self.catalogue.facts)
        for catalogue in self.frozen.values():
            for key, old in catalogue.facts.items():
                facts[key] = _with_options(facts.get(key, old), old)
        return Catalogue(facts, self.catalogue.claims)

    @cached_property
    def _laid(self) -> dict[tuple[str, int], Catalogue]:
        return {}

    def _picked(self, policy: Policy, facts: Mapping[str, object]) -> PolicyVersion | None:
        try:
            return policy.in_force_on(read_date(facts.get(policy.binds)))
        except Refused:
            return None


def open_book(session: Session, catalogue: Catalogue) -> PolicyBook:
    """The book as the database has it now; the one of before where nothing in it has changed."""
    marks = tuple(store.find_marks(session))
    known = _books.get(marks)
    if known is not None and known.catalogue is catalogue:
        return known
    book = _assemble(session, marks, catalogue)
    if len(_books) >= _KEPT_BOOKS:
        _books.clear()
    _books[marks] = book
    return book


def spans(versions: Iterable[PolicyVersion]) -> tuple[PolicyVersion, ...]:
    """The versions by rising start, each ended by the next one's first day where its own end is later.

    A version's text is never edited, so this is how a successor ends its predecessor.
    """
    ordered = sorted(versions, key=lambda version: (version.effective_from, version.version))
    ended = [_ended(earlier, later.effective_from) for earlier, later in pairwise(ordered)]
    return (*ended, *ordered[-1:])


_books: dict[tuple[VersionMark, ...], PolicyBook] = {}
_read: dict[tuple[str, str | None, int], tuple[PolicyVersion, Catalogue, Catalogue | None]] = {}
"""Versions already read in this process, by digest and entries; neither ever changes."""


def _assemble(session: Session, marks: tuple[VersionMark, ...], catalogue: Catalogue) -> PolicyBook:
    by_policy: dict[str, list[PolicyVersion]] = {}
    frozen: dict[tuple[str, int], Catalogue] = {}
    for mark in marks:
        version, own = _read_marked(session, mark, catalogue)
        by_policy.setdefault(mark.policy, []).append(version)
        if own is not None:
            frozen[mark.policy, mark.version] = own
    policies = {name: Policy(spans(found)) for name, found in by_policy.items()}
    stopped = frozenset((mark.policy, mark.version) for mark in marks if mark.stopped)
    return PolicyBook(catalogue, policies, frozen, stopped)


def _read_marked(
    session: Session, mark: VersionMark, catalogue: Catalogue
) -> tuple[PolicyVersion, Catalogue | None]:
    """A version and its frozen entries; without them it is read under today's catalogue."""
    key = (mark.digest, mark.catalogue_digest, 0 if mark.catalogue_digest else id(catalogue))
    known = _read.get(key)
    if known is None or (mark.catalogue_digest is None and known[1] is not catalogue):
        row = store.find_version(session, mark.policy, mark.version)
        if row is None:
            raise LookupError(f"{mark.policy} version {mark.version} vanished while it was read")
        own = thaw(row.catalogue) if row.catalogue is not None else None
        version = read_policy(row.text, f"{mark.policy}-{mark.version}.yaml", own or catalogue)
        known = _read[key] = (version, catalogue, own)
    return known[0], known[2]


def _ended(version: PolicyVersion, day: dt.date) -> PolicyVersion:
    if version.effective_until is not None and version.effective_until <= day:
        return version
    return replace(version, effective_until=day)


def _with_options(fact: Fact, old: Fact) -> Fact:
    if fact.type != old.type or fact.options is None or old.options is None:
        return fact
    return replace(fact, options=tuple(dict.fromkeys((*fact.options, *old.options))))


def _english_title(version: PolicyVersion) -> str:
    return version.title["en"]
