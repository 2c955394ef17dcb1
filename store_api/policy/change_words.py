"""What changed between two versions, as lines that everybody can read: sentences before and now.

What it is for: the public page of a version, and the answer to "the policy has changed". Where a version is
written down and who may waive a term are the staff's and are left out. No solver is asked: of two tests that
cannot be weighed by their bounds it says that they ask for something else.
Must know nothing of customers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from store_api.policy.facts import Catalogue
from store_api.policy.model import PolicyVersion
from store_api.policy.proof_words import ProofWords
from store_api.policy.sheet_parts import SheetLine
from store_api.policy.text_changes import TermChange, Weigh, changed_fields, term_changes, weigh_bounds
from store_api.policy.words import Words

NOT_FOR_EVERYBODY = frozenset({"source", "waivable", "effective"})

_EN: Mapping[str, str] = {
    "terms": "What it asks for",
    "rest": "The rest",
    "before": "Before: {says}",
    "none": "No term changed.",
    "added": "New",
    "removed": "No longer asked",
    "loosened": "Asks for less",
    "tightened": "Asks for more",
    "changed": "Changed",
    "same_test": "Only the words changed",
    "reworded": "Only the words changed",
    "moved": "Counts in another place",
    "tier": "For {amount}: {says}",
}
_ES: Mapping[str, str] = {
    "terms": "Lo que pide",
    "rest": "Lo demás",
    "before": "Antes: {says}",
    "none": "Ninguna condición cambió.",
    "added": "Nueva",
    "removed": "Ya no se pide",
    "loosened": "Pide menos",
    "tightened": "Pide más",
    "changed": "Cambió",
    "same_test": "Solo cambiaron las palabras",
    "reworded": "Solo cambiaron las palabras",
    "moved": "Cuenta en otro lugar",
    "tier": "Para {amount}: {says}",
}
_PHRASES = {"en": _EN, "es": _ES}


def change_lines(
    old: PolicyVersion,
    new: PolicyVersion,
    catalogue: Catalogue,
    language: str,
    weigh: Weigh = weigh_bounds,
) -> tuple[SheetLine, ...]:
    """The changes from the old version to the new one: terms first, then benefit, agreements and the rest.

    `weigh` says which of two tests asks for more.
    """
    said = _PHRASES.get(language, _EN)
    return (
        SheetLine("heading", said["terms"]),
        *_terms(old, new, Words(language, catalogue), said, weigh),
        *_fields(old, new, ProofWords(catalogue, language), said),
    )


def _terms(
    old: PolicyVersion, new: PolicyVersion, words: Words, said: Mapping[str, str], weigh: Weigh
) -> Iterator[SheetLine]:
    changes = term_changes(old, new, weigh)
    if not changes:
        yield SheetLine("note", said["none"])
    for change in changes:
        yield from _change(change, old, new, words, said)


def _change(
    change: TermChange, old: PolicyVersion, new: PolicyVersion, words: Words, said: Mapping[str, str]
) -> Iterator[SheetLine]:
    is_gone = change.new is None
    shown, version = (change.old, old) if is_gone else (change.new, new)
    if shown is None:
        return
    sentence = _in_its_tier(words.says(shown, {}), version.tier_of.get(shown.id), version, words, said)
    yield SheetLine("term", sentence, said[change.kind])
    before = words.says(change.old, {}) if change.old is not None else sentence
    if not is_gone and before != words.says(shown, {}):
        yield SheetLine("detail", said["before"].format(says=before))


def _in_its_tier(
    sentence: str, tier: str | None, version: PolicyVersion, words: Words, said: Mapping[str, str]
) -> str:
    found = next((each for each in version.benefit.tiers if each.id == tier), None)
    return said["tier"].format(amount=words.money(found.amount), says=sentence) if found else sentence


def _fields(
    old: PolicyVersion, new: PolicyVersion, told: ProofWords, said: Mapping[str, str]
) -> Iterator[SheetLine]:
    fields = [name for name in changed_fields(old, new) if name not in NOT_FOR_EVERYBODY]
    if fields:
        yield SheetLine("heading", said["rest"])
    for name in fields:
        yield SheetLine("agrees", told.field_change(name, old, new))
