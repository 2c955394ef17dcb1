"""The public pages of the policies: the same for everybody, kept by caches, found without accents."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.policy_search import matching, plain
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.scripted_store import ScriptedStore

PAGE = "/policies/upgrade-credit-50/3"


@pytest.fixture
def anybody(app: Flask) -> FlaskClient:
    """A browser that nobody paired with anything."""
    return app.test_client()


def test_the_list_and_a_page_need_no_station_and_set_no_cookie(anybody: FlaskClient) -> None:
    codes = f"/t/{factories.CODE}"
    for address in ("/policies", PAGE, f"{PAGE}/changes", "/policies/upgrade-credit-50", codes):
        answer = anybody.get(address)
        assert answer.status_code == 200, address
        assert "Set-Cookie" not in answer.headers
        assert "csrf" not in answer.text
        assert "<script" not in answer.text


def test_a_cache_may_keep_a_page_and_ask_whether_it_is_still_good(anybody: FlaskClient) -> None:
    first = anybody.get(f"{PAGE}?language=en")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in first.vary
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = anybody.get(f"{PAGE}?language=en", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert anybody.get(f"{PAGE}?language=es").headers["ETag"] != tag


def test_the_language_is_in_the_address_or_follows_the_browser(anybody: FlaskClient) -> None:
    spanish = anybody.get(PAGE, headers={"Accept-Language": "es-MX,es;q=0.9"})
    assert '<html lang="es"' in spanish.text
    assert "Accept-Language" in spanish.vary
    assert spanish.headers["Content-Language"] == "es"
    chosen = anybody.get(f"{PAGE}?language=en", headers={"Accept-Language": "es"})
    assert '<html lang="en"' in chosen.text
    assert "Accept-Language" not in chosen.vary
    assert f"{PAGE}/changes?language=en" in chosen.text
    assert f"{PAGE}?language=es" in chosen.text


def test_a_version_says_what_it_asks_since_when_and_what_came_before(anybody: FlaskClient) -> None:
    page = anybody.get(PAGE).text
    for words in (
        "One of these is enough.",
        "Buy a new phone on this line.",
        "In force since 1 March 2026.",
        "Your voucher keeps the terms of the day it was issued.",
        "1 January 2025 to 28 February 2026",
        "What changed",
    ):
        assert words in page


def test_a_version_that_was_replaced_leads_to_the_one_that_did(
    anybody: FlaskClient, store: ScriptedStore
) -> None:
    page = factories.PAGE.model_copy(update={"mark": factories.MARKS[1], "after": factories.MARKS[0]})
    store.answers["GET /v1/policies/upgrade-credit-50/page"] = page
    assert "Version 3 replaced it on 1 March 2026." in anybody.get(PAGE).text


def test_what_changed_has_a_page_of_its_own(anybody: FlaskClient, store: ScriptedStore) -> None:
    page = anybody.get(f"{PAGE}/changes").text
    assert "Asks for more" in page
    assert "Before: Renew for at least 12 months." in page
    first = factories.PAGE.model_copy(update={"changes": None, "before": None})
    store.answers["GET /v1/policies/upgrade-credit-50/page"] = first
    assert anybody.get(f"{PAGE}/changes").status_code == 404


def test_a_policy_that_there_is_not_is_told_and_not_kept(anybody: FlaskClient) -> None:
    answer = anybody.get("/policies/no-such-policy")
    assert answer.status_code == 404
    assert "There is no such policy" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_vouchers_link_tells_what_it_is_and_nothing_of_the_voucher(anybody: FlaskClient) -> None:
    pages = [anybody.get(f"/255/9501101020917{serial}?language=en") for serial in ("", "123456789012")]
    for page in pages:
        assert page.status_code == 200
        assert "This is a voucher" in page.text
        assert "Set-Cookie" not in page.headers
    told = [re.sub(r"<svg.*?</svg>", "", page.text.replace("123456789012", "")) for page in pages]
    assert told[0] == told[1]
    assert "Esto es un vale" in anybody.get("/255/9501101020917?language=es").text
    assert anybody.get("/255/95011").status_code == 404
    assert anybody.get("/255/javascript:alert(1)").status_code == 404


def test_the_search_is_in_the_address_and_knows_no_accents(anybody: FlaskClient) -> None:
    found = anybody.get("/policies?q=TELEFONO&language=es").text
    assert "Crédito de $50" in found
    assert 'value="TELEFONO"' in found
    assert "Ninguna condición" in anybody.get("/policies?q=nada-de-eso&language=es").text
    assert plain("Teléfono NIÑO") == "telefono nino"
    assert matching((factories.POLICY,), "en", "phone PLAN") == [factories.POLICY]
    assert matching((factories.POLICY,), "en", "phone boat") == []


def test_what_is_searched_for_is_data(anybody: FlaskClient) -> None:
    page = anybody.get("/policies?q=<script>alert(1)</script>").text
    assert "<script>alert" not in page


def test_the_page_of_a_terms_code_leads_to_the_policy(anybody: FlaskClient) -> None:
    page = anybody.get(f"/t/{factories.CODE}?language=es").text
    assert f"{PAGE}?language=es" in page


def test_the_kiosk_shows_the_same_words_within_itself(counter: Browser, anybody: FlaskClient) -> None:
    own = counter.get(PAGE).text
    assert "Your voucher keeps the terms of the day it was issued." in own
    assert f"/counter{PAGE}/changes" in own
    assert "Asks for more" in counter.get(f"{PAGE}/changes").text
