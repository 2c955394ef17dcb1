"""The catalogue entries under which a version is read and decided, kept with it once it is approved.

What is used are the facts that the version names, the one that knows its channels, the facts that claims put
in, and every claim, because every sheet tells which of them are not required. As JSON, which is YAML too,
they are read by the catalogue's own reader. Must know nothing of the catalogue's files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from store_api.policy.canonical import digest_of
from store_api.policy.catalogue_reader import CatalogueDraft, check_claims, lay_over
from store_api.policy.decide import named_facts
from store_api.policy.errors import ErrorList, Place, Refused
from store_api.policy.facts import Catalogue
from store_api.policy.model import DEVICE_PRICE, PolicyVersion
from store_api.policy.nodes import read_tree
from store_api.policy.use_reader import CHANNEL
from store_api.policy.values import FactType, TypedFact, read_value
from store_api.policy.vocabulary import Claim, Fact, FactRef

LANGUAGES = ("en", "es")


class _Readable(NamedTuple):
    """What must be known of a fact to tell whether a value fits it."""

    type: FactType
    options: tuple[str, ...] | None


@dataclass(frozen=True)
class FrozenEntries:
    """Catalogue entries as JSON text, and the digest of what they say."""

    text: str
    digest: str


def freeze(version: PolicyVersion, catalogue: Catalogue) -> FrozenEntries:
    """The entries that a version uses, in the catalogue's order."""
    used = used_facts(version, catalogue)
    content = {
        "facts": {key: fact.entry for key, fact in catalogue.facts.items() if key in used},
        "claims": {key: claim.entry for key, claim in catalogue.claims.items()},
    }
    return FrozenEntries(json.dumps(content, ensure_ascii=False, indent=1), digest_of(content))


def used_facts(version: PolicyVersion, catalogue: Catalogue) -> frozenset[str]:
    """Every fact that reading the version, deciding it and telling what is not required can touch."""
    put_in = (key for claim in catalogue.claims.values() for key in _facts_of(claim))
    told = (key for term in version.benefit.stops_if for key in term.facts)
    tried = (key for example in version.examples for key in example.facts)
    channels = (CHANNEL,) if version.scope.channels else ()
    wanted = {*named_facts(version), *channels, *put_in, *told, *tried, DEVICE_PRICE}
    return frozenset(wanted & set(catalogue.facts))


def thaw(text: str) -> Catalogue:
    """The frozen entries as a catalogue of their own. Raises PolicyErrors where the text is none."""
    draft, errors, file = CatalogueDraft(), ErrorList(), "<frozen>"
    declared = lay_over(draft, read_tree(text, file), LANGUAGES, errors)
    errors.raise_if_any()
    check_claims(draft, declared, Place(file), errors)
    errors.raise_if_any()
    return Catalogue(draft.facts, draft.claims)


def laid_over(today: Catalogue, frozen: Catalogue, others: Iterable[Catalogue]) -> Catalogue:
    """What a version is decided under: its frozen entries, and of every other fact the newest declaration.

    The claims are the frozen ones alone. Facts of `others`, the policy's other versions, are there so that
    each of them can be named.
    """
    facts: dict[str, Fact] = {}
    for catalogue in (*others, today, frozen):
        facts |= catalogue.facts
    return Catalogue(facts, frozen.claims)


def readable(facts: Mapping[str, object], catalogue: Catalogue) -> dict[str, object]:
    """The facts that can be read under a catalogue.

    A value of another type or option than the frozen entry knows is not known to it; it is no error.
    """
    return {key: value for key, value in facts.items() if _fits(value, catalogue.facts.get(key))}


def _fits(value: object, fact: Fact | None) -> bool:
    if fact is None:
        return False
    if isinstance(value, (str, int)):
        return _is_readable(value, fact.type, fact.options)
    return value is None or _reads(value, fact)


@lru_cache(maxsize=4096, typed=True)
def _is_readable(value: str | int, kind: FactType, options: tuple[str, ...] | None) -> bool:
    """Remembered: most facts have few values, and every decision asks for thirty of them."""
    return _reads(value, _Readable(kind, options))


def _reads(value: object, fact: TypedFact) -> bool:
    try:
        return read_value(value, fact) is not None
    except Refused:
        return False


def _facts_of(claim: Claim) -> tuple[str, ...]:
    sources = (value.key for value in claim.without.values() if isinstance(value, FactRef))
    return (*claim.without, *sources)
