"""Offers at the desk: what stores may offer, made and ended here.

What it must not know: to whom an offer was shown, and what anybody said to it.
"""

from __future__ import annotations

import datetime as dt

from flask import Response, render_template, request, session, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import StoreRefused
from kiosk.htmx import go_to
from kiosk.region.blueprint import attempt_key, client, region
from kiosk.region.faults import Faults
from kiosk.rendering import current_language
from kiosk.words import say
from store_api.contract import Money, OfferRequest

LANGUAGES = ("en", "es")
CURRENCY = "USD"
INVALID = 422


@region.get("/offers")
def offers() -> Response:
    """Every offer, and the form for a new one."""
    return _offers_page([])


@region.post("/offers")
def make_offer() -> AnyResponse:
    """Make an offer."""
    body, faults = _from_form()
    if body is None:
        return _offers_page(faults, INVALID)
    try:
        client().make_offer(body, attempt_key("offer", body.model_dump_json()))
    except StoreRefused as refused:
        if refused.problem.status != INVALID:
            raise
        return _offers_page([("ends_on", say(current_language(), "region.offer.bad_days"))], INVALID)
    session["told"] = "region.offer.made"
    return go_to(url_for("region.offers"))


@region.post("/offers/<offer_id>/end")
def end_offer(offer_id: str) -> AnyResponse:
    """Show an offer no more."""
    client().end_offer(offer_id, attempt_key("end offer", offer_id))
    session["told"] = "region.offer.ended"
    return go_to(url_for("region.offers"))


def _offers_page(faults: Faults, status: int = 200) -> Response:
    found = client().offers().offers
    page = render_template("region/offers.html", offers=found, faults=faults, typed=request.form)
    return Response(page, status=status)


def _from_form() -> tuple[OfferRequest | None, Faults]:
    """The offer that was typed, or what keeps it from being made."""
    faults: Faults = []
    try:
        body = OfferRequest.model_validate(
            {
                "title": {each: _typed(f"title_{each}") for each in LANGUAGES},
                "text": {each: _typed(f"text_{each}") for each in LANGUAGES},
                "price": _price(),
                "stores": tuple(_typed("stores").replace(",", " ").split()),
                "regions": tuple(_typed("regions").replace(",", " ").split()),
                "starts_on": _day("starts_on"),
                "ends_on": _day("ends_on") if _typed("ends_on") else None,
            }
        )
    except ValidationError as error:
        fields = dict.fromkeys(str(each["loc"][0]) for each in error.errors(include_input=False))
        for field in fields:
            name = f"{field}_en" if field in ("title", "text") else field
            faults.append((name, say(current_language(), f"region.offer.bad_{field}")))
        return None, faults
    return body, faults


def _typed(field: str) -> str:
    return request.form.get(field, "").strip()


def _price() -> Money | dict[str, str] | None:
    """The price that was typed, with the store's currency; what cannot be read is left to be refused."""
    typed = _typed("price")
    return {"amount": typed, "currency": CURRENCY} if typed else None


def _day(field: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(_typed(field))
    except ValueError:
        return None
