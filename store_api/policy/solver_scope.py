"""Which facts, texts and currencies the formulas of some versions are about.

Must know nothing of the solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from store_api.policy.facts import Catalogue
from store_api.policy.granted import DEVICE_PRICE
from store_api.policy.model import Among, Between, Literally, PolicyVersion, Term
from store_api.policy.values import Money, Value
from store_api.policy.vocabulary import Claim, FactRef

# Where a policy names no amount at all, an example still needs a currency.
_ANY_CURRENCY = "USD"


class TwoCurrencies(Exception):
    """One fact is compared with amounts in two currencies, so that every customer would be an error."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


@dataclass(frozen=True)
class Scope:
    """What the formulas speak of: facts in order, every text named, the currency of each money fact."""

    facts: tuple[str, ...]
    names: tuple[str, ...]
    currencies: dict[str, str]


def scope_of(versions: Iterable[PolicyVersion], claims: Iterable[Claim], catalogue: Catalogue) -> Scope:
    """The scope of some versions and claims. Raises TwoCurrencies."""
    read, put = list(versions), list(claims)
    facts = tuple(dict.fromkeys(key for version in read for key in facts_of(version)))
    more = (key for claim in put for key in _keys_of(claim) if set(claim.without) & set(facts))
    every = tuple(dict.fromkeys([*facts, *more]))
    literals = [(key, value) for version in read for key, value in _literals(version)]
    literals += [(k, v) for claim in put for k, v in claim.without.items() if k in every and _is_literal(v)]  # type: ignore[misc]
    names = dict.fromkeys(option for key in every for option in catalogue.facts[key].options or ())
    names |= dict.fromkeys(name for _, value in literals for name in _texts(value))
    return Scope(every, tuple(names), _currencies(read, put, every, literals, catalogue))


def facts_of(version: PolicyVersion) -> Iterator[str]:
    """Every fact that outcome and benefit hang on; may repeat."""
    for term in version.terms:
        yield from term.facts
    if version.benefit.of is not None:
        yield version.benefit.of
    if not version.binds_to_today:
        yield version.binds
    if version.benefit.kind == "instant_credit":
        yield DEVICE_PRICE


def _keys_of(claim: Claim) -> Iterator[str]:
    for key, value in claim.without.items():
        yield key
        if isinstance(value, FactRef):
            yield value.key


def _is_literal(value: object) -> bool:
    return value is not None and not isinstance(value, FactRef)


def _literals(version: PolicyVersion) -> Iterator[tuple[str, Value]]:
    for term in version.terms:
        for value in _literals_of(term):
            yield term.fact, value
    benefit = version.benefit
    if benefit.of is not None and benefit.at_most is not None:
        yield benefit.of, benefit.at_most
    amount = benefit.amount or (benefit.tiers[0].amount if benefit.tiers else None)
    if benefit.kind == "instant_credit" and amount is not None:
        yield DEVICE_PRICE, amount


def _literals_of(term: Term) -> Iterator[Value]:
    if isinstance(term.bound, Among):
        yield from term.bound.values
        return
    ends = (term.bound.low, term.bound.high) if isinstance(term.bound, Between) else (term.bound,)
    for end in ends:
        if isinstance(end, Literally):
            yield end.value  # type: ignore[misc]


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(sorted(value)) if isinstance(value, frozenset) else ()


def _currencies(
    versions: list[PolicyVersion],
    claims: list[Claim],
    facts: tuple[str, ...],
    literals: list[tuple[str, Value]],
    catalogue: Catalogue,
) -> dict[str, str]:
    """The currency of each money fact; facts that are compared with each other have the same."""
    leader = {key: key for key in facts}

    def lead(key: str) -> str:
        while leader[key] != key:
            key = leader[key]
        return key

    pairs = [
        (term.fact, other) for version in versions for term in version.terms for other in term.bound_facts
    ]
    pairs += [(k, v.key) for claim in claims for k, v in claim.without.items() if isinstance(v, FactRef)]
    for one, other in pairs:
        if one in leader and other in leader:
            leader[lead(one)] = lead(other)
    found: dict[str, str] = {}
    for key, value in literals:
        if (
            isinstance(value, Money)
            and key in leader
            and found.setdefault(lead(key), value.currency) != value.currency
        ):
            raise TwoCurrencies(key)
    usual = next(iter(found.values()), _ANY_CURRENCY)
    return {key: found.get(lead(key), usual) for key in facts if catalogue.facts[key].type == "money"}
