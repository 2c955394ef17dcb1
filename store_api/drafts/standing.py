"""What a draft stands on at this moment: its text read, the entries it uses, the version before it.

What it is for: one value that every check, sentence and approval is made from, and the digests that bind
them to it. What it must not know: the database's statements, Flask.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

from store_api.contract import CheckKind, PolicyFault
from store_api.policies.service import PolicyBook, publishing_faults
from store_api.policy.canonical import digest_of
from store_api.policy.document import read_policy
from store_api.policy.errors import PolicyError, PolicyErrors
from store_api.policy.facts import Catalogue
from store_api.policy.frozen import FrozenEntries, freeze
from store_api.policy.model import PolicyVersion

FILE = "draft.yaml"
CHECKS: tuple[CheckKind, ...] = ("form", "examples", "proofs", "comparison", "impact")
_KEPT = 64


@dataclass(frozen=True)
class Standing:
    """A draft's text as it reads under today's catalogue and book; no version where it has faults."""

    text: str
    text_digest: str
    version: PolicyVersion | None
    faults: tuple[PolicyFault, ...]
    book: PolicyBook

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of today, under which a draft is read."""
        return self.book.catalogue

    @cached_property
    def entries(self) -> FrozenEntries | None:
        """The catalogue entries that approval would freeze."""
        return freeze(self.version, self.catalogue) if self.version is not None else None

    @cached_property
    def before(self) -> PolicyVersion | None:
        """The version before it, whose place it takes."""
        version = self.version
        if version is None:
            return None
        return self.book.version_before(version.policy, version.effective_from)

    def basis(self, kind: CheckKind) -> str:
        """What a check of this kind holds for: another basis makes it old."""
        content = [self.text_digest, self.entries.digest if self.entries else None]
        if kind == "comparison" and self.version is not None:
            known = self.book.policies.get(self.version.policy)
            content += [
                f"{version.digest} {version.effective_from} {version.effective_until}"
                for version in (known.versions if known else ())
            ]
        return digest_of(content)


def text_digest(text: str) -> str:
    """`sha256:…` of the exact text, comments and layout included."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def stand(text: str, book: PolicyBook) -> Standing:
    """Read a draft's text; its faults are values."""
    digest = text_digest(text)
    known = _read.get(digest)
    if known is None or known.book.catalogue is not book.catalogue:
        known = _stand(text, digest, book)
        if len(_read) >= _KEPT:
            _read.clear()
        _read[digest] = known
    return known if known.book is book else replace(known, book=book)


def fault(error: PolicyError) -> PolicyFault:
    """A fault as the wire has it."""
    return PolicyFault(line=error.line, column=error.column, code=error.code, message=error.message)


_read: dict[str, Standing] = {}


def _stand(text: str, digest: str, book: PolicyBook) -> Standing:
    try:
        version = read_policy(text, FILE, book.catalogue)
    except PolicyErrors as failed:
        return Standing(text, digest, None, tuple(fault(error) for error in failed.errors), book)
    faults = tuple(fault(error) for error in publishing_faults(version))
    return Standing(text, digest, None if faults else version, faults, book)
