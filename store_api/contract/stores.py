"""A store and what it sells, on the wire."""

from __future__ import annotations

from store_api.contract.basis import Identifier, Money, Wire


class Device(Wire):
    """One entry of the store's price list. The price is before tax and fees."""

    sku: Identifier
    name: str
    category: str
    price: Money


class PriceList(Wire):
    """What the store sells today and the agreement lengths, in months, that it offers (0: none)."""

    devices: tuple[Device, ...]
    agreement_months: tuple[int, ...]


class Store(Wire):
    """The store that the caller's device or session belongs to.

    `one_time_codes` says whether codes can be sent to lines.
    """

    store_id: Identifier
    name: str
    zone: str
    region: str
    languages: tuple[str, ...]
    default_language: str
    one_time_codes: bool = False


class StoreList(Wire):
    """Stores, by identifier."""

    stores: tuple[Store, ...]
