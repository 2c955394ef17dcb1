"""Reads the benefit of a policy: kind, amounts, tiers; each fault with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar, get_args

from store_api.policy.errors import Refused
from store_api.policy.fields import FieldReader
from store_api.policy.model import Benefit, BenefitKind, Group, OnVoid, Remainder, Term, Tier
from store_api.policy.nodes import MapNode, Node, raw_of
from store_api.policy.sentences import check_sentences
from store_api.policy.term_reader import IDENTIFIER, TermReader
from store_api.policy.values import Money, read_money, read_percent

_AMOUNT = ("amount", "tiers", "remainder")
_PERCENT = ("percent", "of", "at_most")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "instant_credit": _AMOUNT,
    "bill_credit": (*_AMOUNT, "months", "starts_within_bills", "stops_if"),
    "percent_off": _PERCENT,
    "fee_waiver": _PERCENT,
    "upgrade_right": (),
}
_ALL = tuple(dict.fromkeys(name for names in FIELDS.values() for name in names))

# A bill credit that outlives two agreements would be a slip of the pen.
MAX_BILL_MONTHS = 120

T = TypeVar("T")


def read_benefit(node: Node, terms: TermReader) -> Benefit | None:
    """The benefit, or None where it is too faulty to go on with."""
    kind = _kind(node)
    known = ("kind", "on_void", *FIELDS.get(kind or "", _ALL))
    reader = FieldReader(node, terms.errors, "benefit", known)
    if reader.word("kind", get_args(BenefitKind), required=True) is None or kind is None:
        return None
    before = len(terms.errors.found)
    fields: dict[str, Any] = {
        "remainder": reader.word("remainder", get_args(Remainder)) or "keep",
        "on_void": reader.word("on_void", get_args(OnVoid)) or "restore_if_valid",
    }
    if "amount" in FIELDS[kind]:
        fields |= _amounts(reader, terms)
    if "percent" in FIELDS[kind]:
        fields |= _percentage(reader, terms)
    if kind == "bill_credit":
        fields |= _bills(reader, terms, fields)
    if len(terms.errors.found) > before:
        return None
    return Benefit(kind, **fields)  # type: ignore[arg-type]


def _kind(node: Node) -> str | None:
    kind = raw_of(node.entries["kind"]) if isinstance(node, MapNode) and "kind" in node.entries else None
    return kind if isinstance(kind, str) else None


def _value(reader: FieldReader, key: str, terms: TermReader, read: Callable[[object], T]) -> T | None:
    """A literal or `{parameter: NAME}`."""
    node = reader.get(key)
    if node is None:
        return None
    try:
        raw: object = raw_of(node)
        if isinstance(node, MapNode) and set(node.entries) == {"parameter"}:
            name = raw_of(node.entries["parameter"])
            if not isinstance(name, str) or name not in terms.parameters:
                raise Refused("parameter.unknown", f"no parameter {name!r}")
            raw = terms.parameters[name].raw
        return read(raw)
    except Refused as refused:
        terms.errors.add_refused(node.place, refused)
        return None


def _positive_money(raw: object) -> Money:
    money = read_money(raw)
    if money.amount <= 0:
        raise Refused("benefit.not_positive", f"a benefit is more than nothing, not {money}")
    return money


def _positive_percent(raw: object) -> Decimal:
    percent = read_percent(raw)
    if not percent:
        raise Refused("benefit.not_positive", "a benefit is more than nothing")
    return percent


def _amounts(reader: FieldReader, terms: TermReader) -> dict[str, Any]:
    has_amount, has_tiers = "amount" in reader.node.entries, "tiers" in reader.node.entries
    if has_amount == has_tiers:
        message = (
            "an amount stands in the benefit or in every tier, not in both"
            if has_amount
            else "amount is missing"
        )
        terms.errors.add(reader.place, "benefit.amount", message)
    amount = _value(reader, "amount", terms, _positive_money)
    tiers = tuple(tier for node in reader.items("tiers") if (tier := _tier(node, terms)) is not None)
    if has_tiers and not reader.items("tiers"):
        terms.errors.add(reader.place_of("tiers"), "group.empty", "tiers need at least one tier")
    _check_tiers(tiers, reader, terms)
    return {"amount": amount, "tiers": tuple(sorted(tiers, key=lambda tier: tier.amount.amount))}


def _tier(node: Node, terms: TermReader) -> Tier | None:
    reader = FieldReader(node, terms.errors, "tier", ("tier", "amount", "says", "requires"))
    name = reader.text("tier")
    if name is not None and not IDENTIFIER.fullmatch(name):
        terms.errors.add(reader.place_of("tier"), "id.form", "a tier is named with a-z, 0-9 and hyphens")
    reader.get("amount", required=True)
    amount = _value(reader, "amount", terms, _positive_money)
    says = reader.says("says", terms.languages)
    check_sentences(says, reader.get("says"), (), terms.errors, node.place)
    requires = reader.get("requires", required=True)
    group: Group | None = terms.group(requires) if requires is not None else None
    if name is None or amount is None or group is None:
        return None
    return Tier(name, amount, says, group)


def _check_tiers(tiers: tuple[Tier, ...], reader: FieldReader, terms: TermReader) -> None:
    place = reader.place_of("tiers")
    if len({tier.id for tier in tiers}) != len(tiers):
        terms.errors.add(place, "id.twice", "two tiers have the same name")
    if len({tier.amount.currency for tier in tiers}) > 1:
        terms.errors.add(place, "money.two_currencies", "all tiers are in one currency")
    elif len({tier.amount for tier in tiers}) != len(tiers):
        terms.errors.add(place, "tier.same_amount", "two tiers have the same amount")


def _percentage(reader: FieldReader, terms: TermReader) -> dict[str, Any]:
    reader.get("percent", required=True)
    percent = _value(reader, "percent", terms, _positive_percent)
    of = terms.fact(reader, "of")
    if of is not None and of.type != "money":
        terms.errors.add(
            reader.place_of("of"), "benefit.of", f"{of.key} is a {of.type}; a percentage is of money"
        )
    return {
        "percent": percent,
        "of": of.key if of is not None else None,
        "at_most": _value(reader, "at_most", terms, _positive_money),
    }


def _bills(reader: FieldReader, terms: TermReader, fields: Mapping[str, Any]) -> dict[str, Any]:
    months = reader.integer("months")
    if months is not None and months > MAX_BILL_MONTHS:
        message = f"at most {MAX_BILL_MONTHS} monthly credits"
        terms.errors.add(reader.place_of("months"), "benefit.too_long", message)
    stops: list[Term] = [
        term for node in reader.items("stops_if") if (term := terms.term_or_not(node)) is not None
    ]
    return {
        "months": months,
        "starts_within_bills": reader.integer("starts_within_bills"),
        "stops_if": tuple(stops),
    }
