"""Reads groups, terms and bounds of a policy document, each fault with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from store_api.policy.catalogue_reader import read_duration
from store_api.policy.errors import ErrorList, Place, Refused, shown
from store_api.policy.fields import FieldReader
from store_api.policy.model import Among, Between, Bound, Group, Literally, Term
from store_api.policy.nodes import ListNode, MapNode, Node, ScalarNode, raw_of
from store_api.policy.sentences import check_term_sentences
from store_api.policy.values import (
    Duration,
    DurationUnit,
    Money,
    Unit,
    Value,
    read_integer,
    read_option,
    read_percent,
    read_value,
)
from store_api.policy.vocabulary import Fact, FactRef

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")

_CHOICES = ("is", "is_not", "one_of", "none_of")
_NUMBERS = ("at_least", "at_most", "more_than", "less_than", "between")
_DATES = ("on_or_after", "on_or_before", "before", "after", "at_least_ago", "within_last", "within_next")
TESTS: Mapping[str, tuple[str, ...]] = {
    "choice": _CHOICES,
    "text": _CHOICES,
    "boolean": ("is",),
    "integer": _NUMBERS,
    "percent": _NUMBERS,
    "money": _NUMBERS,
    "date": _DATES,
    "set": ("contains", "contains_none_of", "size_at_most"),
}
ALL_TESTS = tuple(dict.fromkeys(test for tests in TESTS.values() for test in tests))
DURATION_TESTS = frozenset({"at_least_ago", "within_last", "within_next"})
LIST_TESTS = frozenset({"one_of", "none_of", "contains_none_of"})

# What a set's element and a set's size look like to the reader of bounds.
_SIZE = Fact("", "integer", "store", unit="items")


@dataclass(frozen=True)
class Parameter:
    """A named value of the document; its type shows where it is used."""

    name: str
    raw: Value
    unit: str | None


@dataclass
class TermReader:
    """Reads the terms of one document; remembers ids so that none occurs twice."""

    facts: Mapping[str, Fact]
    languages: tuple[str, ...]
    errors: ErrorList
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    seen: dict[str, Place] = field(default_factory=dict)

    def group(self, node: Node) -> Group | None:
        """`{all: […]}` or `{any: […]}`, not empty."""
        if not isinstance(node, MapNode) or len(node.entries) != 1 or not set(node.entries) <= {"all", "any"}:
            self.errors.add(node.place, "group.form", "expected a group: {all: [terms]} or {any: [terms]}")
            return None
        ((kind, members),) = node.entries.items()
        if not isinstance(members, ListNode) or not members.items:
            self.errors.add(
                members.place, "group.empty", f"{kind} needs a list of at least one term or group"
            )
            return None
        read = [self._member(item) for item in members.items]
        return Group(kind, tuple(item for item in read if item is not None))  # type: ignore[arg-type]

    def _member(self, node: Node) -> Term | Group | None:
        keys = set(node.entries) if isinstance(node, MapNode) else set()
        if keys & {"all", "any"}:
            return self.group(node)
        return self.term_or_not(node)

    def term_or_not(self, node: Node) -> Term | None:
        """A term, or `not` around one term."""
        if isinstance(node, MapNode) and "not" in node.entries:
            if len(node.entries) != 1:
                self.errors.add(node.place, "group.form", "not stands alone, around one term")
                return None
            inner = node.entries["not"]
            if isinstance(inner, MapNode) and set(inner.entries) & {"not", "all", "any"}:
                self.errors.add(inner.place, "group.form", "not wraps one term, no group")
                return None
            return self.term(inner, negated=True)
        return self.term(node)

    def term(self, node: Node, negated: bool = False) -> Term | None:
        """One term: id, sentences, fact and exactly one test."""
        reader = FieldReader(node, self.errors, "term", ("term", "says", "fact", *ALL_TESTS))
        term_id = self.identifier(reader, "term")
        says = reader.says("says", self.languages)
        fact = self.fact(reader, "fact")
        tests = [test for test in ALL_TESTS if test in reader.node.entries]
        if reader.is_mapping and len(tests) != 1:
            self.errors.add(node.place, "term.one_test", f"a term has exactly one test, not {len(tests)}")
        if fact is None or len(tests) != 1:
            return None
        bound = self._tested(fact, tests[0], reader)
        if bound is None or term_id is None:
            return None
        check_term_sentences(says, reader.get("says"), bound, self.errors, node.place)
        return Term(term_id, says, fact.key, tests[0], bound, negated, node.place)

    def identifier(self, reader: FieldReader, key: str) -> str | None:
        """An id that no other term of the document has."""
        text = reader.text(key)
        if text is None:
            return None
        place = reader.place_of(key)
        if not IDENTIFIER.fullmatch(text):
            self.errors.add(place, "id.form", f"an id is made of a-z, 0-9 and hyphens, not {shown(text)}")
        if text in self.seen:
            self.errors.add(
                place, "id.twice", f"{text} is the id of another term (line {self.seen[text].line})"
            )
        self.seen.setdefault(text, place)
        return text

    def fact(self, reader: FieldReader, key: str) -> Fact | None:
        """A fact that the catalogue declares."""
        text = reader.text(key)
        if text is None:
            return None
        if text not in self.facts:
            self.errors.add(
                reader.place_of(key), "fact.undeclared", f"the catalogue has no fact {shown(text)}"
            )
        return self.facts.get(text)

    def _tested(self, fact: Fact, test: str, reader: FieldReader) -> Bound | None:
        if test not in TESTS[fact.type]:
            message = f"{test} cannot test a {fact.type}; known: {', '.join(TESTS[fact.type])}"
            self.errors.add(reader.node.key_place(test), "term.wrong_test", message)
            return None
        node = reader.node.entries[test]
        if test in DURATION_TESTS:
            return self._duration(node)
        if test in LIST_TESTS:
            return self._list(fact, node)
        if test == "between":
            return self._between(fact, node)
        return self.operand(self._compared(fact, test), node)

    def _compared(self, fact: Fact, test: str) -> Fact:
        if test == "size_at_most":
            return _SIZE
        if test == "contains":
            kind = "choice" if fact.options else "text"
            return Fact(fact.key, kind, fact.source, options=fact.options)  # type: ignore[arg-type]
        return fact

    def _list(self, fact: Fact, node: Node) -> Among | None:
        if not isinstance(node, ListNode) or not node.items:
            self.errors.add(node.place, "bound.list", "expected a list of at least one literal")
            return None
        values: list[str] = []
        for item in node.items:
            try:
                value = read_option(raw_of(item), fact.options)
            except Refused as refused:
                self.errors.add_refused(item.place, refused)
                continue
            if value in values:
                self.errors.add(item.place, "bound.twice", f"{shown(value)} is listed twice")
            values.append(value)
        return Among(tuple(values))

    def _between(self, fact: Fact, node: Node) -> Between | None:
        if not isinstance(node, ListNode) or len(node.items) != 2:
            self.errors.add(node.place, "bound.between", "between needs two ends: [low, high]")
            return None
        low, high = (self.operand(fact, item) for item in node.items)
        if low is None or high is None:
            return None
        try:
            if isinstance(low, Literally) and isinstance(high, Literally) and is_above(low.value, high.value):
                self.errors.add(node.place, "bound.low_above_high", "the low end is above the high end")
        except Refused as refused:
            self.errors.add_refused(node.place, refused)
        return Between(low, high)

    def operand(self, fact: Fact, node: Node) -> Literally | FactRef | None:
        """A literal, `{fact: KEY}` or `{parameter: NAME}` of the fact's type, unit and options."""
        try:
            if isinstance(node, MapNode):
                return self._reference(fact, node)
            value = read_integer(raw_of(node)) if fact is _SIZE else read_value(raw_of(node), fact)
            if fact is _SIZE and isinstance(value, int) and value < 0:
                raise Refused("bound.negative", "a size is not below zero")
            return Literally(value)
        except Refused as refused:
            self.errors.add_refused(node.place, refused)
            return None

    def _reference(self, fact: Fact, node: MapNode) -> Literally | FactRef:
        keys = set(node.entries)
        value = raw_of(next(iter(node.entries.values()))) if len(keys) == 1 else None
        if keys == {"parameter"}:
            return self._parameter(fact, value)
        if keys != {"fact"}:
            raise Refused("bound.form", "expected a literal, {fact: KEY} or {parameter: NAME}")
        other = self.facts.get(value) if isinstance(value, str) else None
        if other is None:
            raise Refused("fact.undeclared", f"the catalogue has no fact {shown(value)}")
        if not fact.same_kind_as(other):
            raise Refused(
                "fact.other_type", f"{other.key} differs from {fact.key or 'a size'} in type, unit or options"
            )
        return FactRef(other.key)

    def _parameter(self, fact: Fact, name: object) -> Literally:
        parameter = self._named(name)
        unit = "percent" if fact.type == "percent" else fact.unit
        if parameter.unit != unit:
            raise Refused(
                "parameter.unit", f"{parameter.name} has the unit {parameter.unit}, needed is {unit}"
            )
        return Literally(read_value(parameter.raw, fact), parameter.name)

    def _named(self, name: object) -> Parameter:
        if not isinstance(name, str) or name not in self.parameters:
            raise Refused("parameter.unknown", f"no parameter {shown(name)}")
        return self.parameters[name]

    def _duration(self, node: Node) -> Literally | None:
        if not (isinstance(node, MapNode) and set(node.entries) == {"parameter"}):
            duration = read_duration(node, self.errors)
            return Literally(duration) if duration is not None else None
        try:
            parameter = self._named(raw_of(node.entries["parameter"]))
            if parameter.unit not in get_args(DurationUnit) or not isinstance(parameter.raw, int):
                raise Refused("parameter.unit", f"{parameter.name} is not in days, months or years")
            if parameter.raw < 1:
                raise Refused("duration.form", "a duration is a whole number of at least 1")
            return Literally(Duration(parameter.raw, parameter.unit), parameter.name)  # type: ignore[arg-type]
        except Refused as refused:
            self.errors.add_refused(node.place, refused)
            return None


def is_above(low: Value | Duration, high: Value | Duration) -> bool:
    """Whether one end of a range lies above the other; two currencies raise Refused."""
    if isinstance(low, Money) and isinstance(high, Money):
        return low.compared_with(high) > 0
    return low > high  # type: ignore[operator]


def read_parameters(node: FieldReader, errors: ErrorList) -> dict[str, Parameter]:
    """`parameters: {half: {value: 50, unit: percent}}`; a value without unit stays text until it is used."""
    read: dict[str, Parameter] = {}
    for name, place, entry in node.entries("parameters"):
        if not IDENTIFIER.fullmatch(name):
            errors.add(place, "id.form", f"a parameter is named like wait-months, not {shown(name)}")
        reader = FieldReader(entry, errors, "parameter", ("value", "unit"))
        unit = reader.word("unit", (*get_args(Unit), "percent"))
        value = reader.get("value", required=True)
        if value is None or ("unit" in reader.node.entries and unit is None):
            continue
        try:
            read[name] = Parameter(name, _parameter_value(value, unit), unit)
        except Refused as refused:
            errors.add_refused(value.place, refused)
    return read


def _parameter_value(node: Node, unit: str | None) -> Value:
    raw = raw_of(node) if isinstance(node, ScalarNode) else None
    if unit == "percent":
        return read_percent(raw)
    if unit is not None:
        return read_integer(raw)
    if isinstance(raw, str) and raw:
        return raw
    raise Refused("parameter.value", "a number needs a unit: percent, months, days, years or items")
