"""A version's terms as lines that anybody may read: with their groups and tiers, and nothing of a customer.

What it is for: the public page of a version. Bounds are the policy's own; a value that hangs on the customer
goes by its name. Must know nothing of decisions.
"""

from __future__ import annotations

from collections.abc import Iterator

from store_api.policy.facts import Catalogue
from store_api.policy.model import Group, PolicyVersion, Term
from store_api.policy.sheet_parts import SheetLine
from store_api.policy.sheet_use import use_lines
from store_api.policy.sheet_verdict import topic_of
from store_api.policy.use_words import NO_NAMES, UseNames
from store_api.policy.vocabulary import says_in
from store_api.policy.words import Words


def version_lines(
    version: PolicyVersion, catalogue: Catalogue, language: str, names: UseNames = NO_NAMES
) -> tuple[SheetLine, ...]:
    """What the version asks for, by tier; what it does not ask for; how it can be used; what is agreed to;
    what stops it."""
    words = Words(language, catalogue)
    return (
        SheetLine("heading", words.phrase(f"asks.{topic_of(version)}")),
        *_group(version.requires, words, 0),
        *_tiers(version, words),
        *_not_required(version, words),
        *use_lines(version, words, names),
        *_agreements(version, words),
    )


def _group(group: Group, words: Words, depth: int) -> Iterator[SheetLine]:
    chosen = len(group.members) > 1 and (group.kind == "any" or depth > 0)
    if chosen:
        yield SheetLine("group", words.phrase(f"group.{group.kind}"), depth=depth)
    for member in group.members:
        inner = depth + (1 if chosen else 0)
        if isinstance(member, Term):
            yield SheetLine("term", words.says(member, {}), depth=inner)
        else:
            yield from _group(member, words, max(inner, 1))


def _tiers(version: PolicyVersion, words: Words) -> Iterator[SheetLine]:
    for tier in version.benefit.tiers:
        yield SheetLine("heading", words.phrase("asks.tier", amount=words.money(tier.amount)))
        yield SheetLine("note", says_in(tier.says, words.language, tier.id))
        yield from _group(tier.requires, words, 0)


def _not_required(version: PolicyVersion, words: Words) -> Iterator[SheetLine]:
    if version.not_required:
        yield SheetLine("heading", words.phrase("free"))
    for key in version.not_required:
        says = says_in(words.catalogue.claims[key].says, words.language, key)
        yield SheetLine("free", says, words.phrase("mark.not_required"), "not_required")


def _agreements(version: PolicyVersion, words: Words) -> Iterator[SheetLine]:
    if version.agrees:
        yield SheetLine("heading", words.phrase("agrees"))
    for says in version.agrees:
        yield SheetLine("agrees", words.sentence_with_blanks(says))
    if version.benefit.stops_if:
        yield SheetLine("heading", words.phrase("stops"))
    for term in version.benefit.stops_if:
        yield SheetLine("agrees", words.says(term, {}))
