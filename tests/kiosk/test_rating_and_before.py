"""One tap of rating at the kiosk, three lines from before on the tablet, the stores' figures at the desk."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser, pair
from tests.kiosk.scripted_store import ScriptedStore

RATE = "PUT /v1/visits/vis_1/rating"


@pytest.fixture
def refused(in_visit: Browser, store: ScriptedStore) -> Browser:
    """A kiosk whose visit ended in a no."""
    store.visit = factories.identified(decision=factories.decision("no", outcome="not_eligible"))
    store.answers[RATE] = lambda request: store.visit
    return in_visit


def test_a_rating_is_one_tap_and_then_a_thank_you(refused: Browser, store: ScriptedStore) -> None:
    assert "How was this for you?" in refused.get("/sheet").text
    page = refused.post("/rating", rating="2", back="sheet").text
    assert [body for name, body, _ in store.asked if name == RATE] == [{"rating": 2}]
    assert "Thank you. It counts for the store and for nobody by name." in page
    assert "How was this for you?" not in page


@pytest.mark.parametrize("rating", ["", "0", "4", "good"])
def test_another_rating_is_not_taken(refused: Browser, store: ScriptedStore, rating: str) -> None:
    refused.get("/sheet")
    refused.post("/rating", rating=rating)
    assert store.count(RATE) == 0


def test_a_yes_that_is_still_to_be_reserved_is_not_rated(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=factories.decision())
    assert "How was this for you?" not in in_visit.get("/sheet").text


def test_the_tablet_shows_what_came_before_and_notes_a_call(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=factories.decision())
    store.answers["GET /v1/contexts/vis_1"] = wire.VisitContext(
        last_sheet=wire.LastSheet(
            on=dt.date(2026, 11, 3), title=factories.words("$50 upgrade credit"),
            verdict=factories.words("Not yet."), terms_code="7F3K9-2QDXA",
        ),
        last_claim=wire.LastClaim(
            on=dt.date(2026, 11, 3), says=factories.words("A change of plan."),
            verdict=factories.words("Not required."),
        ),
    )  # fmt: skip
    store.answers["PUT /v1/visits/vis_1/phase"] = lambda request: store.visit
    page = tablet.get("/visits/vis_1").text
    for words in ("Before today", "$50 upgrade credit", "Not yet.", "A change of plan.", "Not required."):
        assert words in page
    tablet.post("/visits/vis_1/phase", phase="calling")
    store.visit = store.visit.model_copy(update={"is_calling": True})
    assert "The call is over" in tablet.get("/visits/vis_1").text


def test_the_desk_tells_stores_with_samples_and_says_where_they_are_too_few(
    app: Flask, store: ScriptedStore
) -> None:
    store.answers["POST /v1/staff/sessions"] = wire.StaffSession(
        code=None, token="staff-token", staff_id="stf_9", name="Morgan", role="region", store=None,
        expires_at=factories.NOW,
    )  # fmt: skip
    few = wire.Figure(value=None, sample=2)
    store.answers["GET /v1/service-figures"] = wire.ServiceFigures(
        since=dt.date(2026, 10, 25), until=dt.date(2026, 11, 21), least=5,
        minute_cost=factories.money("0.60"),
        stores=(
            wire.StoreFigures(
                store_id="maple-st", name="=Maple St store", visits=46,
                minutes_to_answer=wire.Figure(value="2.5", sample=46), minutes_deciding=few,
                minutes_waiting=few, minutes_calling=few, resolved_in_one_visit=few, rating=few,
                misquoted_visits=2, minutes_lost=few, money_lost=None, outcomes=None,
            ),
        ),
    )  # fmt: skip
    desk = Browser(pair(app, "desk-1"), "region")
    desk.get("/sign-in")
    desk.post("/sign-in", staff_number="9101", pin="1618")
    page = desk.get("/service").text
    for words in ("Maple St store", "2.5", "from 46 visits", "Too few to tell", "from 2 visits"):
        assert words in page
    written = desk.client.get("/region/service.csv")
    assert written.mimetype == "text/csv"
    assert "maple-st,'=Maple St store,46,2.5,46,,,2" in written.text
