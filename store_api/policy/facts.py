"""The catalogue: which facts exist, of which type, and which claims customers hear about them.

A catalogue ships with the product; a carrier lays its own over it. Must know nothing of policies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from store_api.policy.catalogue_reader import CatalogueDraft, check_claims, lay_over
from store_api.policy.errors import ErrorList, Place, PolicyError, PolicyErrors, Refused
from store_api.policy.nodes import MapNode, Node, raw_of, read_file_text, read_tree
from store_api.policy.values import Money, Value, read_value
from store_api.policy.vocabulary import Claim, Fact, FactRef, says_in

__all__ = [
    "Catalogue",
    "Claim",
    "Fact",
    "FactRef",
    "Money",
    "Option",
    "PolicyError",
    "PolicyErrors",
    "Question",
    "load_catalogue",
    "question_in_words",
    "read_fact_nodes",
    "read_facts",
]

SHIPPED = Path(__file__).with_name("catalogue.yaml")


@dataclass(frozen=True)
class Catalogue:
    """Facts and claims by name, both in the order in which they were declared."""

    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]


@dataclass(frozen=True)
class Option:
    """One answer to a choice: the value to send back and its words."""

    value: str
    label: str


@dataclass(frozen=True)
class Question:
    """A fact as a page asks for it, in one language. `options` is empty unless the type is choice or set."""

    fact: str
    ask: str
    label: str
    type: str
    unit: Literal["months", "days", "years", "items"] | None
    options: tuple[Option, ...]


def load_catalogue(*overlays: str | Path, languages: tuple[str, ...] = ("en", "es")) -> Catalogue:
    """The shipped catalogue with overlays laid over it in order.

    An overlay is a path, or YAML text (a str with a line break). Raises PolicyErrors with places.
    """
    return _load(tuple(overlays), languages)


@lru_cache(maxsize=32)
def _load_shipped(languages: tuple[str, ...]) -> Catalogue:
    draft = CatalogueDraft()
    _lay_file(draft, read_file_text(SHIPPED), SHIPPED.name, languages)
    return Catalogue(draft.facts, draft.claims)


def _load(overlays: tuple[str | Path, ...], languages: tuple[str, ...]) -> Catalogue:
    shipped = _load_shipped(languages)
    if not overlays:
        return shipped
    draft = CatalogueDraft(dict(shipped.facts), dict(shipped.claims))
    for overlay in overlays:
        if isinstance(overlay, str) and "\n" in overlay:
            _lay_file(draft, overlay, "<catalogue>", languages)
        else:
            _lay_file(draft, read_file_text(overlay), str(overlay), languages)
    return Catalogue(draft.facts, draft.claims)


def _lay_file(draft: CatalogueDraft, text: str, filename: str, languages: tuple[str, ...]) -> None:
    errors = ErrorList()
    declared = lay_over(draft, read_tree(text, filename), languages, errors)
    errors.raise_if_any()
    check_claims(draft, declared, Place(filename), errors)
    errors.raise_if_any()


def read_facts(facts: Mapping[str, object], catalogue: Catalogue) -> dict[str, Value]:
    """Typed values of plain or typed ones; a null is a missing fact and is left out.

    Raises PolicyErrors (`fact.undeclared`, `value.…`) without a useful place: the file is `<facts>`.
    """
    errors = ErrorList()
    read: dict[str, Value] = {}
    for key, raw in facts.items():
        _read_fact(key, raw, catalogue, Place("<facts>"), errors, read)
    errors.raise_if_any()
    return read


def read_fact_nodes(node: Node, catalogue: Catalogue, errors: ErrorList) -> dict[str, Value]:
    """Typed values of a mapping in a file; faults are noted with their places."""
    read: dict[str, Value] = {}
    if not isinstance(node, MapNode):
        errors.add(node.place, "facts.not_a_mapping", "expected a mapping from fact to value")
        return read
    for key, value in node.entries.items():
        place = value.place if key in catalogue.facts else node.key_place(key)
        _read_fact(key, raw_of(value), catalogue, place, errors, read)
    return read


def _read_fact(
    key: str, raw: object, catalogue: Catalogue, place: Place, errors: ErrorList, read: dict[str, Value]
) -> None:
    fact = catalogue.facts.get(key)
    if fact is None:
        errors.add(place, "fact.undeclared", f"the catalogue has no fact {key!r}")
    elif raw is not None:
        try:
            read[key] = read_value(raw, fact)
        except Refused as refused:
            errors.add(place, refused.code, f"{key}: {refused.message}")


def question_in_words(fact: Fact, language: str) -> Question:
    """A fact as a question page shows it: ask, label and options in words."""
    labels = fact.option_labels
    options = tuple(
        Option(value, says_in(labels.get(value, {}), language, value)) for value in fact.options or ()
    )
    return Question(fact.key, fact.asked_in(language), fact.label_in(language), fact.type, fact.unit, options)
