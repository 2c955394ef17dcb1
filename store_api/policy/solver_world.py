"""All customers at once: facts and today as unknowns of a solver, and one customer read back from its answer.

Dates are a count of months and a day of the month, so that months are added exactly as `dates.add` adds them,
without a table: the clamped day only matters on the last day of a month. Must know nothing of groups or laws.
Importing this module loads the solver.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import z3

from store_api.policy.dates import LAST
from store_api.policy.findings import Customer
from store_api.policy.scales import ORDERED, Scale
from store_api.policy.values import MAX_INTEGER, MAX_SET, Value
from store_api.policy.vocabulary import Fact

PERCENT_DIGITS = 12  # the finest that a percentage is read
_FIRST_MONTH, _LAST_MONTH = 12, 9999 * 12 + 11
_SHORT_MONTHS = (3, 5, 8, 10)  # counted from 0
# 400 years are 4,800 months of 146,097 days; how far a month's first day lies from the even spread of them.
_STRAYS = (-1768086, -1747005)
_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


@dataclass(frozen=True)
class Day:
    """A date as months since year 0 and day of the month; numbers or unknowns of the solver.

    `length` are the days of its month, `ordinal` is the number that `date.toordinal` gives.
    """

    month: Any
    day: Any
    length: Any = None
    ordinal: Any = None

    @staticmethod
    def of(day: date) -> Day:
        """A known date."""
        length = calendar.monthrange(day.year, day.month)[1]
        return Day(day.year * 12 + day.month - 1, day.day, length, day.toordinal())


@dataclass(frozen=True)
class SetOf:
    """A set as one truth for each element that matters, and a count of others."""

    members: Mapping[str, Any]
    others: Any


@dataclass
class World:
    """Unknowns for the facts of one or two policies. Names with a mark are of a second customer.

    `names` are all texts that occur; any other text is a number above theirs. `currencies` is by fact.
    `always` holds for everybody. `calendar` says how long months are, which is slow to reason about and
    seldom needed: nobody among all customers of `always` alone is nobody among the real ones, and days up to
    the 27th are real in any month, as long as no test counts in days (`counts_days`). Examples have the dates
    of `past` behind them. Where `on` fixes today, dates are mere day numbers and none of this is needed.
    """

    catalogue: Mapping[str, Fact]
    names: tuple[str, ...]
    currencies: Mapping[str, str]
    context: Any = field(default_factory=z3.Context)
    always: list[Any] = field(default_factory=list)
    past: tuple[str, ...] = ()
    on: date | None = None
    calendar: list[Any] = field(default_factory=list)
    lemmas: list[Any] = field(default_factory=list)
    counts_days: bool = False
    _values: dict[str, Any] = field(default_factory=dict)
    _known: dict[str, Any] = field(default_factory=dict)

    def integer(self, name: str) -> Any:
        """A whole number."""
        return z3.Int(name, self.context)

    def truth(self, name: str) -> Any:
        """A truth value."""
        return z3.Bool(name, self.context)

    def constant(self, value: bool) -> Any:
        """True or false."""
        return z3.BoolVal(value, self.context)

    def both(self, *parts: Any) -> Any:
        """All of the parts."""
        return z3.And(*parts, self.constant(True))

    def either(self, *parts: Any) -> Any:
        """One of the parts."""
        return z3.Or(*parts, self.constant(False))

    def negation(self, part: Any) -> Any:
        """Not the part."""
        return self.constant(not part) if isinstance(part, bool) else z3.Not(part)

    def scale(self, key: str) -> Scale:
        """How a fact's values count."""
        return scale_for(self.catalogue[key], self.currencies.get(key))

    def number(self, value: Value, key: str) -> Any:
        """What stands for a known value of a fact."""
        if isinstance(value, bool):
            return self.constant(value)
        if isinstance(value, date):
            return Day.of(value)
        if isinstance(value, str):
            return self.names.index(value)
        return self.scale(key).number(value)

    @property
    def today(self) -> Day:
        """The day of the decision."""
        if self.on is not None:
            return Day.of(self.on)
        if "today" not in self._values:
            self._values["today"] = self._new_day("today")
        day: Day = self._values["today"]
        return day

    def fact(self, key: str, mark: str = "") -> Any:
        """The unknown that stands for a fact's value."""
        name = key + mark
        if name not in self._values:
            self._values[name] = self._new(self.catalogue[key], name)
        return self._values[name]

    def rank(self, value: Any) -> Any:
        """A number that orders: of dates the day number or months and days, of everything else itself."""
        if not isinstance(value, Day):
            return value
        return value.ordinal if self.on is not None else value.month * 32 + value.day

    def is_spoken_of(self, key: str) -> bool:
        """Whether a formula has named the fact."""
        return key in self._values

    def known(self, key: str, mark: str = "") -> Any:
        """Whether the fact is known."""
        name = key + mark
        if name not in self._known:
            self._known[name] = self.truth(f"known {name}")
        return self._known[name]

    def _new(self, fact: Fact, name: str) -> Any:
        if fact.type == "boolean":
            return self.truth(name)
        if fact.type == "date":
            return self._new_day(name)
        if fact.type == "set":
            return self._new_set(fact, name)
        number = self.integer(name)
        if fact.type in ORDERED:
            whole = 100 * 10**PERCENT_DIGITS if fact.type == "percent" else MAX_INTEGER
            self.always.append(
                z3.And(number >= (0 if fact.type == "percent" else -MAX_INTEGER), number <= whole)
            )
        elif fact.options:
            self.always.append(z3.Or(*(number == self.names.index(option) for option in fact.options)))
        else:
            self.always.append(number >= 0)
        return number

    def _new_day(self, name: str) -> Day:
        if self.on is not None:
            number = self.integer(name)
            self.always += [number >= 1, number <= LAST]
            return Day(None, None, None, number)
        day = Day(*(self.integer(f"{name} {part}") for part in ("month", "day", "length", "ordinal")))
        self.always += [
            day.month >= _FIRST_MONTH,
            day.month <= _LAST_MONTH,
            day.day >= 1,
            day.day <= day.length,
        ]
        self.always += [day.length >= 28, day.length <= 31]
        self.calendar += [day.length == self._length(day), day.ordinal == self._ordinal(day)]
        self.lemmas += self._lemmas(day)
        return day

    def _lemmas(self, day: Day) -> Iterator[Any]:
        """What follows from the calendar and saves working it out: months stray little from the average."""
        strays = 4800 * (day.ordinal - day.day) - 146_097 * day.month
        yield z3.And(strays >= _STRAYS[0], strays <= _STRAYS[1])
        for other in [value for value in self._values.values() if isinstance(value, Day)]:
            yield z3.Implies(day.month == other.month, day.ordinal - other.ordinal == day.day - other.day)
            yield (self.rank(day) < self.rank(other)) == (day.ordinal < other.ordinal)

    def _length(self, day: Day) -> Any:
        month = day.month % 12
        short = z3.Or(*(month == index for index in _SHORT_MONTHS))
        return z3.If(month == 1, z3.If(self._is_leap(day), 29, 28), z3.If(short, 30, 31))

    def _is_leap(self, day: Day) -> Any:
        year = day.month / 12
        return z3.And(year % 4 == 0, z3.Or(year % 100 != 0, year % 400 == 0))

    def _ordinal(self, day: Day) -> Any:
        year, month = day.month / 12 - 1, day.month % 12
        before: Any = z3.IntVal(0, self.context)
        for index, days in enumerate(_BEFORE_MONTH):
            before = z3.If(month == index, days, before)
        leap = z3.If(z3.And(month > 1, self._is_leap(day)), 1, 0)
        return 365 * year + year / 4 - year / 100 + year / 400 + before + leap + day.day

    def ordinal(self, day: Day) -> Any:
        """The day's number; from now on the calendar counts."""
        self.counts_days = True
        return day.ordinal

    def _new_set(self, fact: Fact, name: str) -> SetOf:
        elements = fact.options or self.names
        members = {element: self.truth(f"{name} has {element}") for element in elements}
        others = self.integer(f"{name} others")
        self.always.append(z3.And(others >= 0, others <= (0 if fact.options else MAX_SET)))
        return SetOf(members, others)

    def readable(self, around: date) -> list[Any]:
        """What keeps an example plain: round, small, and near a day. Never part of a proof."""
        first, last = Day.of(around).month - 60, Day.of(around).month + 36
        wishes: list[Any] = []
        for name, value in tuple(self._values.items()):
            fact = self.catalogue.get(name.rstrip("'"))
            if isinstance(value, Day) and self.on is not None:
                low = self.on.toordinal() - 2_000
                wishes.append(z3.And(value.ordinal >= low, value.ordinal <= low + 4_000))
            elif isinstance(value, Day):
                wishes.append(z3.And(value.month >= first, value.month <= last, value.day <= 27))
            elif isinstance(value, SetOf):
                wishes.append(value.others <= 0)
            elif fact is not None and fact.type in ORDERED:
                wishes += _plain_number(value, fact)
            if isinstance(value, Day) and name in self.past and name != "today":
                wishes.append(self.rank(self.today) >= self.rank(value))
        return wishes

    # reading an answer

    def customer(self, model: Any, facts: Mapping[str, str], all_known: bool) -> Customer:
        """The customer of an answer. `facts` maps each fact to the mark under which it is to be read."""
        spoken = {key: key + mark for key, mark in facts.items() if key + mark in self._values}
        read = {
            key: self._read(model, key, name)
            for key, name in spoken.items()
            if all_known or self._is_known(model, name)
        }
        today = self._values.get("today")
        return Customer(
            read, self.on or (self._date(model, today) if today is not None else date(2026, 1, 1))
        )

    def _is_known(self, model: Any, name: str) -> bool:
        known = self._known.get(name)
        return known is None or z3.is_true(model.eval(known, model_completion=True))

    def _read(self, model: Any, key: str, name: str) -> Value:
        fact, unknown = self.catalogue[key], self._values[name]
        if fact.type == "boolean":
            return bool(z3.is_true(model.eval(unknown, model_completion=True)))
        if fact.type == "date":
            return self._date(model, unknown)
        if fact.type == "set":
            return frozenset(self._elements(model, unknown))
        number = self._integer(model, unknown)
        return self.scale(key).value(number) if fact.type in ORDERED else self.text(number)

    def text(self, number: int) -> str:
        """The text that a number stands for."""
        return self.names[number] if number < len(self.names) else f"other {number - len(self.names) + 1}"

    def _elements(self, model: Any, unknown: SetOf) -> Iterator[str]:
        for element, truth in unknown.members.items():
            if z3.is_true(model.eval(truth, model_completion=True)):
                yield element
        for index in range(self._integer(model, unknown.others)):
            yield f"another {index + 1}"

    def _integer(self, model: Any, unknown: Any) -> int:
        return int(model.eval(unknown, model_completion=True).as_long())

    def _date(self, model: Any, day: Day) -> date:
        if self.on is not None:
            return date.fromordinal(self._integer(model, day.ordinal))
        month = self._integer(model, day.month)
        year, index = divmod(month, 12)
        last = calendar.monthrange(year, index + 1)[1]
        return date(year, index + 1, min(last, self._integer(model, day.day)))


def scale_for(fact: Fact, currency: str | None) -> Scale:
    """Percentages count in the finest part that is read, so that nothing is rounded."""
    digits = PERCENT_DIGITS if fact.type == "percent" else 0
    return Scale(fact.type, currency, digits)


def _plain_number(value: Any, fact: Fact) -> list[Any]:
    if fact.type == "percent":
        return [value % 10**PERCENT_DIGITS == 0]
    return [value >= 0, value <= (200_000 if fact.type == "money" else 120)]
