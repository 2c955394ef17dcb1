"""Offers on the wire. No value here has a place for a reason, a decision or a figure of sales."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, Field

from store_api.contract.basis import Identifier, Money, Wire

OFFER_LANGUAGES = frozenset({"en", "es"})
LONGEST_OFFER_TEXT = 400
OfferDay = Annotated[dt.date, Field(strict=False)]


def _in_every_language(words: dict[str, str]) -> dict[str, str]:
    """The words as they are. Raises ValueError where a language is missing, empty, or too long."""
    if set(words) != OFFER_LANGUAGES:
        raise ValueError("expected the words in en and es")
    if not all(0 < len(text.strip()) <= LONGEST_OFFER_TEXT and text.isprintable() for text in words.values()):
        raise ValueError("expected 1 to 400 printable characters in each language")
    return words


OfferWords = Annotated[dict[str, str], AfterValidator(_in_every_language)]


class OfferRequest(Wire):
    """Something optional for sale, in both languages, for these stores and regions (none: everywhere).

    It is shown from its first to its last day in the store's zone; without a last day until it is ended.
    """

    title: OfferWords
    text: OfferWords
    price: Money | None = None
    stores: Annotated[tuple[Identifier, ...], Field(max_length=500)] = ()
    regions: Annotated[tuple[Identifier, ...], Field(max_length=100)] = ()
    starts_on: OfferDay
    ends_on: OfferDay | None = None


class Offer(Wire):
    """An offer as it stands."""

    offer_id: Identifier
    title: dict[str, str]
    text: dict[str, str]
    price: Money | None
    stores: tuple[Identifier, ...]
    regions: tuple[Identifier, ...]
    starts_on: dt.date
    ends_on: dt.date | None
    is_ended: bool


class OfferList(Wire):
    """Every offer, the newest first."""

    offers: tuple[Offer, ...]


class OfferCard(Wire):
    """The card that stands in a visit; null where there is none. `may_be_shown`: one may be shown now.

    That is so once in a visit, after the customer's own matter is decided.
    """

    offer: Offer | None
    may_be_shown: bool


class OfferDeclined(Wire):
    """A "no" to the card; `for_good`: no offer at all any more. There is no reason to give."""

    for_good: bool = False
