"""How a voucher may be used, in words: with what on one order, and where.

What it is for: one line for a comparison, sentences for a sheet and a public page. All of it is made from
`combines` and `scope` themselves, so that nothing is told that the rule does not say. Stores and regions go
by their names in the document, unless whoever knows better ones gives them.
Must know nothing of decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from store_api.policy.model import Combines, PolicyVersion, Scope
from store_api.policy.vocabulary import says_in
from store_api.policy.words import Words

_EN: Mapping[str, str] = {
    "exclusive": "with no other voucher",
    "group": "with no voucher of another policy of the group {group}",
    "one": "one of its kind on an order",
    "many": "up to {count} of its kind on an order",
    "everywhere": "everywhere",
    "stores": "in these stores: {names}",
    "regions": "in these regions: {names}",
    "stores_or_regions": "in these stores: {stores}, and in these regions: {regions}",
    "channels": "over these channels: {names}",
    "heading": "Where it can be used, and with what",
    "with_nothing": "With no other voucher on the same order.",
    "not_with": "Not together with: {others}.",
    "not_with_group": "Not together with a voucher of another policy of the group {group}.",
    "one_of_kind": "One of its kind on an order.",
    "many_of_kind": "Up to {count} of its kind on an order.",
    "only_stores": "Only in: {stores}.",
    "only_regions": "Only in stores of: {regions}.",
    "only_stores_or_regions": "Only in: {stores}; and in stores of: {regions}.",
    "only_channels": "Only over: {channels}.",
}
_ES: Mapping[str, str] = {
    "exclusive": "con ningún otro vale",
    "group": "con ningún vale de otra política del grupo {group}",
    "one": "uno de su clase por pedido",
    "many": "hasta {count} de su clase por pedido",
    "everywhere": "en todas partes",
    "stores": "en estas tiendas: {names}",
    "regions": "en estas regiones: {names}",
    "stores_or_regions": "en estas tiendas: {stores}, y en estas regiones: {regions}",
    "channels": "por estos canales: {names}",
    "heading": "Dónde se puede usar y con qué",
    "with_nothing": "Con ningún otro vale en el mismo pedido.",
    "not_with": "No junto con: {others}.",
    "not_with_group": "No junto con un vale de otra política del grupo {group}.",
    "one_of_kind": "Uno de su clase por pedido.",
    "many_of_kind": "Hasta {count} de su clase por pedido.",
    "only_stores": "Solo en: {stores}.",
    "only_regions": "Solo en tiendas de: {regions}.",
    "only_stores_or_regions": "Solo en: {stores}; y en tiendas de: {regions}.",
    "only_channels": "Solo por: {channels}.",
}
PHRASES: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES}


@dataclass(frozen=True)
class UseNames:
    """Names that a document does not have: of stores by their identifiers, and the titles of the other
    policies of its group, each in every language; null where these are not known."""

    stores: Mapping[str, str] = field(default_factory=dict)
    rivals: tuple[Mapping[str, str], ...] | None = None


NO_NAMES = UseNames()


def use_heading(words: Words) -> str:
    """What stands above the sentences."""
    return PHRASES.get(words.language, _EN)["heading"]


def use_sentences(version: PolicyVersion, words: Words, names: UseNames = NO_NAMES) -> tuple[str, ...]:
    """What limits the use of a voucher, a sentence each; empty where it goes everywhere and with everything.

    That one of a kind goes on an order is said where more of it do, or something else is said, too.
    """
    phrases = PHRASES.get(words.language, _EN)
    where = tuple(_where(version.scope, words, phrases, names))
    with_what = tuple(_with_what(version.combines, words, phrases, names))
    is_limited = bool(where or with_what) and not version.combines.exclusive
    count = _count(version.combines, phrases) if is_limited or version.combines.per_order > 1 else ()
    return (*where, *with_what, *count)


def _where(scope: Scope, words: Words, phrases: Mapping[str, str], names: UseNames) -> Iterator[str]:
    stores = ", ".join(sorted(names.stores.get(each, each) for each in scope.stores))
    regions = ", ".join(_region(each) for each in scope.regions)
    if stores or regions:
        key = "only_stores_or_regions" if stores and regions else "only_stores" if stores else "only_regions"
        yield phrases[key].format(stores=stores, regions=regions)
    if scope.channels:
        channel = words.catalogue.facts["presentation.channel"]
        told = words.listed([words.value(channel, name) for name in scope.channels], "or")
        yield phrases["only_channels"].format(channels=told)


def _region(name: str) -> str:
    """A region has no other name than the document's; it is written as a name."""
    return name.replace("-", " ").title()


def _with_what(
    combines: Combines, words: Words, phrases: Mapping[str, str], names: UseNames
) -> Iterator[str]:
    if combines.exclusive:
        yield phrases["with_nothing"]
    elif combines.group is not None and names.rivals is None:
        yield phrases["not_with_group"].format(group=combines.group)
    elif combines.group is not None and names.rivals:
        others = sorted(says_in(title, words.language, "") for title in names.rivals)
        yield phrases["not_with"].format(others=", ".join(others))


def _count(combines: Combines, phrases: Mapping[str, str]) -> Iterator[str]:
    yield phrases["one_of_kind" if combines.per_order == 1 else "many_of_kind"].format(
        count=combines.per_order
    )


def use_in_words(field: str, version: PolicyVersion, words: Words) -> str:
    """`combines` or `scope` of a version in one line."""
    phrases = PHRASES.get(words.language, _EN)
    if field == "combines":
        return "; ".join(_combines(version.combines, phrases))
    return "; ".join(_scope(version.scope, words, phrases)) or phrases["everywhere"]


def _combines(combines: Combines, phrases: Mapping[str, str]) -> Iterator[str]:
    if combines.exclusive:
        yield phrases["exclusive"]
        return
    if combines.group is not None:
        yield phrases["group"].format(group=combines.group)
    yield phrases["one" if combines.per_order == 1 else "many"].format(count=combines.per_order)


def _scope(scope: Scope, words: Words, phrases: Mapping[str, str]) -> Iterator[str]:
    stores, regions = ", ".join(scope.stores), ", ".join(scope.regions)
    if stores and regions:
        yield phrases["stores_or_regions"].format(stores=stores, regions=regions)
    elif stores or regions:
        yield phrases["stores" if stores else "regions"].format(names=stores or regions)
    if scope.channels:
        channel = words.catalogue.facts["presentation.channel"]
        names = [words.value(channel, name) for name in scope.channels]
        yield phrases["channels"].format(names=", ".join(names))
