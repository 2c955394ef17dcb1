"""Refusals on the wire: a benefit that a customer could have had and did not get, why, and their own word."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from store_api.contract.basis import Identifier, Wire, Words
from store_api.contract.claims import ClaimResult
from store_api.contract.overrides import Note

RefusalReason = Literal["item_missing", "system_trouble", "identity", "customer_choice", "other"]

RefusalState = Literal["open", "unconfirmed", "explained", "disputed"]
"""`open` has no reason yet; `unconfirmed` has one that the customer said nothing to; `explained` one that the
customer agrees with; `disputed` one that they do not."""


class RefusalReasonWords(Wire):
    """A reason as staff choose it and customers read it."""

    reason: RefusalReason
    says: Words


class RefusalClaim(Wire):
    """Something that the customer had heard, checked in the same visit."""

    claim: str
    says: Words
    result: ClaimResult


class Refusal(Wire):
    """A benefit that a sheet granted and that the customer did not get in a visit.

    `origin` is who noted it. `note` and `reason_by` are for staff. `word` is the customer's own to the
    reason; `said_at` where the customer themself said that they did not get it.
    """

    refusal_id: Identifier
    visit_id: Identifier
    visit_code: str
    store_id: Identifier
    terms_code: str
    policy: str
    version: int | None
    title: Words
    origin: Literal["staff", "customer"]
    noted_at: dt.datetime
    said_at: dt.datetime | None
    reason: RefusalReason | None
    reason_words: Words | None
    note: str | None
    reason_by: str | None
    reason_at: dt.datetime | None
    word: Literal["agrees", "disagrees"] | None
    word_at: dt.datetime | None
    state: RefusalState
    claims: tuple[RefusalClaim, ...]


class RefusalList(Wire):
    """Refusals, newest first; `can_note` where the visit's sheet grants something that was not used."""

    refusals: tuple[Refusal, ...]
    reasons: tuple[RefusalReasonWords, ...]
    can_note: bool = False


class RefusalRequest(Wire):
    """Note that the sheet's benefit was not given. Staff may say why at once; a customer says no reason."""

    reason: RefusalReason | None = None
    note: Note | None = None


class RefusalReasonRequest(Wire):
    """The store's reason; `other` needs a note."""

    reason: RefusalReason
    note: Note | None = None


class RefusalWord(Wire):
    """The customer's own word to the store's reason."""

    agrees: bool
