"""How a voucher may be used, in words: with what on one order, and where.

Stores and regions go by their names in the document: who knows them by others says so in its own place.
Must know nothing of decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from store_api.policy.model import Combines, PolicyVersion, Scope
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
}
PHRASES: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES}


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
