"""The words of the faces: one catalogue, every sentence in every language.

What it is for: `say(language, key, …)`; dates, times and money as the language writes them.
What it must not know: Flask, templates, the lines of a terms sheet (those come from the service).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import yaml
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from store_api.contract import Money

LANGUAGES = ("en", "es")
CATALOGUE_FILE = Path(__file__).with_name("words.yaml")
# Spanish as it is read in the United States: $49.99 and not 49,99 US$ (Unicode CLDR, es_US).
LOCALES = {"en": "en_US", "es": "es_US"}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every key with its sentence in every language, read once."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(CATALOGUE_FILE.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506


def say(language: str, key: str, **values: object) -> str:
    """The sentence of `key` in `language` with its places filled. Raises KeyError for an unknown key."""
    sentence = catalogue()[key][language]
    return sentence.format(**values) if values else sentence


def say_months(language: str, count: int) -> str:
    """An agreement's length in words; 0 is none."""
    key = {0: "months.none", 1: "months.one"}.get(count, "months.many")
    return say(language, key, count=count)


def write_day(language: str, day: dt.date) -> str:
    """A day in words, without its year's digits in doubt: 14 March 2027, 14 de marzo de 2027."""
    pattern = {"en": "d MMMM y", "es": "d 'de' MMMM 'de' y"}[language]
    return format_date(day, pattern, locale=LOCALES[language])


def write_time(language: str, moment: dt.datetime, zone: dt.tzinfo) -> str:
    """The time of day of an aware moment in the store's zone: 10:52 AM."""
    return format_time(moment.astimezone(zone), "short", locale=LOCALES[language], tzinfo=zone)


def write_number(language: str, number: int) -> str:
    """A whole number as the language groups it: 3,412."""
    return format_decimal(number, locale=LOCALES[language])


def write_money(language: str, money: Money) -> str:
    """An exact amount as the language writes it: $49.99."""
    return format_currency(money.amount, money.currency, locale=LOCALES[language])
