"""What the sentences of a "no" may tell beside their own words: days, limits, ways, and what else a code is.

Must know nothing of which sentence tells what.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from store_api.policy.words import Words

_THINGS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "product": "a product's bar code",
        "imei": "a device's own number (IMEI)",
        "coupon": "a manufacturer's coupon",
        "card": "a payment card's number",
        "address": "a web address",
        "boarding_pass": "a boarding pass",
        "parcel": "a parcel's number",
        "gs1": "a number from trade (GS1)",
    },
    "es": {
        "product": "el código de barras de un producto",
        "imei": "el número propio de un equipo (IMEI)",
        "coupon": "un cupón de un fabricante",
        "card": "el número de una tarjeta de pago",
        "address": "una dirección web",
        "boarding_pass": "una tarjeta de embarque",
        "parcel": "el número de un paquete",
        "gs1": "un número del comercio (GS1)",
    },
}

_PER: Mapping[str, Mapping[str, str]] = {
    "en": {"account": "account", "line": "line", "person": "person", "store": "store"},
    "es": {"account": "cuenta", "line": "línea", "person": "persona", "store": "tienda"},
}
_PERIODS: Mapping[str, Mapping[str, str]] = {
    "en": {"day": " a day", "week": " a week", "month": " a month", "year": " a year", "ever": ""},
    "es": {"day": " al día", "week": " a la semana", "month": " al mes", "year": " al año", "ever": ""},
}
_ONCE: Mapping[str, tuple[str, str]] = {"en": ("once", "{} times"), "es": ("una vez", "{} veces")}


def detail_in_words(key: str, value: str | date, words: Words) -> str:
    """One detail in the language of the words; one that is not known by its key is told as it is."""
    if isinstance(value, date):
        return words.day(value)
    language = words.language
    if key == "what":
        return _THINGS.get(language, _THINGS["en"])[value]
    if key == "uses":
        once, often = _ONCE.get(language, _ONCE["en"])
        return once if value == "1" else often.format(value)
    if key == "channel":
        fact = words.fact("presentation.channel")
        return ", ".join(words.value(fact, each) for each in value.split(","))
    tables = {"per": _PER, "period": _PERIODS}
    if key in tables:
        return tables[key].get(language, tables[key]["en"])[value]
    return value
