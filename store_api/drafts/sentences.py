"""The sentences of a draft, each in one language beside a reading made from its test.

What it is for: what an approver confirms one by one. What it must not know: the database, Flask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from store_api.drafts.standing import Standing
from store_api.policies.service import put_in_words
from store_api.policy.canonical import digest_of
from store_api.policy.errors import Place
from store_api.policy.model import PolicyVersion, Term, Tier
from store_api.policy.readings import reading
from store_api.policy.words import Words as Phrases

LANGUAGES = ("en", "es")
Kind = Literal["title", "term", "stops", "tier", "agrees"]


@dataclass(frozen=True)
class Sentence:
    """One sentence; `shown` is the digest of text, sentence and reading, which a confirmation is bound to."""

    sentence: str
    kind: Kind
    subject: str
    language: str
    says: str
    reading: str | None
    shown: str
    place: Place


def sentences_of(standing: Standing) -> tuple[Sentence, ...]:
    """Every sentence in every language, in the document's order; none while it cannot be read."""
    if standing.version is None:
        return ()
    return tuple(_Teller(standing, standing.version).sentences())


@dataclass(frozen=True)
class _Teller:
    standing: Standing
    version: PolicyVersion

    def sentences(self) -> Iterator[Sentence]:
        version = self.version
        summary = put_in_words(version, self.standing.catalogue).summary
        for language in LANGUAGES:
            title = version.title[language]
            yield self._one("title", "title", language, title, summary[language], version.place)
        for term in version.terms:
            yield from self._term("term", term)
        for term in version.benefit.stops_if:
            yield from self._term("stops", term)
        for tier in version.benefit.tiers:
            yield from self._tier(tier)
        for number, says in enumerate(version.agrees, start=1):
            for language in LANGUAGES:
                text = self._words(language).sentence_with_blanks(says)
                yield self._one("agrees", str(number), language, text, None, version.place)

    def _term(self, kind: Kind, term: Term) -> Iterator[Sentence]:
        for language in LANGUAGES:
            words = self._words(language)
            yield self._one(kind, term.id, language, words.says(term, {}), reading(term, words), term.place)

    def _tier(self, tier: Tier) -> Iterator[Sentence]:
        place = next(tier.requires.terms()).place
        for language in LANGUAGES:
            words = self._words(language)
            asked = "; ".join(reading(term, words) for term in tier.requires.terms())
            told = f"{words.money(tier.amount)}: {asked}"
            yield self._one("tier", tier.id, language, tier.says[language], told, place)

    def _words(self, language: str) -> Phrases:
        return Phrases(language, self.standing.catalogue)

    def _one(
        self, kind: Kind, subject: str, language: str, says: str, read: str | None, place: Place
    ) -> Sentence:
        name = f"{kind}.{subject}.{language}"
        shown = digest_of([self.standing.text_digest, name, says, read])
        return Sentence(name, kind, subject, language, says, read, shown, place)
