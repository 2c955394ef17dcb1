"""Reads the examples that a policy states about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from store_api.policy.errors import ErrorList, Refused, shown
from store_api.policy.facts import Catalogue, read_fact_nodes
from store_api.policy.fields import FieldReader
from store_api.policy.model import Example
from store_api.policy.nodes import Node, raw_of
from store_api.policy.values import read_date, read_money, read_text

OUTCOMES = ("eligible", "not_eligible", "undecided")


def _read_outcome(raw: object) -> str:
    if raw not in OUTCOMES:
        raise Refused("example.outcome", f"outcome is one of: {', '.join(OUTCOMES)}; not {shown(raw)}")
    return str(raw)


def _read_names(raw: object) -> frozenset[str]:
    if not isinstance(raw, list):
        raise Refused("example.list", f"expected a list, not {shown(raw)}")
    return frozenset(read_text(item) for item in raw)


def _or_null(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda raw: None if raw is None else read(raw)


EXPECTATIONS: Mapping[str, Callable[[object], Any]] = {
    "outcome": _read_outcome,
    "amount": _or_null(read_money),
    "applied": _or_null(read_money),
    "kept": _or_null(read_money),
    "forfeited": _or_null(read_money),
    "tier": _or_null(read_text),
    "first_yes_on": _or_null(read_date),
    "last_yes_on": _or_null(read_date),
    "earliest_possible_on": _or_null(read_date),
    "questions": _read_names,
    "unavailable": _read_names,
    "unmet": _read_names,
    "not_required": _read_names,
    "codes": _read_names,
}


def read_example(node: Node, catalogue: Catalogue, errors: ErrorList) -> Example | None:
    """One case: name, date, facts and what is expected."""
    before = len(errors.found)
    reader = FieldReader(node, errors, "example", ("name", "date", "facts", "waive", "ends", "expect"))
    name = reader.text("name")
    on = _field(reader, "date", read_date, errors, required=True)
    ends = _field(reader, "ends", read_date, errors)
    waive = _field(reader, "waive", _read_names, errors)
    facts_node = reader.get("facts", required=True)
    facts = read_fact_nodes(facts_node, catalogue, errors) if facts_node is not None else {}
    expect = _read_expect(reader, errors)
    if name is None or on is None or len(errors.found) > before:
        return None
    return Example(name, on, facts, expect, waive or frozenset(), ends, reader.place_of("expect"))


def _field(
    reader: FieldReader, key: str, read: Callable[[object], Any], errors: ErrorList, required: bool = False
) -> Any:
    node = reader.get(key, required)
    if node is None:
        return None
    try:
        return read(raw_of(node))
    except Refused as refused:
        errors.add_refused(node.place, refused)
        return None


def _read_expect(reader: FieldReader, errors: ErrorList) -> dict[str, Any]:
    node = reader.get("expect", required=True)
    if node is None:
        return {}
    expected = FieldReader(node, errors, "example", tuple(EXPECTATIONS))
    expected.get("outcome", required=True)
    return {
        key: _field(expected, key, read, errors)
        for key, read in EXPECTATIONS.items()
        if key in expected.node.entries
    }
