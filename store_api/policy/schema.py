"""A JSON Schema of policy documents, for editors: made from the same tables as the reader, and a catalogue.

It knows form, names and types. What needs more than one place to judge (sentences, parameters, order of
dates, examples) is for `policy check`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from store_api.policy.benefit_reader import FIELDS as BENEFIT_FIELDS
from store_api.policy.benefit_reader import MAX_BILL_MONTHS
from store_api.policy.document import FORMAT, LANGUAGES
from store_api.policy.example_reader import EXPECTATIONS, OUTCOMES
from store_api.policy.facts import Catalogue
from store_api.policy.model import TODAY, OnVoid, Remainder
from store_api.policy.term_reader import DURATION_TESTS, IDENTIFIER, LIST_TESTS, TESTS
from store_api.policy.use_reader import CHANNEL, MAX_PER_ORDER, MAX_PLACES
from store_api.policy.values import MAX_SET, MAX_TEXT, DurationUnit, Unit
from store_api.policy.vocabulary import Fact

Schema = dict[str, Any]

_DATE = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_MONEY = {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,6})? [A-Z]{3}$"}
_PERCENT = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 100},
        {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,12})?$"},
    ]
}
_COUNT = {"type": "integer", "minimum": 1}
_PARAMETER = {"$ref": "#/$defs/parameter"}


def document_schema(catalogue: Catalogue, languages: Iterable[str] = LANGUAGES) -> Schema:
    """The schema of a policy document under a catalogue (JSON Schema, draft 2020-12)."""
    says = _mapping({language: _text() for language in languages}, required=tuple(languages))
    says["additionalProperties"] = _text()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy document",
        **_document(catalogue),
        "$defs": {
            "id": {"type": "string", "pattern": f"^{IDENTIFIER.pattern}$"},
            "says": says,
            "parameter": _mapping({"parameter": {"$ref": "#/$defs/id"}}),
            "duration": {
                "anyOf": [*(_mapping({unit: _COUNT}) for unit in get_args(DurationUnit)), _PARAMETER]
            },
            "group": {
                "anyOf": [_mapping({kind: _list({"$ref": "#/$defs/member"}, 1)}) for kind in ("all", "any")]
            },
            "member": {"anyOf": [{"$ref": "#/$defs/group"}, {"$ref": "#/$defs/term_or_not"}]},
            "term_or_not": {"anyOf": [{"$ref": "#/$defs/term"}, _mapping({"not": {"$ref": "#/$defs/term"}})]},
            "term": {"anyOf": [_term(fact, catalogue) for fact in catalogue.facts.values()]},
            "facts": _mapping(
                {key: _or_null(_value(fact)) for key, fact in catalogue.facts.items()}, required=()
            ),
        },
    }


def _document(catalogue: Catalogue) -> Schema:
    dates = [key for key, fact in catalogue.facts.items() if fact.type == "date"]
    fields = {
        "format": {"const": FORMAT},
        "policy": {"$ref": "#/$defs/id"},
        "version": _COUNT,
        "title": {"$ref": "#/$defs/says"},
        "source": _text(),
        "effective": _mapping({"from": _DATE, "until": _or_null(_DATE)}, required=("from",)),
        "binds": {"enum": [TODAY, *dates]},
        "benefit": _benefit(catalogue),
        "requires": {"$ref": "#/$defs/group"},
    }
    claims = {"enum": list(catalogue.claims)}
    waivable = _mapping(
        {"term": {"$ref": "#/$defs/id"}, "by": {"$ref": "#/$defs/id"}, "up_to": _MONEY}, ("term", "by")
    )
    optional = {
        "combines": _or_null(_combines()),
        "scope": _or_null(_scope(catalogue)),
        "parameters": _or_null(_parameters()),
        "agrees": _or_null(_list(_mapping({"says": {"$ref": "#/$defs/says"}}))),
        "not_required": _or_null(_list(_mapping({"claim": claims}))),
        "waivable": _or_null(_list(waivable)),
        "examples": _or_null(_list(_example(catalogue))),
    }
    return _mapping({**fields, **optional}, required=tuple(fields))


def _mapping(fields: dict[str, Any], required: tuple[str, ...] | None = None) -> Schema:
    """Known fields alone; all of them are needed unless told otherwise."""
    needed = list(fields) if required is None else list(required)
    return {"type": "object", "properties": fields, "required": needed, "additionalProperties": False}


def _list(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


def _text() -> Schema:
    return {"type": "string", "pattern": r"\S"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _or_parameter(schema: Schema) -> Schema:
    return {"anyOf": [schema, _PARAMETER]}


def _parameters() -> Schema:
    value = {"anyOf": [{"type": ["integer", "number"]}, _text()]}
    entry = _mapping({"value": value, "unit": {"enum": [*get_args(Unit), "percent"]}}, required=("value",))
    return {"type": "object", "propertyNames": {"$ref": "#/$defs/id"}, "additionalProperties": entry}


# values


def _value(fact: Fact) -> Schema:
    """A value of the fact as YAML has it."""
    word: Schema = {"enum": list(fact.options)} if fact.options else {"type": "string", "maxLength": MAX_TEXT}
    kinds: dict[str, Schema] = {
        "boolean": {"type": "boolean"},
        "integer": {"type": "integer"},
        "percent": _PERCENT,
        "money": _MONEY,
        "date": _DATE,
        "set": {"type": "array", "items": word, "maxItems": MAX_SET},
    }
    return kinds.get(fact.type, word)


def _term(fact: Fact, catalogue: Catalogue) -> Schema:
    """A term on one fact: exactly one of the tests that its type has."""
    alike = [other.key for other in catalogue.facts.values() if fact.same_kind_as(other)]
    tests = {test: _bound(fact, test, alike, catalogue) for test in TESTS[fact.type]}
    fields = {"term": {"$ref": "#/$defs/id"}, "says": {"$ref": "#/$defs/says"}, "fact": {"const": fact.key}}
    term = _mapping({**fields, **tests}, required=tuple(fields))
    return {**term, "oneOf": [{"required": [test]} for test in tests]}


def _bound(fact: Fact, test: str, alike: list[str], catalogue: Catalogue) -> Schema:
    word = _value(Fact(fact.key, "text", fact.source, options=fact.options))
    if test in DURATION_TESTS:
        return {"$ref": "#/$defs/duration"}
    if test in LIST_TESTS:
        return _list(word, 1)
    if test == "size_at_most":
        sizes = [key for key, other in catalogue.facts.items() if other.unit == "items"]
        return _operand({"type": "integer", "minimum": 0}, sizes)
    if test == "contains":
        kind = "choice" if fact.options else "text"
        same = Fact(fact.key, kind, fact.source, options=fact.options)  # type: ignore[arg-type]
        return _operand(word, [key for key, other in catalogue.facts.items() if same.same_kind_as(other)])
    operand = _operand(_value(fact), alike)
    return {"type": "array", "items": operand, "minItems": 2, "maxItems": 2} if test == "between" else operand


def _operand(literal: Schema, facts: list[str]) -> Schema:
    ways = [literal, _PARAMETER]
    return {"anyOf": [*ways, _mapping({"fact": {"enum": facts}})] if facts else ways}


# benefit and examples


def _benefit(catalogue: Catalogue) -> Schema:
    return {"anyOf": [_benefit_of(kind, catalogue) for kind in BENEFIT_FIELDS]}


def _benefit_of(kind: str, catalogue: Catalogue) -> Schema:
    money = [key for key, fact in catalogue.facts.items() if fact.type == "money"]
    amount = _or_parameter(_MONEY)
    tier = _mapping(
        {
            "tier": {"$ref": "#/$defs/id"},
            "amount": amount,
            "says": {"$ref": "#/$defs/says"},
            "requires": {"$ref": "#/$defs/group"},
        }
    )
    known: Schema = {
        "amount": amount,
        "tiers": _list(tier, 1),
        "remainder": {"enum": list(get_args(Remainder))},
        "percent": _or_parameter(_PERCENT),
        "of": {"enum": money},
        "at_most": amount,
        "months": {**_COUNT, "maximum": MAX_BILL_MONTHS},
        "starts_within_bills": _COUNT,
        "stops_if": _or_null(_list({"$ref": "#/$defs/term_or_not"})),
    }
    fields = {name: known[name] for name in BENEFIT_FIELDS[kind]}
    always = [name for name in ("percent", "of", "months", "starts_within_bills") if name in fields]
    benefit = _mapping(
        {"kind": {"const": kind}, "on_void": {"enum": list(get_args(OnVoid))}, **fields}, ("kind", *always)
    )
    if "tiers" in fields:
        benefit["oneOf"] = [{"required": ["amount"]}, {"required": ["tiers"]}]
    return benefit


def _combines() -> Schema:
    """Exclusive stands alone; the others stand where it is not said, or said to be false."""
    group: Schema = {"$ref": "#/$defs/id"}
    per_order = {**_COUNT, "maximum": MAX_PER_ORDER}
    fields = {"exclusive": {"const": False}, "group": group, "per_order": per_order}
    return {"anyOf": [_mapping({"exclusive": {"const": True}}), _mapping(fields, required=())]}


def _scope(catalogue: Catalogue) -> Schema:
    places = {**_list({"$ref": "#/$defs/id"}, 1), "uniqueItems": True, "maxItems": MAX_PLACES}
    channel = catalogue.facts.get(CHANNEL)
    channels = {**places, "items": {"enum": list((channel.options if channel else None) or ())}}
    scope = _mapping({"stores": places, "regions": places, "channels": channels}, required=())
    return {**scope, "minProperties": 1}


def _example(catalogue: Catalogue) -> Schema:
    names = _list(_text())
    kinds: Schema = {"outcome": {"enum": list(OUTCOMES)}, "tier": _or_null(_text())}
    kinds |= dict.fromkeys(("amount", "applied", "kept", "forfeited"), _or_null(_MONEY))
    kinds |= dict.fromkeys(("first_yes_on", "last_yes_on", "earliest_possible_on"), _or_null(_DATE))
    expect = {key: kinds.get(key, names) for key in EXPECTATIONS}
    return _mapping(
        {
            "name": _text(),
            "date": _DATE,
            "facts": {"$ref": "#/$defs/facts"},
            "waive": names,
            "ends": _DATE,
            "expect": _mapping(expect, required=("outcome",)),
        },
        required=("name", "date", "facts", "expect"),
    )
