"""Forged, doubled, stale and lost requests: nothing is done twice, lost, or left behind."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from flask import Flask

from kiosk.security import CONTENT_SECURITY_POLICY
from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser, pair
from tests.kiosk.scripted_store import ScriptedStore


def posting_rules(app: Flask) -> list[str]:
    """The path of every route that takes a form."""
    values = {
        "fact": "order.agreement_months", "visit_id": "vis_1", "draft_id": "drf_1", "sentence": "term.one.en",
        "policy": "upgrade-credit-50", "version": "3", "claim": "paper", "ask_id": "ask_1",
        "offer_id": "off_1",
    }  # fmt: skip
    paths = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()):
            paths.append(re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found.group(1)], rule.rule))
    return paths


def test_no_form_is_taken_without_its_token(app: Flask, store: ScriptedStore) -> None:
    kiosk = pair(app, "kiosk-1")
    others = {"tablet": pair(app, "tablet-1"), "region": pair(app, "desk-1"), "care": pair(app, "care-1")}
    paths = posting_rules(app)
    assert len(paths) > 15
    before = len(store.asked)
    for path in paths:
        client = others.get(path.split("/")[1], kiosk)
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.post(path, data={"value": "1"}, headers=headers)
            assert answer.status_code in (204, 303, 400), path
    assert store.asked[before:] == []


def test_a_forged_htmx_header_changes_the_form_of_an_answer_only(
    in_visit: Browser, store: ScriptedStore
) -> None:
    store.visit = factories.visit()
    page = in_visit.get("/sheet", HX_Request="true", HX_Target="sheet", HX_Current_URL="http://evil.example")
    assert factories.CODE not in page.text


def test_a_token_of_one_face_is_not_one_of_another(counter: Browser, tablet: Browser) -> None:
    tablet.get("/visits")
    answer = counter.client.post("/counter/leave", data={"csrf_token": tablet.token()})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/counter/", "/counter/scan", "/tablet/visits", "/t/7F3K9-2QDXA", "/policies", "/stations/pair"],
)
def test_every_page_forbids_what_it_does_not_need(app: Flask, path: str) -> None:
    client = pair(app, "tablet-1" if "tablet" in path else "kiosk-1")
    answer = client.get(path, follow_redirects=True)
    policy = answer.headers["Content-Security-Policy"]
    if path == "/counter/scan":
        # The page that reads with the browser's camera may compile our own WebAssembly, and nothing else.
        assert policy.count(" 'wasm-unsafe-eval'") == 1
        policy = policy.replace(" 'wasm-unsafe-eval'", "")
    assert policy == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    is_public = path.startswith(("/t/", "/policies"))
    assert answer.headers["Cache-Control"] == ("public, max-age=300" if is_public else "no-store")
    assert "HX-Request" in answer.headers["Vary"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", answer.text)


def test_cookies_are_for_this_site_and_not_for_scripts(counter: Browser) -> None:
    counter.get("/who")
    cookies = counter.client.get("/counter/who").headers.getlist("Set-Cookie")
    assert all("HttpOnly" in cookie and "SameSite=Strict" in cookie for cookie in cookies)


def test_a_button_that_is_pressed_twice_sends_one_key(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    store.answers["POST /v1/holds"] = wire.HoldAnswer(
        hold=factories.HOLD, code=None, decision=factories.decision("yes")
    )
    in_visit.get("/confirm")
    in_visit.post("/reserve", follow=False)
    in_visit.post("/reserve", follow=False)
    assert store.count("POST /v1/holds") == 2
    assert len(store.keys("POST /v1/holds")) == 1


def test_another_answer_from_a_page_that_was_gone_back_to_is_another_request(
    in_visit: Browser, store: ScriptedStore
) -> None:
    store.visit = factories.identified(decision=factories.decision("question", ("order.agreement_months",)))
    in_visit.get("/questions/order.agreement_months")
    in_visit.post("/questions/order.agreement_months", follow=False, value="12")
    in_visit.post("/questions/order.agreement_months", follow=False, value="24")
    assert len(store.keys("PUT /v1/visits/vis_1/order")) == 2


def test_a_visit_that_ended_elsewhere_is_forgotten(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.visit(state="closed")
    assert "What can I get today?" in in_visit.get("/sheet").text
    store.visit = factories.identified(decision=factories.decision("yes"))
    assert factories.CODE not in in_visit.get("/sheet").text


def test_leaving_tells_the_service_and_empties_the_browser(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("not_yet"))
    in_visit.get("/sheet")
    answer = in_visit.post("/leave", follow=False, why="idle")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert {"outcome": "not_eligible"} in [body for name, body, _ in store.asked if name.endswith("/close")]
    assert in_visit.client.get_cookie("counter", path="/counter") is None
    assert factories.CODE not in in_visit.get("/sheet").text


def test_leaving_works_while_the_service_is_away(in_visit: Browser, store: ScriptedStore) -> None:
    in_visit.get("/choices")
    store.answers["GET /v1/visits/vis_1"] = httpx.ConnectError("gone")
    assert in_visit.post("/leave", follow=False).status_code == 303
    assert in_visit.client.get_cookie("counter", path="/counter") is None


def test_a_cookie_that_was_changed_opens_no_visit(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=factories.decision("yes"))
    in_visit.client.set_cookie("counter", "eyJ2aXNpdCI6InZpc18xIn0.forged.signature", path="/counter")
    assert factories.CODE not in in_visit.get("/sheet").text


def test_a_browser_without_a_station_gets_the_pairing_page_only(app: Flask) -> None:
    client = app.test_client()
    for path in ("/counter/", "/counter/who", "/counter/scan/preview", "/tablet/visits", "/"):
        assert "no station yet" in client.get(path, follow_redirects=True).text


def test_a_pairing_code_works_once_and_a_wrong_one_never(app: Flask) -> None:
    code = app.extensions["services"].stations.pairing_code("kiosk-1")
    stations = app.extensions["services"].stations
    assert stations.pair("0000-0000") is None
    assert stations.pair(f" {code.lower()} ").name == "kiosk-1"
    assert stations.pair(code) is None


def test_a_staff_page_needs_a_member_of_staff(app: Flask, store: ScriptedStore) -> None:
    browser = Browser(pair(app, "tablet-1"), "tablet")
    for path in ("/visits", "/visits/vis_1", "/events"):
        assert "Staff number" in browser.get(path).text
    assert store.count("GET /v1/visits.*") == 0


def test_a_tablet_that_signed_out_shows_nothing(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=factories.decision("yes"))
    assert factories.CODE in tablet.get("/visits/vis_1").text
    tablet.post("/sign-out")
    assert "Maya" not in tablet.get("/visits/vis_1").text
    assert store.count("DELETE /v1/staff/sessions/current") == 1


def test_the_staff_token_is_sealed_in_the_cookie(tablet: Browser) -> None:
    cookie = tablet.client.get_cookie("tablet", path="/tablet")
    assert cookie is not None
    assert "staff-token" not in cookie.value
    payload = cookie.value.split(".")[0]
    from base64 import urlsafe_b64decode

    assert b"staff-token" not in urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "/tablet/visits", "/counter/\r\nX: y"]
)
def test_a_change_of_language_leads_to_no_other_site(counter: Browser, back: str) -> None:
    answer = counter.post("/view", follow=False, language="es", back=back)
    assert answer.headers["Location"] in ("/counter/", "http://localhost/counter/")


def test_the_language_changes_in_place_and_for_the_visit(in_visit: Browser, store: ScriptedStore) -> None:
    page = in_visit.post("/view", language="es", back="/counter/choices")
    assert "¿Sobre qué quiere preguntar?" in page.text
    assert 'lang="es"' in page.text
    assert store.count("PUT /v1/visits/vis_1/language") == 1


def test_a_page_that_fails_says_so_without_a_trace(
    in_visit: Browser, store: ScriptedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode(request: object) -> Callable[[], None]:
        raise RuntimeError("a secret of the inside")

    store.answers["GET /v1/visits/vis_1"] = explode
    answer = in_visit.get("/sheet")
    assert answer.status_code == 500
    assert "a secret of the inside" not in answer.text
    assert "Traceback" not in answer.text
    capsys.readouterr()
