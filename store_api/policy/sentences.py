"""Checks that a sentence says what its test says: placeholders known, numbers never typed by hand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from store_api.policy.errors import ErrorList, Place, shown
from store_api.policy.model import Among, Between, Bound, Literally
from store_api.policy.nodes import MapNode, Node
from store_api.policy.values import Duration, Money
from store_api.policy.vocabulary import FactRef, Says

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
OWN = frozenset({"bound", "value"})


def check_sentences(
    says: Says, node: Node | None, known: Container[str], errors: ErrorList, place: Place
) -> None:
    """Refuse placeholders that are not known here, and lone braces."""
    for language, text in says.items():
        where = _place_of(node, language, place)
        for name in PLACEHOLDER.findall(text):
            if name not in known:
                errors.add(where, "says.unknown_placeholder", f"{{{name}}} means nothing in this sentence")
        if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
            errors.add(where, "says.brace", "a brace without its partner")


def check_term_sentences(
    says: Says, node: Node | None, bound: Bound, errors: ErrorList, place: Place
) -> None:
    """`check_sentences`, and: a number, duration or date comes from {bound} and is not typed."""
    check_sentences(says, node, OWN, errors, place)
    if not speaks_numbers(bound):
        return
    for language, text in says.items():
        where = _place_of(node, language, place)
        if "{bound}" not in text:
            errors.add(where, "says.without_bound", f"must use {{bound}}: {shown(text)}")
        if any(unicodedata.category(char).startswith("N") for char in PLACEHOLDER.sub("", text)):
            errors.add(where, "says.typed_digit", f"digits come from {{bound}} alone: {shown(text)}")


def speaks_numbers(bound: Bound) -> bool:
    """Whether the bound is a number or money other than zero, a duration or a date that the policy sets."""
    if isinstance(bound, Between):
        return speaks_numbers(bound.low) or speaks_numbers(bound.high)
    if isinstance(bound, (FactRef, Among)):
        return False
    return _speaks_number(bound)


def _speaks_number(bound: Literally) -> bool:
    value = bound.value
    if isinstance(value, (str, bool, frozenset)):
        return False
    if isinstance(value, Duration):
        return True
    if isinstance(value, Money):
        return bool(value.amount)
    return bool(value)


def _place_of(node: Node | None, language: str, otherwise: Place) -> Place:
    if isinstance(node, MapNode) and language in node.entries:
        return node.entries[language].place
    return otherwise
