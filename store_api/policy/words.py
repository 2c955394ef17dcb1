"""Values and sentences in a language: money, dates, durations, placeholders filled in.

United States conventions for amounts and numbers; dates are written day, month, year in full, so that nobody
can mistake one for the other. Must know nothing of verdicts or layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from store_api.policy.dates import whole_months_between
from store_api.policy.evaluate import Facts, Resolved, resolve
from store_api.policy.facts import Catalogue
from store_api.policy.model import Between, Bound, Term
from store_api.policy.phrases import phrase
from store_api.policy.sentences import PLACEHOLDER
from store_api.policy.values import Duration, Money
from store_api.policy.vocabulary import Fact, FactRef, Says, says_in

MANY_MONTHS = 48  # from here on people think in years

_LOCALES = {"en": "en_US", "es": "es_US"}
_DATES = {"en": "d MMMM y", "es": "d 'de' MMMM 'de' y"}


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_LOCALES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_LOCALES["en"])


def _plain(text: str) -> str:
    """Ordinary spaces: a receipt printer knows no others."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def capitalised(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def uncapitalised(text: str) -> str:
    """The text with its first letter small."""
    return text[:1].lower() + text[1:]


def _named_in(says: Says) -> set[str]:
    return {name for text in says.values() for name in PLACEHOLDER.findall(text)}


@dataclass(frozen=True)
class Words:
    """Makes words in one language with the labels of one catalogue."""

    language: str
    catalogue: Catalogue

    def phrase(self, key: str, **values: object) -> str:
        """A sentence of the product's own."""
        return phrase(self.language, key, **values)

    def money(self, money: Money) -> str:
        """`$49.99`; less than nothing has a minus sign, not a hyphen."""
        text = format_currency(money.amount, money.currency, locale=_locale(self.language))
        return _plain(text).replace("-", "\u2212")

    def day(self, day: date) -> str:
        """`14 March 2027`, `14 de marzo de 2027`."""
        pattern = _DATES.get(self.language, "long")
        return _plain(format_date(day, pattern, locale=_locale(self.language)))

    def number(self, number: int | Decimal) -> str:
        """A bare number."""
        return _plain(format_decimal(number, locale=_locale(self.language), decimal_quantization=False))

    def percent(self, percent: Decimal) -> str:
        """`33.5%`."""
        return _plain(
            format_percent(percent / 100, locale=_locale(self.language), decimal_quantization=False)
        )

    def count(self, number: int, unit: str) -> str:
        """`24 months`, `24 meses`; unit is days, months or years."""
        return _plain(
            format_unit(number, f"duration-{unit.removesuffix('s')}", locale=_locale(self.language))
        )

    def listed(self, items: list[str], style: str = "or") -> str:
        """`a, b, or c`."""
        joined = format_list(
            items, style="or" if style == "or" else "standard", locale=_locale(self.language)
        )
        return _plain(joined)

    def fact(self, key: str) -> Fact:
        """The declared fact."""
        return self.catalogue.facts[key]

    def label(self, key: str) -> str:
        """What a fact is called."""
        return self.fact(key).label_in(self.language)

    def value(self, fact: Fact, value: Resolved) -> str:
        """Any value of a fact, with its unit."""
        if isinstance(value, bool):
            return self.phrase("yes_word" if value else "no_word")
        if isinstance(value, Money):
            return self.money(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, Duration):
            return self.count(value.count, value.unit)
        if isinstance(value, Decimal):
            return self.percent(value)
        if isinstance(value, int):
            counted = fact.type == "integer" and fact.unit is not None and fact.unit != "items"
            return self.count(value, fact.unit or "") if counted else self.number(value)
        if isinstance(value, (frozenset, tuple)):
            items = sorted(value) if isinstance(value, frozenset) else list(value)
            style = "or" if isinstance(value, tuple) else "and"
            return (
                self.listed([self.value(fact, item) for item in items], style)
                if items
                else self.phrase("nothing")
            )
        return says_in(fact.option_labels.get(value, {}), self.language, value)

    def bound(self, term: Term, facts: Facts) -> str:
        """The term's bound; what is unknown goes by its name."""
        fact = self.fact(term.fact)
        if isinstance(term.bound, Between):
            low, high = self._end(fact, term.bound.low, facts), self._end(fact, term.bound.high, facts)
            low_value, high_value = resolve(term.bound.low, facts), resolve(term.bound.high, facts)
            if (
                fact.unit not in (None, "items")
                and isinstance(low_value, int)
                and isinstance(high_value, int)
            ):
                low = self.number(low_value)  # "12 to 24 months", the unit once
            return self.phrase("range", low=low, high=high)
        return self._end(fact, term.bound, facts)

    def _end(self, fact: Fact, bound: Bound, facts: Facts) -> str:
        value = resolve(bound, facts)
        if value is None and isinstance(bound, FactRef):
            return uncapitalised(self.label(bound.key))
        return self.value(fact, value) if value is not None else ""

    def says(self, term: Term, facts: Facts) -> str:
        """The term's sentence with its bound and value."""
        value = facts.get(term.fact)
        known = self.value(self.fact(term.fact), value) if value is not None else None
        return self._filled(
            term.says,
            {"bound": self.bound(term, facts), "value": known or uncapitalised(self.label(term.fact))},
        )

    def sentence(self, says: Says, facts: Facts) -> str:
        """A sentence whose placeholders are facts; an unknown one goes by its name."""
        return self._filled(says, {name: self._named(name, facts) for name in _named_in(says)})

    def sentence_with_blanks(self, says: Says) -> str:
        """The same for nobody in particular: every fact goes by its name, in brackets as in a form."""
        blanks = {name: f"[{uncapitalised(self.label(name))}]" for name in _named_in(says)}
        return self._filled(says, blanks)

    def is_complete(self, says: Says, facts: Facts) -> bool:
        """Whether every fact that the sentence tells is known."""
        return _named_in(says) <= set(facts)

    def _named(self, key: str, facts: Facts) -> str:
        value = facts.get(key)
        return self.value(self.fact(key), value) if value is not None else uncapitalised(self.label(key))

    def _filled(self, says: Says, values: dict[str, str]) -> str:
        text = says_in(says, self.language, "")
        return capitalised(PLACEHOLDER.sub(lambda found: values.get(found.group(1), found.group(0)), text))

    def how_long_ago(self, day: date, on: date) -> str:
        """`26 months ago`, `12 days ago`, `7 years ago`, `today`, `in 3 months`."""
        if day == on:
            return self.phrase("today")
        earlier, later = min(day, on), max(day, on)
        months = whole_months_between(earlier, later)
        if months >= MANY_MONTHS:
            span = self.count(months // 12, "years")
        else:
            span = self.count(months, "months") if months else self.count((later - earlier).days, "days")
        return self.phrase("ago" if day < on else "ahead", span=span)

    def as_of(self, moment: datetime, on: date) -> str:
        """`as of 10:42`, with the date where it is not today's."""
        clock = moment.strftime("%H:%M")
        if moment.date() == on:
            return self.phrase("as_of_time", time=clock)
        return self.phrase("as_of_day", time=clock, day=self.day(moment.date()))
