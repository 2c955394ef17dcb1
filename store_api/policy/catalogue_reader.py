"""Reads a catalogue file, every fault with its place, and lays it over what is there already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from store_api.policy.canonical import digest_of
from store_api.policy.errors import ErrorList, Place, Refused, shown
from store_api.policy.fields import FieldReader, read_says
from store_api.policy.nodes import ListNode, MapNode, Node, ScalarNode, raw_of
from store_api.policy.values import Duration, DurationUnit, FactType, Unit, Value, read_value
from store_api.policy.vocabulary import Change, Claim, Fact, FactRef, Source

FACT_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
CLAIM_ID = re.compile(r"[a-z0-9][a-z0-9-]*")

_FACT_FIELDS = (
    "type unit options label ask option_labels source change personal rolls max_age".split()  # noqa: SIM905
)


@dataclass
class CatalogueDraft:
    """Facts and claims while they are being put together."""

    facts: dict[str, Fact] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    raw_without: dict[str, MapNode] = field(default_factory=dict)


@dataclass
class Declared:
    """What one file declares: facts by key, and the `without` of its claims, still unread."""

    facts: set[str] = field(default_factory=set)
    without: dict[str, MapNode] = field(default_factory=dict)


def lay_over(draft: CatalogueDraft, node: Node, languages: tuple[str, ...], errors: ErrorList) -> Declared:
    """Read facts and claims of a file into the draft; a key that is there already is redeclared in place."""
    reader = FieldReader(node, errors, "catalogue", ("facts", "claims"))
    declared = Declared()
    for key, place, entry in reader.entries("facts"):
        fact = _read_fact(key, place, entry, languages, errors)
        if fact is not None:
            draft.facts[key] = fact
            declared.facts.add(key)
    for key, place, entry in reader.entries("claims"):
        _read_claim(draft, declared, key, place, entry, languages, errors)
    return declared


def _read_fact(
    key: str, place: Place, node: Node, languages: tuple[str, ...], errors: ErrorList
) -> Fact | None:
    before = len(errors.found)
    if not FACT_KEY.fullmatch(key):
        errors.add(place, "catalogue.fact_key", f"a fact is named like order.device_price, not {shown(key)}")
    reader = FieldReader(node, errors, "catalogue", _FACT_FIELDS)
    kind = reader.word("type", get_args(FactType), required=True)
    source = reader.word("source", get_args(Source), required=True)
    unit = reader.word("unit", get_args(Unit), required=kind == "integer")
    if unit and kind != "integer":
        errors.add(reader.place_of("unit"), "catalogue.unit", "only integers have a unit")
    options = _read_options(reader, kind, errors)
    details: dict[str, Any] = {
        "label": reader.says("label", languages, required=False),
        "ask": reader.says("ask", languages, required=False),
        "option_labels": _read_option_labels(reader, options, languages, errors),
        "change": reader.word("change", get_args(Change)) or "none",
        "personal": reader.flag("personal"),
        "rolls": reader.flag("rolls"),
        "max_age": _read_max_age(reader, errors),
    }
    if kind is None or source is None or len(errors.found) > before:
        return None
    digest = digest_of({key: raw_of(node)})
    details |= {"digest": digest, "place": place, "entry": raw_of(node)}
    return Fact(key, kind, source, unit, options, **details)  # type: ignore[arg-type]


def _read_options(reader: FieldReader, kind: str | None, errors: ErrorList) -> tuple[str, ...] | None:
    node = reader.get("options")
    if node is None:
        if kind == "choice":
            errors.add(reader.place, "catalogue.options", "a choice needs options")
        return None
    if kind not in ("choice", "set"):
        errors.add(node.place, "catalogue.options", "only choices and sets have options")
        return None
    options = reader.texts("options")
    if len(set(options)) != len(options):
        errors.add(node.place, "catalogue.options", "an option is listed twice")
    return options or None


def _read_option_labels(
    reader: FieldReader, options: tuple[str, ...] | None, languages: tuple[str, ...], errors: ErrorList
) -> dict[str, Mapping[str, str]]:
    labels: dict[str, Mapping[str, str]] = {}
    for option, place, node in reader.entries("option_labels"):
        if option not in (options or ()):
            errors.add(place, "value.unknown_option", f"{shown(option)} is not one of the options")
        labels[option] = read_says(node, languages, errors)
    return labels


def _read_max_age(reader: FieldReader, errors: ErrorList) -> Duration | None:
    node = reader.get("max_age")
    if node is None:
        return None
    return read_duration(node, errors)


def read_duration(node: Node, errors: ErrorList) -> Duration | None:
    """`{days|months|years: n}` with a literal n of at least 1."""
    units = get_args(DurationUnit)
    if not isinstance(node, MapNode) or len(node.entries) != 1 or next(iter(node.entries)) not in units:
        errors.add(node.place, "duration.form", "expected a duration such as {months: 24}")
        return None
    ((unit, count),) = node.entries.items()
    number = count.value if isinstance(count, ScalarNode) else None
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        errors.add(count.place, "duration.form", "a duration is a whole number of at least 1")
        return None
    return Duration(number, unit)  # type: ignore[arg-type]


def _read_claim(
    draft: CatalogueDraft,
    declared: Declared,
    key: str,
    place: Place,
    node: Node,
    languages: tuple[str, ...],
    errors: ErrorList,
) -> None:
    if not CLAIM_ID.fullmatch(key):
        errors.add(place, "catalogue.claim_id", f"a claim is named like plan-change, not {shown(key)}")
    reader = FieldReader(node, errors, "catalogue", ("says", "without"))
    says = reader.says("says", languages)
    without = reader.mapping("without", required=True)
    if without is not None and not without.entries:
        errors.add(without.place, "catalogue.without", "without names no fact")
    if without is not None:
        declared.without[key] = without
        draft.claims[key] = Claim(key, says, {}, digest_of({key: raw_of(node)}), place, raw_of(node))


def check_claims(draft: CatalogueDraft, declared: Declared, file: Place, errors: ErrorList) -> None:
    """Read the `without` of new claims, and check that redeclared facts have not broken the older ones."""
    for key, node in declared.without.items():
        claim = draft.claims[key]
        without = {
            fact: _read_without(fact, value, node.key_place(fact), draft, errors)
            for fact, value in node.entries.items()
        }
        draft.claims[key] = replace(claim, without=without)
    for key, claim in draft.claims.items():
        if key not in declared.without:
            _check_still_holds(claim, declared, draft, file, errors)


def _read_without(
    key: str, node: Node, place: Place, draft: CatalogueDraft, errors: ErrorList
) -> Value | FactRef | None:
    fact = draft.facts.get(key)
    if fact is None:
        errors.add(place, "fact.undeclared", f"the catalogue has no fact {shown(key)}")
        return None
    if isinstance(node, MapNode) and set(node.entries) == {"fact"}:
        return _read_reference(fact, node.entries["fact"], draft, errors)
    raw = raw_of(node)
    if raw is None:
        return None
    try:
        return read_value(raw, fact)
    except Refused as refused:
        errors.add_refused(node.place, refused)
        return None


def _read_reference(fact: Fact, node: Node, draft: CatalogueDraft, errors: ErrorList) -> FactRef | None:
    key = node.value if isinstance(node, ScalarNode) else None
    other = draft.facts.get(key) if isinstance(key, str) else None
    if other is None:
        errors.add(node.place, "fact.undeclared", f"the catalogue has no fact {shown(raw_of(node))}")
        return None
    if not fact.same_kind_as(other):
        errors.add(
            node.place, "fact.other_type", f"{other.key} and {fact.key} differ in type, unit or options"
        )
    return FactRef(other.key)


def _check_still_holds(
    claim: Claim, declared: Declared, draft: CatalogueDraft, file: Place, errors: ErrorList
) -> None:
    for key, value in claim.without.items():
        touched = [k for k in (key, getattr(value, "key", key)) if k in declared.facts]
        if touched and not _fits(draft, key, value):
            place = draft.facts[touched[0]].place
            errors.add(place, "catalogue.breaks_claim", f"{touched[0]} no longer fits the claim {claim.id}")


def _fits(draft: CatalogueDraft, key: str, value: Value | FactRef | None) -> bool:
    fact = draft.facts[key]
    if isinstance(value, FactRef):
        return fact.same_kind_as(draft.facts[value.key])
    if value is None:
        return True
    try:
        return read_value(value, fact) == value
    except Refused:
        return False


def list_items(node: Node, errors: ErrorList, code: str) -> tuple[Node, ...]:
    """The items of a list; anything else is noted as a fault."""
    if isinstance(node, ListNode):
        return node.items
    errors.add(node.place, code, "expected a list")
    return ()
