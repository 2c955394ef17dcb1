"""The optional card: below the customer's own matter, gone at one tap, on the kiosk and on the tablet."""

from __future__ import annotations

import datetime as dt

import pytest

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.scripted_store import ScriptedStore

LOOK, SHOW = "GET /v1/visits/vis_1/offer", "POST /v1/visits/vis_1/offer"
DECLINE = "POST /v1/visits/vis_1/offer/decline"
OFFER = wire.Offer(
    offer_id="off_1",
    title={"en": "A clear case", "es": "Una funda transparente"},
    text={"en": "It fits.", "es": "Le queda."},
    price=None,
    stores=(),
    regions=(),
    starts_on=dt.date(2026, 11, 21),
    ends_on=None,
    is_ended=False,
)
CARD, NO_CARD = (
    wire.OfferCard(offer=OFFER, may_be_shown=False),
    wire.OfferCard(offer=None, may_be_shown=False),
)


@pytest.fixture
def answered(in_visit: Browser, store: ScriptedStore) -> Browser:
    """A kiosk whose visit has an answer."""
    store.visit = factories.identified(decision=factories.decision("no"))
    store.answers[LOOK] = wire.OfferCard(offer=None, may_be_shown=True)
    store.answers[SHOW] = CARD
    store.answers[DECLINE] = NO_CARD
    return in_visit


def test_the_card_stands_below_the_sheet_and_is_no_part_of_it(answered: Browser) -> None:
    page = answered.get("/sheet").text
    assert "A clear case" in page
    assert "A clear case" not in page.split('id="sheet"')[1].split("</section>")[0]
    assert page.index("A clear case") > page.index('id="sheet"')
    assert "No, thank you" in page


def test_one_tap_declines_and_the_card_is_gone(answered: Browser, store: ScriptedStore) -> None:
    answered.get("/sheet")
    store.answers[LOOK] = NO_CARD
    page = answered.post("/offer/decline", back="sheet").text
    assert [body for name, body, _ in store.asked if name == DECLINE] == [{"for_good": False}]
    assert "A clear case" not in page
    assert 'id="sheet"' in page


def test_no_offers_any_more_is_one_tap_too(answered: Browser, store: ScriptedStore) -> None:
    answered.get("/sheet")
    answered.post("/offer/decline", back="sheet", for_good="yes")
    assert [body for name, body, _ in store.asked if name == DECLINE] == [{"for_good": True}]


def test_a_sheet_is_shown_where_offers_cannot_be_had(answered: Browser, store: ScriptedStore) -> None:
    store.answers[LOOK] = (503, factories.problem(503, "service.busy"))
    page = answered.get("/sheet")
    assert page.status_code == 200
    assert 'id="sheet"' in page.text


def test_the_tablet_shows_the_card_and_never_puts_one_there(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=factories.decision("no"))
    store.answers[LOOK] = wire.OfferCard(offer=None, may_be_shown=True)
    assert "only if you like" not in tablet.get("/visits/vis_1").text
    assert store.count(SHOW) == 0
    store.answers[LOOK], store.answers[DECLINE] = CARD, NO_CARD
    page = tablet.get("/visits/vis_1").text
    assert "A clear case" in page
    tablet.post("/visits/vis_1/offer/decline")
    assert store.count(DECLINE) == 1
